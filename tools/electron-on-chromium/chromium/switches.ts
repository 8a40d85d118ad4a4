import { existsSync, statfsSync } from 'node:fs';

/** Command-line switches: name without dashes → value, '' for a switch without one. */
export type Switches = ReadonlyMap<string, string>;

/**
 * What a browser does on its own and Electron does not: services it calls, prompts it shows, and
 * features that treat the app's pages as a stranger's.
 */
const FEATURES_OFF = [
  'AimEnabled',
  'AutofillServerCommunication',
  'CertificateTransparencyComponentUpdater',
  'DialMediaRouteProvider',
  'GlobalMediaControls',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'InterestFeedContentSuggestions',
  'LensOverlay',
  // Electron asks the app's permission handler, not the user, before local addresses are reached.
  'LocalNetworkAccessChecks',
  'LocalNetworkAccessChecksWebRTC',
  'LocalNetworkAccessChecksWebSockets',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationGuideModelDownloading',
  'OptimizationHints',
  'PreconnectToSearch',
  'Prerender2',
  'Translate',
  // Host candidates carry addresses, as they do in Electron, so no mDNS packet leaves the machine.
  'WebRtcHideLocalIpsWithMdns',
];

const FEATURES_ON = [
  // Otherwise Chromium asks accounts.google.com who is signed in, at every start.
  'SkipListAccountsWithoutGaiaCookies',
];

/** Services that Chromium calls in spite of every switch against it; their names are never looked up. */
export const OWN_SERVICES = [
  'accounts.google.com',
  'clients*.google.com',
  'clientservices.googleapis.com',
  'content-autofill.googleapis.com',
  'edgedl.me.gvt1.com',
  'optimizationguide-pa.googleapis.com',
  'redirector.gvt1.com',
  'safebrowsing.googleapis.com',
  'update.googleapis.com',
];

const FIXED: Switches = new Map([
  ['no-first-run', ''],
  ['no-default-browser-check', ''],
  ['no-service-autorun', ''],
  ['no-pings', ''],
  ['disable-background-networking', ''],
  ['disable-breakpad', ''],
  ['disable-client-side-phishing-detection', ''],
  ['disable-component-extensions-with-background-pages', ''],
  ['disable-component-update', ''],
  ['disable-default-apps', ''],
  ['disable-domain-reliability', ''],
  ['disable-field-trial-config', ''],
  ['disable-infobars', ''],
  ['disable-popup-blocking', ''],
  ['disable-prompt-on-repost', ''],
  ['disable-search-engine-choice-screen', ''],
  ['disable-session-crashed-bubble', ''],
  ['disable-sync', ''],
  ['hide-crash-restore-bubble', ''],
  ['dns-prefetch-disable', ''],
  // The runtime loads an extension of its own, over DevTools: see extension/.
  ['enable-unsafe-extension-debugging', ''],
  ['media-router', '0'],
  ['metrics-recording-only', ''],
  ['password-store', 'basic'],
  ['use-mock-keychain', ''],
  ['unsafely-disable-devtools-self-xss-warnings', ''],
  // As in Electron, where `autoplayPolicy` is "no-user-gesture-required" by default.
  ['autoplay-policy', 'no-user-gesture-required'],
]);

const EMPTY_PAGE = 'data:text/html,';

/** Ours alone; a caller's value would break the link to Chromium. */
const RESERVED = new Set([
  'app',
  'remote-debugging-pipe',
  'remote-debugging-port',
  'remote-debugging-address',
  'user-data-dir',
  'window-size',
  'inspect',
  'inspect-brk',
]);

/** Chromium maps shared memory for video from /dev/shm; below this size it crashes in a call. */
const SMALLEST_SHARED_MEMORY_BYTES = 1024 ** 3;

function sharedMemoryIsSmall(): boolean {
  if (!existsSync('/dev/shm')) return true;
  const { bavail, bsize } = statfsSync('/dev/shm');
  return bavail * bsize < SMALLEST_SHARED_MEMORY_BYTES;
}

function withList(name: string, own: readonly string[], asked: Switches): string {
  return [...own, ...(asked.get(name)?.split(',').filter(Boolean) ?? [])].join(',');
}

/** No screen to draw on, or told not to. */
export function isHeadless(asked: Switches, env: NodeJS.ProcessEnv = process.env): boolean {
  if (asked.has('headless') || env['CAUSEWAY_HEADLESS'] === '1') return true;
  return process.platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'];
}

/** What an app window holds before the app loads anything into it; the number tells windows apart. */
export function emptyPage(number: number): string {
  return `${EMPTY_PAGE}#${number}`;
}

export function isEmptyPage(url: string): boolean {
  return url === EMPTY_PAGE || url.startsWith(`${EMPTY_PAGE}#`);
}

export interface ChromiumStart {
  profile: string;
  /** From the app (`app.commandLine`) and from whoever started it. */
  asked: Switches;
  /** Undefined: no TCP port at all, only the pipe. */
  remoteDebuggingPort: string | undefined;
}

/** The arguments Chromium is started with. */
export function chromiumArguments({
  profile,
  asked,
  remoteDebuggingPort,
}: ChromiumStart): string[] {
  const switches = new Map<string, string>(FIXED);
  for (const [name, value] of asked) if (!RESERVED.has(name)) switches.set(name, value);
  switches.set('disable-features', withList('disable-features', FEATURES_OFF, asked));
  switches.set('enable-features', withList('enable-features', FEATURES_ON, asked));
  const unresolved = OWN_SERVICES.map((host) => `MAP ${host} ~NOTFOUND`);
  switches.set('host-resolver-rules', withList('host-resolver-rules', unresolved, asked));
  switches.set('user-data-dir', profile);
  switches.set('remote-debugging-pipe', '');
  if (remoteDebuggingPort !== undefined) switches.set('remote-debugging-port', remoteDebuggingPort);
  if (isHeadless(asked)) switches.set('headless', 'new');
  if (process.getuid?.() === 0) switches.set('no-sandbox', '');
  // Otherwise a bar above the page warns of it.
  if (switches.has('no-sandbox')) switches.set('test-type', '');
  if (process.platform === 'linux' && sharedMemoryIsSmall())
    switches.set('disable-dev-shm-usage', '');
  // An app window (no tabs, no address bar) that the first BrowserWindow takes over.
  switches.set('app', emptyPage(0));
  return [...switches].map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`));
}
