import { availableParallelism } from 'node:os';
import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopbackHost } from '../../src/shared/endpoint.ts';
import { isPrivateAddress, isWildcardAddress } from '../shared/addresses.ts';
import {
  AddressOrName,
  FilePath,
  IpAddress,
  logOptions,
  oneOf,
  Port,
  tokenOptions,
} from '../shared/common-options.ts';
import { option, parseOptions, readOptions, wholeNumber, yesOrNo } from '../shared/options.ts';
import { StartupError } from '../shared/startup-error.ts';
import { listenProblem } from './media-addresses.ts';

/** The room server's configuration: every flag, its variable, its default, its bounds. */

const SIGNALING = 'Signaling';
const MEDIA = 'Media';
const ADMISSION = 'Admission';
const LIMITS = 'Limits';
const OPERATION = 'Operation';

export const RoomServerOptions = z.object({
  host: option(AddressOrName.default('127.0.0.1'), {
    flag: '--host <address>',
    env: 'CAUSEWAY_ROOM_HOST',
    description: 'address that HTTP and WebSocket listen on',
    group: SIGNALING,
  }),
  port: option(Port.default(4443), {
    flag: '--port <number>',
    env: 'CAUSEWAY_ROOM_PORT',
    description: 'TCP port of HTTP and WebSocket; 0 picks a free one',
    group: SIGNALING,
  }),
  tlsCert: option(FilePath.optional(), {
    flag: '--tls-cert <file>',
    env: 'CAUSEWAY_ROOM_TLS_CERT',
    description: 'certificate chain (PEM); read again on SIGHUP',
    group: SIGNALING,
  }),
  tlsKey: option(FilePath.optional(), {
    flag: '--tls-key <file>',
    env: 'CAUSEWAY_ROOM_TLS_KEY',
    description: 'private key of the certificate (PEM)',
    group: SIGNALING,
  }),
  behindTlsProxy: option(yesOrNo(), {
    flag: '--behind-tls-proxy',
    env: 'CAUSEWAY_ROOM_BEHIND_TLS_PROXY',
    description:
      'allow plain WebSocket on a private address, because a reverse proxy in front ends TLS; its X-Forwarded-For is believed',
    group: SIGNALING,
  }),

  mediaPort: option(Port.default(44_444), {
    flag: '--media-port <number>',
    env: 'CAUSEWAY_ROOM_MEDIA_PORT',
    description:
      'UDP and TCP port of the first media worker, +1 for each further; 0 picks free ones',
    group: MEDIA,
  }),
  listenIp: option(z.array(IpAddress).max(8, 'must be at most 8 addresses').default([]), {
    flag: '--listen-ip <address>',
    env: 'CAUSEWAY_ROOM_LISTEN_IP',
    description: 'IP address that media listens on; may repeat',
    defaultText: 'that of --host',
    group: MEDIA,
    list: true,
  }),
  announcedAddress: option(
    z.array(AddressOrName).max(8, 'must be at most 8 addresses').default([]),
    {
      flag: '--announced-address <address>',
      env: 'CAUSEWAY_ROOM_ANNOUNCED_ADDRESS',
      description: 'address or name at which clients reach the media ports; may repeat',
      group: MEDIA,
      list: true,
    },
  ),
  workers: option(wholeNumber({ min: 1, max: 256 }).default(availableParallelism()), {
    flag: '--workers <number>',
    env: 'CAUSEWAY_ROOM_WORKERS',
    description: 'media worker processes',
    defaultText: 'one per core',
    group: MEDIA,
  }),

  auth: option(oneOf(['token', 'none']).default('token'), {
    flag: '--auth <kind>',
    env: 'CAUSEWAY_ROOM_AUTH',
    description: 'token: a join token is required; none: everybody may join (loopback only)',
    group: ADMISSION,
  }),
  ...tokenOptions('CAUSEWAY_ROOM', ADMISSION),
  dev: option(yesOrNo(), {
    flag: '--dev',
    env: 'CAUSEWAY_ROOM_DEV',
    description: 'for trying things out: hands out join tokens to this computer (POST /dev/token)',
    group: ADMISSION,
  }),

  maxRooms: option(wholeNumber({ min: 1, max: 100_000 }).default(500), {
    flag: '--max-rooms <number>',
    env: 'CAUSEWAY_ROOM_MAX_ROOMS',
    description: 'rooms at once',
    group: LIMITS,
  }),
  maxPeersPerRoom: option(wholeNumber({ min: 1, max: 1_000 }).default(50), {
    flag: '--max-peers-per-room <number>',
    env: 'CAUSEWAY_ROOM_MAX_PEERS_PER_ROOM',
    description: 'people in one room',
    group: LIMITS,
  }),
  maxConnectionsPerAddress: option(wholeNumber({ min: 0, max: 1_000_000 }).default(500), {
    flag: '--max-connections-per-address <number>',
    env: 'CAUSEWAY_ROOM_MAX_CONNECTIONS_PER_ADDRESS',
    description: 'WebSockets from one client address, loopback excepted; 0 = no limit',
    group: LIMITS,
  }),
  maxTransportsPerPeer: option(wholeNumber({ min: 2, max: 64 }).default(10), {
    flag: '--max-transports-per-peer <number>',
    env: 'CAUSEWAY_ROOM_MAX_TRANSPORTS_PER_PEER',
    description: 'WebRTC transports of one peer; in a migration it has twice those that it uses',
    group: LIMITS,
  }),
  maxProducersPerPeer: option(wholeNumber({ min: 1, max: 64 }).default(12), {
    flag: '--max-producers-per-peer <number>',
    env: 'CAUSEWAY_ROOM_MAX_PRODUCERS_PER_PEER',
    description: 'sound and picture streams that one peer sends; in a migration each stands twice',
    group: LIMITS,
  }),
  maxDataProducersPerPeer: option(wholeNumber({ min: 0, max: 64 }).default(4), {
    flag: '--max-data-producers-per-peer <number>',
    env: 'CAUSEWAY_ROOM_MAX_DATA_PRODUCERS_PER_PEER',
    description: 'data channels that one peer sends',
    group: LIMITS,
  }),
  maxMessageBytes: option(wholeNumber({ min: 4_096, max: 1_048_576 }).default(65_536), {
    flag: '--max-message-bytes <number>',
    env: 'CAUSEWAY_ROOM_MAX_MESSAGE_BYTES',
    description: 'size of one signaling message',
    group: LIMITS,
  }),
  maxRequestsPerSecond: option(wholeNumber({ min: 1, max: 10_000 }).default(50), {
    flag: '--max-requests-per-second <number>',
    env: 'CAUSEWAY_ROOM_MAX_REQUESTS_PER_SECOND',
    description: 'requests of one peer in the long run; bursts of 5 s worth are let through',
    group: LIMITS,
  }),
  maxSendBufferBytes: option(wholeNumber({ min: 16_384, max: 67_108_864 }).default(1_048_576), {
    flag: '--max-send-buffer-bytes <number>',
    env: 'CAUSEWAY_ROOM_MAX_SEND_BUFFER_BYTES',
    description: 'unsent signaling of a peer that reads too slowly, after which it is closed',
    group: LIMITS,
  }),
  joinTimeoutSeconds: option(wholeNumber({ min: 1, max: 600 }).default(30), {
    flag: '--join-timeout-seconds <number>',
    env: 'CAUSEWAY_ROOM_JOIN_TIMEOUT_SECONDS',
    description: 'time from connecting to the join request, after which the connection is closed',
    group: LIMITS,
  }),
  resumeGraceSeconds: option(wholeNumber({ min: 0, max: 600 }).default(60), {
    flag: '--resume-grace-seconds <number>',
    env: 'CAUSEWAY_ROOM_RESUME_GRACE_SECONDS',
    description: 'how long the place of a peer that lost its connection is kept; 0 = not at all',
    group: LIMITS,
  }),

  metricsAccess: option(oneOf(['local', 'any']).default('local'), {
    flag: '--metrics-access <who>',
    env: 'CAUSEWAY_ROOM_METRICS_ACCESS',
    description: 'who may read /metrics. local: loopback and private addresses, not forwarded; any',
    group: OPERATION,
  }),
  ...logOptions('CAUSEWAY_ROOM', OPERATION),
});

type RawConfig = z.output<typeof RoomServerOptions>;

/** What code may pass to `startRoomServer`; absent keys have the flags' defaults. */
export type RoomServerConfigInput = z.input<typeof RoomServerOptions>;

/** Checked and complete: `listenIp` has at least one address. */
export type RoomServerConfig = RawConfig;

/** Checks a configuration given by code. @throws {StartupError} */
export function checkConfig(input: RoomServerConfigInput): RoomServerConfig {
  return complete(parseOptions(RoomServerOptions, input));
}

/** Reads flags and environment. @throws {StartupError} */
export function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv): RoomServerConfig {
  return complete(
    readOptions(RoomServerOptions, argv, env, {
      name: 'node server/room/main.ts',
      summary:
        'The Causeway room server: admits people to rooms over WebSocket and forwards their sound and picture (mediasoup).',
      examples: [
        'Examples:',
        '  Try it on this computer:   node server/room/main.ts --dev --log-format pretty',
        '  For real:                  CAUSEWAY_TOKEN_SECRET=… node server/room/main.ts --host 0.0.0.0 --port 443 \\',
        '                               --tls-cert chain.pem --tls-key key.pem --listen-ip 0.0.0.0 \\',
        '                               --announced-address meet.example.com',
      ].join('\n'),
    }),
  );
}

/** Checks what concerns several options at once, and fills in what follows from others. */
function complete(config: RawConfig): RoomServerConfig {
  const problems = [tlsProblem(config), authProblem(config)];
  const listenIp = config.listenIp.length > 0 ? config.listenIp : mediaAddressOf(config.host);
  if (listenIp === undefined) {
    problems.push(
      `--listen-ip: the address for media cannot be taken from --host “${config.host}”, which is a name. Name an IP address.`,
    );
  } else {
    problems.push(listenProblem(listenIp, config.announcedAddress));
  }
  if (config.mediaPort !== 0 && config.mediaPort + config.workers - 1 > 65_535) {
    problems.push(
      `--media-port: ${config.workers} workers need the ports ${config.mediaPort} to ${config.mediaPort + config.workers - 1}; the last is above 65535.`,
    );
  }
  const sentences = problems.filter((problem) => problem !== undefined);
  if (sentences.length > 0) throw new StartupError(sentences.join('\n'));
  return { ...config, listenIp: listenIp ?? [] };
}

function mediaAddressOf(host: string): string[] | undefined {
  if (isIP(host) !== 0) return [host];
  return isLoopbackHost(host) ? ['127.0.0.1'] : undefined;
}

function tlsProblem(config: RawConfig): string | undefined {
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    return '--tls-cert and --tls-key belong together: give both or neither.';
  }
  if (config.tlsCert !== undefined || isLoopbackHost(config.host)) return undefined;
  if (!config.behindTlsProxy) {
    return `--host: without a certificate the server listens on loopback only, not on “${config.host}”. Give --tls-cert and --tls-key, or --behind-tls-proxy where a reverse proxy ends TLS.`;
  }
  if (isWildcardAddress(config.host) || !isPrivateAddress(config.host)) {
    return `--behind-tls-proxy: plain WebSocket is allowed on a private address only, not on “${config.host}”. Name the private address that the proxy connects to.`;
  }
  return undefined;
}

function authProblem(config: RawConfig): string | undefined {
  const hasKey = [config.tokenSecret, config.tokenSecretFile, config.tokenPublicKeyFile].some(
    (value) => value !== undefined,
  );
  if (config.auth === 'none') {
    if (!isLoopbackHost(config.host) || config.behindTlsProxy) {
      return '--auth none lets everybody in, so it is allowed on loopback only (--host 127.0.0.1, no --behind-tls-proxy).';
    }
    return hasKey || config.dev
      ? '--auth none uses no tokens: leave out the token key and --dev.'
      : undefined;
  }
  if (config.dev && config.tokenPublicKeyFile !== undefined) {
    return '--dev signs tokens, which a public key cannot: leave out --token-public-key-file or --dev.';
  }
  if (!hasKey && !config.dev) {
    return 'No key to check join tokens with. Set CAUSEWAY_TOKEN_SECRET (32 bytes or more), --token-secret-file or --token-public-key-file; or --dev to try things out on this computer.';
  }
  return undefined;
}
