import type { Session, Session as ElectronSession, ProxyConfig } from 'electron';
import { chromium } from '../chromium/chromium.ts';
import { trustAddedAuthorities } from '../chromium/trust-store.ts';
import { originMapping } from '../origin-mapping.ts';
import { askPacScript } from '../proxy/pac-script.ts';
import { setChromiumProxy } from '../proxy/set-proxy.ts';
import {
  chromeProxyConfig,
  resolveByRules,
  rulesOfEnvironment,
  type ChromeProxyConfig,
} from '../proxy/proxy-rules.ts';
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
  | 'setProxy'
  | 'resolveProxy'
  | 'closeAllConnections'
  | 'setCertificateVerifyProc'
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
  #proxy: ChromeProxyConfig | 'system' = 'system';

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

  async setProxy(config: ProxyConfig): Promise<void> {
    const wanted = chromeProxyConfig(config);
    await setChromiumProxy(wanted);
    this.#proxy = wanted;
  }

  async resolveProxy(text: string): Promise<string> {
    const url = new URL(text);
    const proxy = this.#proxy;
    if (proxy === 'system')
      return chromium.proxyServer ?? resolveByRules(rulesOfEnvironment(process.env), url);
    switch (proxy.mode) {
      case 'direct':
      case 'auto_detect':
        return 'DIRECT';
      case 'fixed_servers':
        return resolveByRules(proxy.rules, url);
      case 'pac_script':
        // As Chromium answers where a script that must be asked cannot be.
        return askPacScript(proxy.pacScript.url, url).catch(() => '');
    }
  }

  /** New connections go by the new proxy in any case; those that are open stay open here. */
  closeAllConnections(): Promise<void> {
    return Promise.resolve();
  }

  /** The proc itself is never asked: see {@link trustAddedAuthorities}. */
  setCertificateVerifyProc(_proc: unknown): void {
    trustAddedAuthorities();
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
