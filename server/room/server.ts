import type { AddressInfo } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { CLOSE } from '../../src/shared/close-codes.ts';
import { isWildcardAddress } from '../shared/addresses.ts';
import { createLogger, type Logger } from '../shared/logger.ts';
import { StartupError } from '../shared/startup-error.ts';
import { loadTls, reloadTls, type TlsFiles } from '../shared/tls.ts';
import { loadTokenKey, randomTokenKey, type TokenKey } from '../shared/tokens.ts';
import { checkConfig, type RoomServerConfig, type RoomServerConfigInput } from './config.ts';
import { buildHttp } from './http.ts';
import { MediaWorkers } from './media-workers.ts';
import { Metrics } from './metrics.ts';
import type { Peer } from './peer.ts';
import { Rooms } from './rooms.ts';
import { SignalingEndpoint } from './signaling-endpoint.ts';

/** A room server from configuration to running, and back. */

/** How long clients get to answer the close frame at shutdown before they are cut off, ms. */
const FAREWELL_MS = 1_000;

export interface RunningRoomServer {
  /** `http(s)://host:port` that clients connect to. */
  url: string;
  /** UDP and TCP port of each media worker. */
  mediaPorts: number[];
  /** Process ids of the living media workers. */
  workerPids(): number[];
  /** Reads the TLS certificate again. Does nothing without TLS. */
  reloadCertificate(): Promise<void>;
  /** Closes peers with 4503, then everything else. Resolves when all ports are free. */
  stop(): Promise<void>;
}

/**
 * Starts a room server in this process.
 * @param input Absent keys have the defaults of the flags.
 * @param logger Default: as the configuration says, to standard output.
 * @throws {StartupError} bad configuration, port in use, missing file.
 */
export async function startRoomServer(
  input: RoomServerConfigInput,
  logger?: Logger,
): Promise<RunningRoomServer> {
  const config = checkConfig(input);
  const log =
    logger ??
    createLogger({ name: 'causeway-room', level: config.logLevel, format: config.logFormat });
  const tlsFiles = tlsFilesOf(config);
  const tls = tlsFiles && (await loadTls(tlsFiles));
  const tokenKey = config.auth === 'token' ? await tokenKeyOf(config) : undefined;

  let isStopping = false;
  let workerDied = (): void => undefined;
  const mediaWorkers = await MediaWorkers.start({
    count: config.workers,
    listenIps: config.listenIp,
    announcedAddresses: config.announcedAddress,
    basePort: config.mediaPort,
    logger: log,
    onDied: () => workerDied(),
  });
  try {
    const rooms = new Rooms(mediaWorkers, config.maxRooms, log);
    const metrics = new Metrics({
      rooms: () => rooms.open.size,
      peers: () => countPeers(rooms),
      absentPeers: () => countPeers(rooms, ({ isAbsent }) => isAbsent),
      transports: () => countTransports(rooms),
      mediaWorkers,
    });
    workerDied = () => metrics.workerDied();
    const endpoint = new SignalingEndpoint({
      config,
      policy: tokenKey ? { kind: 'token', key: tokenKey } : { kind: 'none' },
      rooms,
      metrics,
      logger: log,
    });
    const app = await buildHttp({
      config,
      tls,
      devTokenKey: config.dev ? tokenKey : undefined,
      mediaWorkers,
      metrics,
      logger: log,
      isStopping: () => isStopping,
    });
    app.server.on('upgrade', (request, socket, head) =>
      endpoint.handleUpgrade(request, socket, head),
    );
    await listen(app, config);

    const { port } = app.server.address() as AddressInfo;
    const url = `${tls ? 'https' : 'http'}://${shownHost(config.host)}:${port}`;
    log.info(
      { event: 'ready', url, mediaPorts: mediaWorkers.ports, auth: config.auth, dev: config.dev },
      `room server ready at ${url}, media on UDP and TCP ${mediaWorkers.ports.join(', ')}`,
    );

    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      isStopping = true;
      mediaWorkers.expectEnd();
      endpoint.stopAccepting();
      for (const room of [...rooms.open]) {
        room.disconnectAll(CLOSE.SERVER_SHUTTING_DOWN, 'The server is shutting down. Join again.');
        rooms.closeIfEmpty(room);
      }
      const farewell = setTimeout(() => endpoint.terminateAll(), FAREWELL_MS);
      await endpoint.allClosed();
      clearTimeout(farewell);
      await app.close();
      mediaWorkers.stop();
      log.info('room server stopped');
    };
    return {
      url,
      mediaPorts: mediaWorkers.ports,
      workerPids: () => mediaWorkers.living.map(({ worker }) => worker.pid),
      reloadCertificate: async () => {
        if (tlsFiles) await reloadTls(app.server as unknown as TlsServer, tlsFiles, log);
      },
      stop: async () => await (stopped ??= stop()),
    };
  } catch (error) {
    mediaWorkers.stop();
    throw error;
  }
}

function tlsFilesOf({ tlsCert, tlsKey }: RoomServerConfig): TlsFiles | undefined {
  return tlsCert !== undefined && tlsKey !== undefined
    ? { certFile: tlsCert, keyFile: tlsKey }
    : undefined;
}

async function tokenKeyOf(config: RoomServerConfig): Promise<TokenKey> {
  const source = {
    secret: config.tokenSecret,
    secretFile: config.tokenSecretFile,
    publicKeyFile: config.tokenPublicKeyFile,
  };
  const hasKey = Object.values(source).some((value) => value !== undefined);
  return config.dev && !hasKey ? randomTokenKey() : await loadTokenKey(source);
}

async function listen(app: FastifyInstance, config: RoomServerConfig): Promise<void> {
  // `localhost` may be two addresses; the port is to be the same in every sense.
  const host = config.host === 'localhost' ? '127.0.0.1' : config.host;
  try {
    await app.listen({ host, port: config.port });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const where = `TCP port ${config.port} on ${config.host}`;
    if (code === 'EADDRINUSE') {
      throw new StartupError(
        `${where} is in use by another program. End it, or choose another port with --port.`,
      );
    }
    if (code === 'EACCES') {
      throw new StartupError(
        `${where} may not be opened by this user. Choose a port of 1024 or more with --port.`,
      );
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new StartupError(`--host: this computer does not have the address ${config.host}.`);
    }
    throw error;
  }
}

function shownHost(host: string): string {
  if (isWildcardAddress(host)) return host === '::' ? '[::1]' : '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function countPeers(rooms: Rooms, which: (peer: Peer) => boolean = () => true): number {
  return [...rooms.open].flatMap((room) => [...room.peers.values()].filter(which)).length;
}

function countTransports(rooms: Rooms): Record<'udp' | 'tcp' | 'none', number> {
  const counts = { udp: 0, tcp: 0, none: 0 };
  for (const room of rooms.open) {
    for (const peer of room.peers.values()) {
      for (const { transport } of peer.transports) {
        counts[transport.iceSelectedTuple?.protocol ?? 'none'] += 1;
      }
    }
  }
  return counts;
}
