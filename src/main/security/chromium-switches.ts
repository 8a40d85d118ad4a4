import { app } from 'electron';

/** Features of Chromium that are turned off, each with the reason. */
const DISABLED_FEATURES = [
  // Announces host candidates by multicast on the local network. Candidates of this app go to no
  // other peer (a room server needs none), so there is nothing to hide and no reason to send it.
  'WebRtcHideLocalIpsWithMdns',
  // A server could ask for error reports to be sent to a third host (W3C Reporting API, NEL).
  'Reporting',
  'NetworkErrorLogging',
];

/**
 * Switches of Chromium that would lead past what IT has set, or past what a page may do; a packaged
 * app does not take them.
 */
const LOOSENING_SWITCHES = [
  // Another program of this user could drive the page and listen in.
  'remote-debugging-port',
  'remote-debugging-pipe',
  // Any certificate would do, and no authority of the company's be asked.
  'ignore-certificate-errors',
  'ignore-certificate-errors-spki-list',
  'ignore-urlfetcher-cert-requests',
  'allow-insecure-localhost',
  // A host that is allowed would be another one.
  'host-rules',
  'host-resolver-rules',
  // The HTTP proxy is a setting, with a flag of its own that is weaker than IT.
  'proxy-server',
  'proxy-pac-url',
  'proxy-auto-detect',
  'proxy-bypass-list',
  'no-proxy-server',
  // The page's own walls.
  'disable-web-security',
  'allow-running-insecure-content',
  'unsafely-treat-insecure-origin-as-secure',
  'load-extension',
  // Keys and contents of connections would be written to a file.
  'ssl-key-log-file',
  'log-net-log',
] as const;

/**
 * Must run before the app is ready. Keeps Chromium itself to the hosts and protocols of the policy:
 * what the page may do is a matter of the content security policy and the request filter.
 */
export function setupChromiumSwitches(): void {
  const { commandLine } = app;
  const alreadyDisabled = commandLine.getSwitchValue('disable-features');
  commandLine.appendSwitch(
    'disable-features',
    [alreadyDisabled, ...DISABLED_FEATURES].filter((name) => name !== '').join(','),
  );
  // HTTP/3 is UDP, which a company may forbid (TCP_ONLY) or block.
  commandLine.appendSwitch('disable-quic');
  // Nothing in the app needs them, and each may send requests of its own.
  commandLine.appendSwitch('disable-background-networking');
  commandLine.appendSwitch('disable-component-update');
  commandLine.appendSwitch('disable-domain-reliability');
  commandLine.appendSwitch('no-pings');
  if (app.isPackaged) {
    for (const name of LOOSENING_SWITCHES) commandLine.removeSwitch(name);
  }
}

/** After the app is ready: ask the computer's own resolver only, never DNS over HTTPS elsewhere. */
export function setupHostResolver(): void {
  app.configureHostResolver({ secureDnsMode: 'off' });
}
