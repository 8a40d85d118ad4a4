import { EventEmitter } from 'node:events';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import { netError, type NetError } from '../chromium/net-errors.ts';

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

/** What the first window holds before the app loads anything; never the app's doing. */
const EMPTY_PAGE = 'data:text/html,';

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
  readonly #loaders = new Map<string, { url: string; load: PromiseWithResolvers<void> }>();
  /** What the app has asked for and Chromium has not yet begun to fetch. */
  #commanded: string | undefined;
  #loaderId = '';
  #status = { code: 200, text: 'OK' };

  constructor(session: CdpSession) {
    super();
    this.#session = session;
    session.on('Page.frameStartedNavigating', ({ frameId, url, loaderId, navigationType }) => {
      if (frameId !== this.mainFrameId || url === EMPTY_PAGE) return;
      const isSameDocument = navigationType === 'sameDocument';
      if (!isSameDocument) this.#expect(loaderId, url);
      this.emit('started', url, isSameDocument);
    });
    session.on('Network.responseReceived', ({ type, frameId, response }) => {
      if (type === 'Document' && frameId === this.mainFrameId)
        this.#status = { code: response.status, text: response.statusText };
    });
    session.on('Page.frameNavigated', ({ frame }) => {
      if (frame.parentId !== undefined || frame.url === EMPTY_PAGE) return;
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
      if (type === 'Document') this.#fail(requestId, errorText);
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
    if (errorText) {
      const error = netError(errorText);
      if (loaderId === undefined || this.#loaders.delete(loaderId)) this.emit('failed', error, url);
      throw new LoadError(error, url);
    }
    // A fragment of the present document has no loader, and nothing to wait for.
    if (loaderId === undefined || isDownload) return;
    await this.#expect(loaderId, url).promise;
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

  #expect(loaderId: string, url: string): PromiseWithResolvers<void> {
    const known = this.#loaders.get(loaderId);
    if (known) return known.load;
    const load = Promise.withResolvers<void>();
    // Whoever called load() hears of a failure; a navigation of the page's own has no such caller.
    load.promise.catch(() => {});
    this.#loaders.set(loaderId, { url, load });
    return load;
  }

  #lifecycle(name: string): void {
    if (name === 'firstPaint') this.emit('first-paint');
    if (name === 'DOMContentLoaded') this.emit('dom-ready');
    if (name !== 'load') return;
    const loader = this.#loaders.get(this.#loaderId);
    this.#loaders.delete(this.#loaderId);
    if (!loader) return;
    this.emit('finished');
    loader.load.resolve();
  }

  #fail(loaderId: string, errorText: string): void {
    const loader = this.#loaders.get(loaderId);
    if (!loader) return;
    this.#loaders.delete(loaderId);
    const error = netError(errorText);
    this.emit('failed', error, loader.url);
    loader.load.reject(new LoadError(error, loader.url));
  }
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}
