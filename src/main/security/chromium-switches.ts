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
    // Another program of this user could drive the page and listen in.
    commandLine.removeSwitch('remote-debugging-port');
    commandLine.removeSwitch('remote-debugging-pipe');
  }
}

/** After the app is ready: ask the computer's own resolver only, never DNS over HTTPS elsewhere. */
export function setupHostResolver(): void {
  app.configureHostResolver({ secureDnsMode: 'off' });
}
