import type { OnBeforeRequestListenerDetails, Session } from 'electron';
import type { Log } from '../log/log.ts';
import { isAppUrl } from './app-origin.ts';
import { allowsUrl, type NetworkPolicy } from './network-policy.ts';

type RequestDetails = Pick<OnBeforeRequestListenerDetails, 'url' | 'resourceType'>;

export interface RequestFilterOptions {
  policy: NetworkPolicy;
  /** Whether main itself asks for this URL, to check an address of the settings. */
  isOwnCheck?: (url: string) => boolean;
  /** Developer tools load their own pages; packaged builds have none. */
  allowDevTools: boolean;
}

/**
 * Whether a request may go on: Causeway's own files, data that is in memory already, and http(s)
 * and ws(s) to the hosts of the policy. Everything else, local files included, is refused.
 */
export function isRequestAllowed(
  { url, resourceType }: RequestDetails,
  { policy, isOwnCheck, allowDevTools }: RequestFilterOptions,
): boolean {
  switch (URL.parse(url)?.protocol) {
    case 'app:':
      return isAppUrl(url);
    case 'blob:':
    case 'data:':
      // As a picture or a sound, never as a document.
      return resourceType !== 'mainFrame' && resourceType !== 'subFrame';
    case 'devtools:':
      return allowDevTools;
    case 'http:':
    case 'https:':
    case 'ws:':
    case 'wss:':
      if (resourceType === 'mainFrame' || resourceType === 'subFrame') return false;
      return allowsUrl(policy, url) || isOwnCheck?.(url) === true;
    default:
      return false;
  }
}

/**
 * The second wall behind the content security policy: it holds for every request of the session, and
 * holds one back until the HTTP proxy that it must go through is set.
 */
export function setupRequestFilter(
  session: Session,
  options: {
    currentPolicy: () => NetworkPolicy;
    isOwnCheck: (url: string) => boolean;
    allowDevTools: boolean;
    proxySettled: () => Promise<void>;
    log: Pick<Log, 'warn'>;
  },
): void {
  const judge = (details: OnBeforeRequestListenerDetails): boolean => {
    const allowed = isRequestAllowed(details, {
      policy: options.currentPolicy(),
      isOwnCheck: options.isOwnCheck,
      allowDevTools: options.allowDevTools,
    });
    if (!allowed) {
      options.log.warn(`refused a request to ${originForLog(details.url)}: not in the policy`);
    }
    return allowed;
  };
  session.webRequest.onBeforeRequest((details, callback) => {
    // Judged after the wait: a proxy that could not be set forbids everything.
    void options.proxySettled().then(() => callback({ cancel: !judge(details) }));
  });
}

function originForLog(text: string): string {
  const url = URL.parse(text);
  return url ? `${url.protocol}//${url.host}` : 'an address that is no URL';
}
