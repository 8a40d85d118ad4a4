import { EventEmitter } from 'node:events';
import type {
  BeforeSendResponse,
  CallbackResponse,
  HeadersReceivedResponse,
  OnBeforeRequestListenerDetails,
  OnBeforeSendHeadersListenerDetails,
  OnHeadersReceivedListenerDetails,
  WebRequest,
  WebRequestFilter,
} from 'electron';
import { strict } from '../unsupported.ts';

type Listener<Details, Answer> = (details: Details, callback: (answer: Answer) => void) => void;

/** `https://*.example.com/*` and `<all_urls>`, as in the filters of Electron and of extensions. */
export function matchesPattern(pattern: string, url: string): boolean {
  if (pattern === '<all_urls>') return /^(https?|wss?|ftp|file):/.test(url);
  const match = /^(\*|[a-z][a-z0-9+.-]*):\/\/([^/]*)(\/.*)?$/i.exec(pattern);
  if (!match) throw new TypeError(`Invalid url pattern ${pattern}: Missing scheme separator.`);
  const [, scheme = '*', host = '', path = '/*'] = match;
  const escape = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const schemePart = scheme === '*' ? '(https?|wss?)' : escape(scheme);
  const hostPart = host.startsWith('*.')
    ? `([^/:]+\\.)?${escape(host.slice(2))}`
    : escape(host).replaceAll('*', '[^/]*');
  const portPart = /:(\d+|\*)$/.test(host) ? '' : '(:\\d+)?';
  const pathPart = escape(path).replaceAll('*', '.*');
  return new RegExp(`^${schemePart}://${hostPart}${portPart}${pathPart}$`, 'i').test(url);
}

class Hook<Details extends { url: string; resourceType?: string }, Answer> {
  #listener: Listener<Details, Answer> | null = null;
  #filter: WebRequestFilter | undefined;

  get active(): boolean {
    return this.#listener !== null;
  }

  set(
    filterOrListener: WebRequestFilter | Listener<Details, Answer> | null,
    listener?: Listener<Details, Answer> | null,
  ): void {
    const hasFilter = typeof filterOrListener === 'object' && filterOrListener !== null;
    this.#filter = hasFilter ? filterOrListener : undefined;
    this.#listener = hasFilter ? (listener ?? null) : filterOrListener;
    // A bad pattern is told to whoever sets it, not at the first request.
    for (const pattern of this.#filter?.urls ?? []) matchesPattern(pattern, 'about:blank');
  }

  ask(details: Details, none: Answer): Promise<Answer> {
    const listener = this.#listener;
    const { urls, excludeUrls, types } = this.#filter ?? {};
    const matches =
      (!urls?.length || urls.some((pattern) => matchesPattern(pattern, details.url))) &&
      !excludeUrls?.some((pattern) => matchesPattern(pattern, details.url)) &&
      (!types?.length || types.some((type) => type === details.resourceType));
    if (!listener || !matches) return Promise.resolve(none);
    return new Promise((resolve) => listener(details, resolve));
  }
}

/** The listeners of one session, and how the runtime asks them. */
export class RequestFilter extends EventEmitter<{ changed: [] }> {
  readonly beforeRequest = new Hook<OnBeforeRequestListenerDetails, CallbackResponse>();
  readonly beforeSendHeaders = new Hook<OnBeforeSendHeadersListenerDetails, BeforeSendResponse>();
  readonly headersReceived = new Hook<OnHeadersReceivedListenerDetails, HeadersReceivedResponse>();

  readonly api: Pick<WebRequest, 'onBeforeRequest' | 'onBeforeSendHeaders' | 'onHeadersReceived'> =
    strict(
      {
        onBeforeRequest: this.#setter(this.beforeRequest),
        onBeforeSendHeaders: this.#setter(this.beforeSendHeaders),
        onHeadersReceived: this.#setter(this.headersReceived),
      },
      'webRequest',
    );

  #setter<Details extends { url: string }, Answer>(hook: Hook<Details, Answer>) {
    return (...args: Parameters<Hook<Details, Answer>['set']>): void => {
      hook.set(...args);
      this.emit('changed');
    };
  }
}
