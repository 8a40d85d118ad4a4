import { join } from 'node:path';
import { isLoopbackAddress } from '../../shared/addresses.ts';
import { StartupError } from '../../shared/startup-error.ts';
import type { OwnTurn } from './settings.ts';

/** coturn's configuration file. */

export interface CoturnFiles {
  folder: string;
  databaseFile: string;
  tls: { certFile: string; keyFile: string } | undefined;
}

/** A nonce is good for this long, s; a client that uses an older one is told the new one (438). */
const NONCE_LIFETIME_SECONDS = 600;
/** An allocation whose client is gone without a word ends after this, s (the RFC's default). */
const MAX_ALLOCATION_SECONDS = 600;

/**
 * Everything is denied, then the room servers are allowed: coturn asks for multicast and loopback
 * first, then for allowed addresses, then for denied ones.
 *
 * @param settings With real port numbers.
 * @throws {StartupError} a path would break the file's lines.
 */
export function renderCoturnConfig(settings: OwnTurn, files: CoturnFiles): string {
  const lines = [
    ...settings.listenIps.map((ip) => `listening-ip=${ip}`),
    ...settings.relayIps.map((ip) => `relay-ip=${ip}`),
    `listening-port=${settings.port}`,
    `min-port=${settings.minPort}`,
    `max-port=${settings.maxPort}`,
    `realm=${settings.realm}`,
    `use-auth-secret`,
    `userdb=${files.databaseFile}`,
    `pidfile=${join(files.folder, 'turnserver.pid')}`,

    ...(files.tls && settings.tlsPort !== undefined
      ? [
          `tls-listening-port=${settings.tlsPort}`,
          `cert=${files.tls.certFile}`,
          `pkey=${files.tls.keyFile}`,
          `no-tlsv1`,
          `no-tlsv1_1`,
        ]
      : [`no-tls`]),
    `no-dtls`,

    `denied-peer-ip=0.0.0.0-255.255.255.255`,
    `denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff`,
    ...settings.peers.map((peer) => `allowed-peer-ip=${peer}`),
    ...(settings.peers.some(isLoopbackAddress) ? [`allow-loopback-peers`] : []),
    `no-multicast-peers`,
    `no-tcp-relay`,

    `user-quota=${settings.userQuota}`,
    `total-quota=${settings.totalQuota}`,
    `max-bps=${Math.ceil(settings.maxBitrate / 8)}`,
    `max-allocate-lifetime=${MAX_ALLOCATION_SECONDS}`,
    `stale-nonce=${NONCE_LIFETIME_SECONDS}`,
    `fingerprint`,

    // What answers strangers is kept short, so that nobody can multiply traffic towards others by
    // it. Plain STUN stays: browsers ask every TURN server for it, and wait 40 s when none answers.
    `no-rfc5780`,
    `no-stun-backward-compatibility`,
    `response-origin-only-with-rfc5780`,
    `no-software-attribute`,
    `no-cli`,
    `no-dynamic-ip-list`,
    `no-dynamic-realms`,
    `no-auth-pings`,

    // The log is where allocations and traffic are counted (see coturn-log.ts).
    `verbose`,
    `log-file=stdout`,
    `simple-log`,
  ];
  const broken = lines.find((line) => /[\r\n\0]/.test(line));
  if (broken !== undefined) {
    throw new StartupError(`${JSON.stringify(broken)}: a path must not contain a line break.`);
  }
  return `${lines.join('\n')}\n`;
}
