import type { Session } from 'electron';
import type { Protocol } from 'devtools-protocol';
import { chromium } from '../chromium/chromium.ts';
import { originMapping } from '../origin-mapping.ts';

export type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0];
export type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0];
type WebContentsOrNull = Parameters<NonNullable<CheckHandler>>[0];
type RequestDetails = Parameters<NonNullable<RequestHandler>>[3];
type Permission = Parameters<NonNullable<RequestHandler>>[1];
type CheckedPermission = Parameters<NonNullable<CheckHandler>>[1];

/** Chromium's own switch for a permission, and the question to Electron's check handler. */
interface Switch {
  name: string;
  permission: CheckedPermission;
  mediaType?: 'audio' | 'video';
}

const CHECKED: readonly Switch[] = [
  { name: 'camera', permission: 'media', mediaType: 'video' },
  { name: 'microphone', permission: 'media', mediaType: 'audio' },
  { name: 'notifications', permission: 'notifications' },
  { name: 'geolocation', permission: 'geolocation' },
  { name: 'clipboard-read', permission: 'clipboard-read' },
];

/** Nothing here asks the app before these, so a handler, once set, leaves them denied. */
const UNASKED = ['idle-detection', 'local-fonts', 'midi', 'window-management'];

/** What each call of the page needs granted in Chromium. */
const NEEDED: Readonly<Record<string, string[]>> = {
  notifications: ['notifications'],
  geolocation: ['geolocation'],
  'clipboard-read': ['clipboard-read'],
};

/** The app's say over what its pages may use, carried over to Chromium. */
export class Permissions {
  requestHandler: RequestHandler = null;
  checkHandler: CheckHandler = null;

  /** Asks the app; true when it grants, or when it has no handler, as in Electron. */
  async request(
    webContents: WebContentsOrNull,
    permission: string,
    asked: { chromiumUrl: string; isMainFrame: boolean; mediaTypes?: ('audio' | 'video')[] },
  ): Promise<boolean> {
    const { chromiumUrl, isMainFrame, mediaTypes } = asked;
    const chromiumOrigin = new URL(chromiumUrl).origin;
    const details: RequestDetails = {
      isMainFrame,
      requestingUrl: originMapping.toApp(chromiumUrl),
      ...(mediaTypes ? { mediaTypes, securityOrigin: originAsUrl(chromiumOrigin) } : {}),
    };
    const handler = this.requestHandler;
    const granted =
      !handler ||
      (await new Promise<boolean>((resolve) =>
        handler(
          webContents as NonNullable<WebContentsOrNull>,
          permission as Permission,
          resolve,
          details,
        ),
      ));
    const needed = mediaTypes
      ? mediaTypes.map((type) => (type === 'audio' ? 'microphone' : 'camera'))
      : (NEEDED[permission] ?? []);
    // A refused camera stays as the check handler had it: labels of devices depend on that.
    if (granted || !mediaTypes)
      await Promise.all(needed.map((name) => set(name, granted, chromiumOrigin)));
    return granted;
  }

  /** Carries the check handler's answers over to Chromium; done before a document loads. */
  async apply(webContents: WebContentsOrNull, chromiumUrl: string): Promise<void> {
    const { origin: chromiumOrigin, protocol } = new URL(chromiumUrl);
    if (protocol !== 'http:' && protocol !== 'https:') return;
    const securityOrigin = originAsUrl(chromiumOrigin);
    const requestingUrl = originMapping.toApp(chromiumUrl);
    const settings = CHECKED.map(({ name, permission, mediaType }) => {
      const details = {
        isMainFrame: true,
        requestingUrl,
        securityOrigin,
        ...(mediaType ? { mediaType } : {}),
      };
      const allowed = this.checkHandler?.(webContents, permission, securityOrigin, details) ?? true;
      return set(name, allowed, chromiumOrigin);
    });
    const anythingGoes = !this.requestHandler && !this.checkHandler;
    await Promise.all([
      ...settings,
      ...UNASKED.map((name) => set(name, anythingGoes, chromiumOrigin)),
    ]);
  }
}

/** Electron gives origins to permission handlers as URLs: with a slash at the end. */
function originAsUrl(chromiumOrigin: string): string {
  return originMapping.toApp(`${chromiumOrigin}/`);
}

async function set(name: string, granted: boolean, origin: string): Promise<void> {
  const setting: Protocol.Browser.PermissionSetting = granted ? 'granted' : 'denied';
  await chromium.connection.browser.send('Browser.setPermission', {
    permission: { name },
    setting,
    origin,
  });
}
