import { isIP } from 'node:net';
import { isLoopbackHost } from '../../../src/shared/endpoint.ts';
import { isLoopbackAddress, isWildcardAddress, plainAddress } from '../../shared/addresses.ts';
import type { AdvertisedPort, ProxyOptions } from '../options.ts';

/** What the media relay is to be, worked out from the options. */

export interface OwnTurn {
  kind: 'own';
  program: string;
  listenIps: string[];
  relayIps: string[];
  /** UDP and TCP; 0 = a free one. */
  port: number;
  /** TLS; undefined without a certificate, 0 = a free one. */
  tlsPort: number | undefined;
  minPort: number;
  maxPort: number;
  /** The only addresses that are relayed to. */
  peers: string[];
  userQuota: number;
  totalQuota: number;
  /** bit/s of one allocation and direction. */
  maxBitrate: number;
  advertised: AdvertisedPort[];
  realm: string;
}

export interface ExternalTurn {
  kind: 'external';
  /** Where TURN over UDP is probed for health. */
  probe: { host: string; port: number };
  advertised: AdvertisedPort[];
}

export type TurnSettings = OwnTurn | ExternalTurn;

/** Sentences on what does not fit together; none of them when the options are good. */
export function turnProblems(options: ProxyOptions): (string | undefined)[] {
  if (options.turn === 'off') return [];
  const problems: (string | undefined)[] = [];
  if (options.turnSecret === undefined && options.turnSecretFile === undefined) {
    problems.push(
      'No secret for relay credentials. Set --turn-secret-file or CAUSEWAY_PROXY_TURN_SECRET (32 bytes or more; openssl rand -base64 48), or --turn off for signaling only.',
    );
  }
  if (options.turnSecret !== undefined && options.turnSecretFile !== undefined) {
    problems.push('Keep one of CAUSEWAY_PROXY_TURN_SECRET and --turn-secret-file.');
  }
  return [
    ...problems,
    ...(options.turn === 'external' ? externalProblems(options) : ownProblems(options)),
  ];
}

function externalProblems(options: ProxyOptions): (string | undefined)[] {
  return [
    options.turnExternal === undefined
      ? '--turn external: name the coturn by --turn-external HOST:PORT.'
      : undefined,
    options.turnAdvertise.length === 0
      ? '--turn external: tell which ports clients use by --turn-advertise, such as udp:443.'
      : undefined,
    options.turnPeer.length > 0
      ? '--turn-peer belongs into the configuration of the external coturn, not here.'
      : undefined,
  ];
}

function ownProblems(options: ProxyOptions): (string | undefined)[] {
  const listenIps = listenAddresses(options);
  const peersAreLoopback = options.turnPeer.map(isLoopbackAddress);
  return [
    options.turnExternal === undefined
      ? undefined
      : '--turn-external is only used with --turn external.',
    options.turnPeer.length === 0
      ? '--turn-peer: name the media addresses of the room servers; nothing is relayed anywhere else.'
      : undefined,
    options.turnPeer.some(isWildcardAddress)
      ? '--turn-peer: 0.0.0.0 and :: are no addresses of a room server.'
      : undefined,
    options.turnPeer.some((peer) => plainAddress(peer) !== peer)
      ? '--turn-peer: write an IPv4 address as such, not as ::ffff:….'
      : undefined,
    peersAreLoopback.includes(true) && listenIps?.some((ip) => !isLoopbackAddress(ip))
      ? '--turn-peer: a loopback address is relayed to only while coturn itself listens on loopback (for trying things out). Otherwise clients could reach every UDP service of this host.'
      : undefined,
    listenIps === undefined
      ? `--turn-listen-ip: coturn’s address cannot be taken from --host “${options.host}”. Name the IP address that clients reach.`
      : undefined,
    listenIps?.some(isWildcardAddress)
      ? '--turn-listen-ip: name the addresses themselves; 0.0.0.0 and :: would also stand in the relay’s answers.'
      : undefined,
    options.turnMinPort > options.turnMaxPort
      ? `--turn-min-port ${options.turnMinPort} is above --turn-max-port ${options.turnMaxPort}.`
      : undefined,
    options.turnAdvertise.some(({ kind }) => kind === 'tls') && options.tlsCert === undefined
      ? '--turn-advertise tls needs --tls-cert and --tls-key: coturn ends that TLS itself.'
      : undefined,
  ];
}

/** Undefined where signaling alone is wanted. The options have passed {@link turnProblems}. */
export function resolveTurn(options: ProxyOptions): TurnSettings | undefined {
  if (options.turn === 'off') return undefined;
  if (options.turn === 'external') {
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(options.turnExternal ?? '') ?? [];
    return {
      kind: 'external',
      probe: { host, port: Number(port) },
      advertised: options.turnAdvertise,
    };
  }
  const listenIps = listenAddresses(options) ?? [];
  return {
    kind: 'own',
    program: options.turnserver,
    listenIps,
    relayIps: options.turnRelayIp.length > 0 ? options.turnRelayIp : relayAddresses(listenIps),
    port: options.turnPort,
    tlsPort: options.tlsCert === undefined ? undefined : options.turnTlsPort,
    minPort: options.turnMinPort,
    maxPort: options.turnMaxPort,
    peers: options.turnPeer,
    userQuota: options.turnUserQuota,
    totalQuota: options.turnTotalQuota,
    maxBitrate: options.turnMaxBitrate,
    advertised: options.turnAdvertise,
    realm: options.turnRealm ?? options.publicHost[0] ?? 'causeway',
  };
}

function listenAddresses(options: ProxyOptions): string[] | undefined {
  if (options.turnListenIp.length > 0) return options.turnListenIp;
  if (isIP(options.host) !== 0) return isWildcardAddress(options.host) ? undefined : [options.host];
  return isLoopbackHost(options.host) ? ['127.0.0.1'] : undefined;
}

/** coturn may also listen on loopback, for what nginx brings; room servers are not there. */
function relayAddresses(listenIps: string[]): string[] {
  const reachable = listenIps.filter((ip) => !isLoopbackAddress(ip));
  return reachable.length > 0 ? reachable : listenIps;
}
