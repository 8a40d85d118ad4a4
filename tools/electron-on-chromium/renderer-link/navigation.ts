import { EventEmitter } from 'node:events';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import { netError, type NetError } from '../chromium/net-errors.ts';
import { isEmptyPage } from '../chromium/switches.ts';

/** Main-frame navigation as it happens. URLs are Chromium's; the tracker knows no mapping. */
export interface NavigationEvents {
  started: [url: string, isSameDocument: boolean];
  committed: [url: string, httpStatus: number, statusText: string];
  'in-page': [url: string];
  'dom-ready': [];
  finished: [];
  stopped: [];
  'first-paint': [];
  failed: [error: NetError, url: string];
}

/** One document on its way. */
interface Loading {
  url: string;
  end: PromiseWithResolvers<void>;
  ended: boolean;
}

/** More than can be under way at once in one frame. */
const KEPT_LOADINGS = 16;

/** A load that ended in an error page or not at all. */
export class LoadError extends Error {
  override readonly name = 'Error';
  readonly code: string;
  readonly errno: number;
  readonly url: string;

  constructor({ name, code }: NetError, url: string) {
    super(`${name} (${code}) loading '${url}'`);
    this.code = name;
    this.errno = code;
    this.url = url;
  }
}

/**
 * Follows the main frame of one page, and tells apart who wants to navigate: the app (loadURL,
 * reload), or somebody else, who only may when the app lets them.
 *
 * While a navigation is under way, DevTools holds back all that is for the page itself: nothing that
 * decides on a navigation may wait for an answer of the page.
 */
export class Navigation extends EventEmitter<NavigationEvents> {
  url = '';
  mainFrameId = '';
  isLoading = false;
  readonly #session: CdpSession;
  readonly #loadings = new Map<string, Loading>();
  /** What the app has asked for and Chromium has not yet begun to fetch. */
  #commanded: string | undefined;
  #loaderId = '';
  #status = { code: 200, text: 'OK' };

  constructor(session: CdpSession) {
    super();
    this.#session = session;
    session.on('Page.frameStartedNavigating', ({ frameId, url, loaderId, navigationType }) => {
      if (frameId !== this.mainFrameId || isEmptyPage(url)) return;
      const isSameDocument = navigationType === 'sameDocument';
      if (!isSameDocument) this.#loading(loaderId, url);
      this.emit('started', url, isSameDocument);
    });
    session.on('Network.responseReceived', ({ type, frameId, response }) => {
      if (type === 'Document' && frameId === this.mainFrameId)
        this.#status = { code: response.status, text: response.statusText };
    });
    session.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId !== undefined || isEmptyPage(frame.url)) return;
      this.mainFrameId = frame.id;
      this.#loaderId = frame.loaderId;
      if (this.#commanded === withoutFragment(frame.url)) this.#commanded = undefined;
      // An error page has its own address; the one that failed is what Electron shows.
      this.url = (frame.unreachableUrl ?? frame.url) + (frame.urlFragment ?? '');
      if (frame.unreachableUrl === undefined)
        this.emit('committed', this.url, this.#status.code, this.#status.text);
      this.#status = { code: 200, text: 'OK' };
    });
    session.on('Page.navigatedWithinDocument', ({ frameId, url }) => {
      if (frameId !== this.mainFrameId) return;
      this.url = url;
      this.emit('in-page', url);
    });
    session.on('Network.loadingFailed', ({ type, requestId, errorText }) => {
      // A document's request bears the name of its loader.
      const loading = this.#loadings.get(requestId);
      if (type === 'Document' && loading) this.#settle(loading, netError(errorText));
    });
    session.on('Page.lifecycleEvent', ({ frameId, loaderId, name }) => {
      if (frameId === this.mainFrameId && loaderId === this.#loaderId) this.#lifecycle(name);
    });
    session.on('Page.frameStartedLoading', ({ frameId }) => {
      if (frameId === this.mainFrameId) this.isLoading = true;
    });
    session.on('Page.frameStoppedLoading', ({ frameId }) => {
      if (frameId !== this.mainFrameId) return;
      this.isLoading = false;
      this.emit('stopped');
    });
  }

  async attach(): Promise<void> {
    await Promise.all([
      this.#session.send('Page.enable'),
      this.#session.send('Network.enable'),
      this.#session.send('Page.setLifecycleEventsEnabled', { enabled: true }),
    ]);
  }

  /** Resolves when the document has finished loading. Throws LoadError. */
  async load(url: string, referrer?: string): Promise<void> {
    this.#commanded = withoutFragment(url);
    const { loaderId, errorText, isDownload } = await this.#session.send('Page.navigate', {
      url,
      ...(referrer ? { referrer } : {}),
    });
    // A fragment of the present document has no loader, and nothing to wait for.
    if (loaderId === undefined && !errorText) return;
    const loading = this.#loading(loaderId ?? '', url);
    if (errorText) this.#settle(loading, netError(errorText));
    if (isDownload) this.#settle(loading, null);
    await loading.end.promise;
  }

  async reload(ignoreCache: boolean): Promise<void> {
    this.#commanded = withoutFragment(this.url);
    await this.#session.send('Page.reload', { ignoreCache });
  }

  /**
   * True when it is the app that goes to this URL. Everything else counts as the page's wish: what
   * is not known to be the app's must not get past the app.
   */
  isCommanded(frameId: string, url: string): boolean {
    if (frameId !== this.mainFrameId || this.#commanded !== withoutFragment(url)) return false;
    this.#commanded = undefined;
    return true;
  }

  /** Events of a load and the answer to its command come in any order: both find it here. */
  #loading(loaderId: string, url: string): Loading {
    const known = this.#loadings.get(loaderId);
    if (known) return known;
    const loading: Loading = { url, end: Promise.withResolvers(), ended: false };
    // Whoever called load() hears of a failure; a navigation of the page's own has no such caller.
    loading.end.promise.catch(() => undefined);
    this.#loadings.set(loaderId, loading);
    const [oldest] = this.#loadings.keys();
    if (this.#loadings.size > KEPT_LOADINGS && oldest !== undefined) this.#loadings.delete(oldest);
    return loading;
  }

  #settle(loading: Loading, error: NetError | null): void {
    if (loading.ended) return;
    loading.ended = true;
    if (error) {
      this.emit('failed', error, loading.url);
      loading.end.reject(new LoadError(error, loading.url));
    } else {
      this.emit('finished');
      loading.end.resolve();
    }
  }

  #lifecycle(name: string): void {
    if (name === 'firstPaint') this.emit('first-paint');
    if (name === 'DOMContentLoaded') this.emit('dom-ready');
    const loading = this.#loadings.get(this.#loaderId);
    if (name === 'load' && loading) this.#settle(loading, null);
  }
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}
