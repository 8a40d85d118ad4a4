import { z } from 'zod';
import { parseServerUrl } from '../../src/shared/endpoint.ts';
import {
  AddressOrName,
  FilePath,
  HostName,
  IpAddress,
  logOptions,
  oneOf,
  Port,
  tokenOptions,
} from '../shared/common-options.ts';
import { option, wholeNumber } from '../shared/options.ts';

/** The Cloud Proxy's options one by one: flag, variable, default, bounds. */

const FRONT = 'Gateway';
const ORIGIN = 'Room servers';
const ADMISSION = 'Admission';
const TURN = 'Media relay (coturn)';
const LIMITS = 'Limits';
const OPERATION = 'Operation';

/** A port that clients are told, by what TURN is carried: `udp:443`. */
export const AdvertisedPort = z
  .string()
  .regex(/^(udp|tcp|tls):([1-9]\d{0,4})$/, 'must be udp:PORT, tcp:PORT or tls:PORT')
  .transform((text) => {
    const [kind, port] = text.split(':');
    return { kind: kind as 'udp' | 'tcp' | 'tls', port: Number(port) };
  })
  .refine(({ port }) => port <= 65_535, 'must have a port from 1 to 65535');
export type AdvertisedPort = z.output<typeof AdvertisedPort>;

/** The sentence for other schemes and paths is the app's; here the flag stands before it. */
const Origin = z.string().transform((text, context) => {
  const result = parseServerUrl(text);
  if (result.ok) return result.endpoint.httpOrigin;
  context.addIssue({
    code: 'custom',
    message: 'must be https://host or https://host:port (http:// on this computer only)',
  });
  return z.NEVER;
});
const NO_ORIGIN = 'name at least one room server, such as https://room.example.com';

function listOf<Item extends z.ZodType>(item: Item, most = 64) {
  return z.array(item).max(most, `must be at most ${most} values`).default([]);
}

export const ProxyOptions = z.object({
  host: option(AddressOrName.default('127.0.0.1'), {
    flag: '--host <address>',
    env: 'CAUSEWAY_PROXY_HOST',
    description: 'address that HTTPS and WebSocket listen on',
    group: FRONT,
  }),
  port: option(Port.default(4445), {
    flag: '--port <number>',
    env: 'CAUSEWAY_PROXY_PORT',
    description: 'TCP port of HTTPS and WebSocket; 0 picks a free one',
    group: FRONT,
  }),
  publicHost: option(listOf(AddressOrName), {
    flag: '--public-host <name>',
    env: 'CAUSEWAY_PROXY_PUBLIC_HOST',
    description:
      'name or address by which clients reach the proxy; may repeat. Requests for another Host are refused',
    group: FRONT,
    list: true,
  }),
  tlsCert: option(FilePath.optional(), {
    flag: '--tls-cert <file>',
    env: 'CAUSEWAY_PROXY_TLS_CERT',
    description: 'certificate chain (PEM), also of TURN over TLS; read again on SIGHUP',
    group: FRONT,
  }),
  tlsKey: option(FilePath.optional(), {
    flag: '--tls-key <file>',
    env: 'CAUSEWAY_PROXY_TLS_KEY',
    description: 'private key of the certificate (PEM)',
    group: FRONT,
  }),
  proxyProtocolFrom: option(listOf(IpAddress), {
    flag: '--proxy-protocol-from <address>',
    env: 'CAUSEWAY_PROXY_PROXY_PROTOCOL_FROM',
    description:
      'address of a load balancer whose connections begin with a PROXY protocol (version 1) line; may repeat',
    group: FRONT,
    list: true,
  }),
  behindTlsProxy: option(listOf(IpAddress), {
    flag: '--behind-tls-proxy <address>',
    env: 'CAUSEWAY_PROXY_BEHIND_TLS_PROXY',
    description:
      'address of a reverse proxy that ends TLS: plain HTTP from it is served and its X-Forwarded-For believed; may repeat',
    group: FRONT,
    list: true,
  }),

  origin: option(
    z.array(Origin, { error: NO_ORIGIN }).min(1, NO_ORIGIN).max(64, 'must be at most 64 values'),
    {
      flag: '--origin <url>',
      env: 'CAUSEWAY_PROXY_ORIGIN',
      description:
        'room server, such as https://room1.example.com; may repeat: each room keeps to one of them',
      group: ORIGIN,
      list: true,
    },
  ),
  originCa: option(FilePath.optional(), {
    flag: '--origin-ca <file>',
    env: 'CAUSEWAY_PROXY_ORIGIN_CA',
    description: 'CA certificates (PEM) for the room servers, in place of the public ones',
    group: ORIGIN,
  }),

  ...tokenOptions('CAUSEWAY_PROXY', ADMISSION),

  turn: option(oneOf(['own', 'external', 'off']).default('own'), {
    flag: '--turn <kind>',
    env: 'CAUSEWAY_PROXY_TURN',
    description:
      'own: coturn as a child of the gateway; external: coturn on another host; off: signaling only',
    group: TURN,
  }),
  turnExternal: option(
    z
      .string()
      .regex(/^(\[[0-9a-f:.]+\]|[A-Za-z0-9_.-]+):\d{1,5}$/i, 'must be host:port')
      .optional(),
    {
      flag: '--turn-external <host:port>',
      env: 'CAUSEWAY_PROXY_TURN_EXTERNAL',
      description:
        'UDP address of the external coturn, probed for health; needs --turn-advertise too',
      group: TURN,
    },
  ),
  turnserver: option(FilePath.default('turnserver'), {
    flag: '--turnserver <file>',
    env: 'CAUSEWAY_PROXY_TURNSERVER',
    description: 'coturn’s program',
    group: TURN,
  }),
  turnSecret: option(z.string().optional(), {
    env: 'CAUSEWAY_PROXY_TURN_SECRET',
    description: 'secret that relay credentials are signed with, 32 bytes or more',
    group: TURN,
  }),
  turnSecretFile: option(FilePath.optional(), {
    flag: '--turn-secret-file <file>',
    env: 'CAUSEWAY_PROXY_TURN_SECRET_FILE',
    description:
      'file with the secret, one per line: the first signs, the others are still accepted; read again on SIGHUP',
    group: TURN,
  }),
  turnPeer: option(listOf(IpAddress), {
    flag: '--turn-peer <address>',
    env: 'CAUSEWAY_PROXY_TURN_PEER',
    description: 'media address of a room server; may repeat. Nothing is relayed anywhere else',
    group: TURN,
    list: true,
  }),
  turnListenIp: option(listOf(IpAddress), {
    flag: '--turn-listen-ip <address>',
    env: 'CAUSEWAY_PROXY_TURN_LISTEN_IP',
    description: 'IP address that coturn listens on; may repeat (default: that of --host)',
    group: TURN,
    list: true,
  }),
  turnRelayIp: option(listOf(IpAddress), {
    flag: '--turn-relay-ip <address>',
    env: 'CAUSEWAY_PROXY_TURN_RELAY_IP',
    description:
      'IP address of this host that room servers see; may repeat (default: --turn-listen-ip)',
    group: TURN,
    list: true,
  }),
  turnPort: option(Port.default(3478), {
    flag: '--turn-port <number>',
    env: 'CAUSEWAY_PROXY_TURN_PORT',
    description: 'port of TURN over UDP and over TCP; 0 picks a free one',
    group: TURN,
  }),
  turnTlsPort: option(Port.default(5349), {
    flag: '--turn-tls-port <number>',
    env: 'CAUSEWAY_PROXY_TURN_TLS_PORT',
    description: 'port of TURN over TLS, where there is a certificate; 0 picks a free one',
    group: TURN,
  }),
  turnMinPort: option(wholeNumber({ min: 1_024, max: 65_535 }).default(49_152), {
    flag: '--turn-min-port <number>',
    env: 'CAUSEWAY_PROXY_TURN_MIN_PORT',
    description: 'first UDP port towards the room servers',
    group: TURN,
  }),
  turnMaxPort: option(wholeNumber({ min: 1_024, max: 65_535 }).default(65_535), {
    flag: '--turn-max-port <number>',
    env: 'CAUSEWAY_PROXY_TURN_MAX_PORT',
    description: 'last UDP port towards the room servers',
    group: TURN,
  }),
  turnAdvertise: option(listOf(AdvertisedPort, 8), {
    flag: '--turn-advertise <kind:port>',
    env: 'CAUSEWAY_PROXY_TURN_ADVERTISE',
    description:
      'port that clients are told, where something in front translates it: udp:443, tcp:443, tls:443; may repeat (default: the ports above)',
    group: TURN,
    list: true,
  }),
  turnRealm: option(HostName.toLowerCase().optional(), {
    flag: '--turn-realm <name>',
    env: 'CAUSEWAY_PROXY_TURN_REALM',
    description: 'TURN realm (default: the first --public-host)',
    group: TURN,
  }),
  turnCredentialSeconds: option(wholeNumber({ min: 5, max: 86_400 }).default(600), {
    flag: '--turn-credential-seconds <number>',
    env: 'CAUSEWAY_PROXY_TURN_CREDENTIAL_SECONDS',
    description: 'how long relay credentials open new allocations; running ones go on',
    group: TURN,
  }),
  turnUserQuota: option(wholeNumber({ min: 1, max: 10_000 }).default(48), {
    flag: '--turn-user-quota <number>',
    env: 'CAUSEWAY_PROXY_TURN_USER_QUOTA',
    description:
      'allocations of one participant: a client makes one per transport, TURN URL and network interface',
    group: TURN,
  }),
  turnTotalQuota: option(wholeNumber({ min: 1, max: 1_000_000 }).default(8_000), {
    flag: '--turn-total-quota <number>',
    env: 'CAUSEWAY_PROXY_TURN_TOTAL_QUOTA',
    description: 'allocations at once',
    group: TURN,
  }),
  turnMaxBitrate: option(wholeNumber({ min: 64_000, max: 10_000_000_000 }).default(20_000_000), {
    flag: '--turn-max-bitrate <bit/s>',
    env: 'CAUSEWAY_PROXY_TURN_MAX_BITRATE',
    description: 'bit rate of one allocation in each direction; more is dropped',
    group: TURN,
  }),

  maxConnections: option(wholeNumber({ min: 1, max: 1_000_000 }).default(10_000), {
    flag: '--max-connections <number>',
    env: 'CAUSEWAY_PROXY_MAX_CONNECTIONS',
    description: 'TCP connections at once',
    group: LIMITS,
  }),
  maxConnectionsPerAddress: option(wholeNumber({ min: 0, max: 1_000_000 }).default(2_000), {
    flag: '--max-connections-per-address <number>',
    env: 'CAUSEWAY_PROXY_MAX_CONNECTIONS_PER_ADDRESS',
    description: 'of which from one client address (a whole office behind one NAT); 0 = no limit',
    group: LIMITS,
  }),
  maxRequestsPerSecond: option(wholeNumber({ min: 1, max: 100_000 }).default(100), {
    flag: '--max-requests-per-second <number>',
    env: 'CAUSEWAY_PROXY_MAX_REQUESTS_PER_SECOND',
    description:
      'requests and upgrades of one client address in the long run; bursts of 10 s worth are let through',
    group: LIMITS,
  }),
  maxMessageBytes: option(wholeNumber({ min: 4_096, max: 1_048_576 }).default(65_536), {
    flag: '--max-message-bytes <number>',
    env: 'CAUSEWAY_PROXY_MAX_MESSAGE_BYTES',
    description: 'size of one signaling message of a client',
    group: LIMITS,
  }),

  adminHost: option(AddressOrName.default('127.0.0.1'), {
    flag: '--admin-host <address>',
    env: 'CAUSEWAY_PROXY_ADMIN_HOST',
    description: 'address that /metrics and /healthz listen on, plain HTTP',
    group: OPERATION,
  }),
  adminPort: option(Port.default(9465), {
    flag: '--admin-port <number>',
    env: 'CAUSEWAY_PROXY_ADMIN_PORT',
    description: 'port of /metrics and /healthz; 0 picks a free one',
    group: OPERATION,
  }),
  drainSeconds: option(wholeNumber({ min: 0, max: 86_400 }).default(300), {
    flag: '--drain-seconds <number>',
    env: 'CAUSEWAY_PROXY_DRAIN_SECONDS',
    description: 'how long calls go on after SIGTERM',
    group: OPERATION,
  }),
  ...logOptions('CAUSEWAY_PROXY', OPERATION),
});

export type ProxyOptions = z.output<typeof ProxyOptions>;

/** What code may pass to `startProxy`; absent keys have the flags' defaults. */
export type ProxyConfigInput = z.input<typeof ProxyOptions>;
