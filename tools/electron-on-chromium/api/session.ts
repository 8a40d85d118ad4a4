import type { Session, Session as ElectronSession, ProxyConfig } from 'electron';
import { chromium } from '../chromium/chromium.ts';
import { originMapping } from '../origin-mapping.ts';
import { strict, UnsupportedApiError } from '../unsupported.ts';
import { ApiObject } from './api-object.ts';
import { Permissions, type CheckHandler, type RequestHandler } from './permissions.ts';
import { protocol } from './protocol.ts';
import { RequestFilter } from './web-request.ts';

type SessionSurface = Pick<
  ElectronSession,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'clearStorageData'
  | 'clearCache'
  | 'setSpellCheckerEnabled'
  | 'resolveProxy'
  | 'isPersistent'
>;

/** Chromium's storage kinds by Electron's names, where they differ. */
const STORAGE_NAMES: Readonly<Record<string, string>> = {
  filesystem: 'file_systems',
  localstorage: 'local_storage',
  serviceworkers: 'service_workers',
  cachestorage: 'cache_storage',
};

class SessionApi extends ApiObject implements SessionSurface {
  /** The runtime's side of `webRequest`. */
  readonly requestFilter = new RequestFilter();
  readonly permissions = new Permissions();
  readonly protocol = protocol;
  readonly webRequest = this.requestFilter.api;
  #proxy: ProxyConfig = { mode: 'system' };

  constructor() {
    super('Session');
  }

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.permissions.requestHandler = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.permissions.checkHandler = handler;
  }

  /** Nothing here asks for USB, serial or HID devices; Chromium denies them. */
  setDevicePermissionHandler(_handler: unknown): void {}

  /** Pages get no screen here: getDisplayMedia() fails as it does when the handler gives none. */
  setDisplayMediaRequestHandler(_handler: unknown): void {}

  isPersistent(): boolean {
    return true;
  }

  setSpellCheckerEnabled(_enable: boolean): void {
    // Chromium's spell checker is off here in any case.
  }

  /** Throws for a proxy: Chromium's can be set only by switches, before it starts. */
  setProxy(config: ProxyConfig): Promise<void> {
    const isDirect = config.mode === 'direct' || config.mode === 'system';
    const isEmpty = !config.mode && !config.proxyRules && !config.pacScript;
    if (!isDirect && !isEmpty)
      return Promise.reject(new UnsupportedApiError('Session.setProxy with proxy rules'));
    this.#proxy = config;
    return Promise.resolve();
  }

  resolveProxy(_url: string): Promise<string> {
    if (this.#proxy.mode === 'direct' || !chromium.proxyServer) return Promise.resolve('DIRECT');
    return Promise.resolve(chromium.proxyServer);
  }

  async clearCache(): Promise<void> {
    await chromium.started;
    await chromium.onAnyPage((page) => page.send('Network.clearBrowserCache'));
  }

  async clearStorageData(options: Parameters<Session['clearStorageData']>[0] = {}): Promise<void> {
    await chromium.started;
    const { origin, storages } = options;
    const storageTypes = storages?.map((name) => STORAGE_NAMES[name] ?? name).join(',') || 'all';
    const origins = origin
      ? [originMapping.toChromium(origin)]
      : originMapping.schemes.map((scheme) => originMapping.toChromium(`${scheme}://`));
    await chromium.onAnyPage(async (page) => {
      if (!storages || storages.includes('cookies')) await page.send('Network.clearBrowserCookies');
      for (const each of origins)
        await page.send('Storage.clearDataForOrigin', { origin: each, storageTypes });
    });
  }
}

export type RuntimeSession = SessionApi;
export const defaultSession: RuntimeSession = new SessionApi();

export const session = strict(
  {
    defaultSession,
    fromPartition: (partition: string) => {
      if (partition === '' || partition === 'persist:') return defaultSession;
      throw new UnsupportedApiError(`session.fromPartition('${partition}')`);
    },
  },
  'session',
);
