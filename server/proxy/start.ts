import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { createLogger } from '../shared/logger.ts';
import type { Logger } from '../shared/logger.ts';
import { StartupError } from '../shared/startup-error.ts';
import { loadTls } from '../shared/tls.ts';
import type { TlsFiles } from '../shared/tls.ts';
import { loadTokenKey } from '../shared/tokens.ts';
import { checkConfig } from './config.ts';
import type { ProxyConfig } from './config.ts';
import { AddressLimits } from './front/address-limits.ts';
import { Front } from './front/connections.ts';
import { createAdmin } from './http/admin.ts';
import { createApplication } from './http/application.ts';
import { CLOSE_GRACE_MS } from './limits.ts';
import { ProxyMetrics } from './metrics.ts';
import type { ProxyConfigInput } from './options.ts';
import { SignalingEndpoint } from './signaling/endpoint.ts';
import { OriginFeatures } from './signaling/origin-features.ts';
import { OriginTls } from './signaling/origin-tls.ts';
import { Origins } from './signaling/origins.ts';
import { Relay } from './turn/relay.ts';
import { loadTurnSecrets } from './turn/secrets.ts';

export interface RunningProxy {
  /** `https://host:port` (or `http://` on loopback) of the gateway. */
  readonly origin: string;
  readonly port: number;
  readonly adminPort: number;
  /** Ports and process of our own coturn. */
  readonly turn:
    { port: number; tlsPort: number | undefined; pid(): number | undefined } | undefined;
  /** Reads certificate and relay secrets again; what is bad leaves the old in force. */
  reload(): Promise<void>;
  /** No new sessions; resolves when the last has ended or `drainSeconds` are over. Then `close`. */
  drain(): Promise<void>;
  /** Ends sessions (4503), coturn and listeners. */
  close(): Promise<void>;
}

/**
 * Starts the Cloud Proxy: coturn first, then the gateway.
 * @throws {StartupError} bad configuration, files, ports, or coturn does not come up.
 */
export async function startProxy(input: ProxyConfigInput, logger?: Logger): Promise<RunningProxy> {
  return await startCheckedProxy(checkConfig(input), logger);
}

/** @throws {StartupError} */
export async function startCheckedProxy(
  config: ProxyConfig,
  log: Logger = createLogger({
    name: 'proxy',
    level: config.logLevel,
    format: config.logFormat,
  }),
): Promise<RunningProxy> {
  const tlsFiles = filesOf(config);
  const tls = tlsFiles && (await loadTls(tlsFiles));
  const tokenKey = await loadTokenKey({
    secret: config.tokenSecret,
    secretFile: config.tokenSecretFile,
    publicKeyFile: config.tokenPublicKeyFile,
  });
  const ca = config.originCa === undefined ? undefined : await readCa(config.originCa);
  const metrics = new ProxyMetrics();
  const limits = new AddressLimits({
    requestsPerSecond: config.maxRequestsPerSecond,
    connections: config.maxConnectionsPerAddress,
  });
  const relay = await startRelay(config, tlsFiles, metrics, log);
  let draining = false;
  const healthSource = { draining: () => draining, relay };
  const originTls = new OriginTls(ca);
  const originFeatures = await OriginFeatures.start(config.origin, originTls, log);
  const signaling = new SignalingEndpoint({
    tokenKey,
    origins: new Origins(config.origin),
    tls: originTls,
    maxMessageBytes: config.maxMessageBytes,
    logger: log,
    metrics,
  });
  const { app, front } = await createApplication({
    createFront: (listener) =>
      new Front(
        {
          tls,
          proxyProtocolFrom: config.proxyProtocolFrom,
          behindTlsProxy: config.behindTlsProxy,
          maxConnections: config.maxConnections,
          limits,
          onRefused: (reason) => metrics.refused.inc({ reason }),
        },
        listener,
      ),
    hosts: new Set(config.publicHost.map((host) => host.toLowerCase())),
    tokenKey,
    relay,
    limits,
    signaling,
    originFeatures,
    isPresent: (participant) => signaling.isPresent(participant),
    health: healthSource,
    metrics,
    logger: log,
  });
  const admin = createAdmin(healthSource, metrics.registry);

  const stop = async () => {
    signaling.close();
    originFeatures.stop();
    const cut = setTimeout(() => front.destroyAll(), CLOSE_GRACE_MS);
    front.server.closeIdleConnections();
    await Promise.all([app.close(), admin.close()]);
    clearTimeout(cut);
    await relay?.stop();
  };
  try {
    await listen(app, config.host, config.port, '--port');
    await listen(admin, config.adminHost, config.adminPort, '--admin-port');
  } catch (error) {
    await stop();
    throw error;
  }
  const port = (front.server.address() as AddressInfo).port;
  const turn = relay?.supervisor?.settings;
  const adminPort = (admin.server.address() as AddressInfo).port;
  const url = `${tls ? 'https' : 'http'}://${inUrl(config.publicHost[0] ?? config.host)}:${port}`;
  log.info(
    {
      event: 'ready',
      url,
      origins: config.origin,
      publicHosts: config.publicHost,
      adminPort,
      ...(turn
        ? { turn: { port: turn.port, tlsPort: turn.tlsPort, peers: turn.peers } }
        : { turn: config.turn }),
    },
    `Cloud Proxy ready at ${url}`,
  );

  let closing: Promise<void> | undefined;
  return {
    origin: url,
    port,
    adminPort,
    turn: turn && {
      port: turn.port,
      tlsPort: turn.tlsPort,
      pid: () => relay.supervisor?.pid,
    },
    async reload() {
      await reload(config, tlsFiles, front, relay, log);
    },
    async drain() {
      draining = true;
      log.info(
        { sessions: signaling.sessions, seconds: config.drainSeconds },
        'no new sessions; waiting for calls to end',
      );
      const limit = new AbortController();
      await Promise.race([
        signaling.drain(),
        delay(config.drainSeconds * 1000, undefined, { signal: limit.signal }).catch(
          () => undefined,
        ),
      ]);
      limit.abort();
    },
    async close() {
      draining = true;
      closing ??= stop();
      await closing;
      log.info('the Cloud Proxy has ended');
    },
  };
}

async function startRelay(
  config: ProxyConfig,
  tls: TlsFiles | undefined,
  metrics: ProxyMetrics,
  logger: Logger,
): Promise<Relay | undefined> {
  if (!config.relay) return undefined;
  const relay = await Relay.start({
    settings: config.relay,
    secrets: await loadTurnSecrets({
      secret: config.turnSecret,
      secretFile: config.turnSecretFile,
    }),
    credentialSeconds: config.turnCredentialSeconds,
    tls,
    logger,
    watch: (supervisor) => metrics.watchCoturn(supervisor),
  });
  metrics.watchRelay(() => relay.up);
  return relay;
}

/** Each of the two by itself: a bad certificate must not keep a new secret from being used. */
async function reload(
  config: ProxyConfig,
  tlsFiles: TlsFiles | undefined,
  front: Front,
  relay: Relay | undefined,
  logger: Logger,
): Promise<void> {
  const attempt = async (what: string, action: () => Promise<void>) => {
    try {
      await action();
      logger.info(`${what} read again`);
    } catch (error) {
      if (!(error instanceof StartupError)) throw error;
      logger.error(`${what} not changed: ${error.message}`);
    }
  };
  if (tlsFiles) {
    await attempt('certificate', async () => {
      front.useTls(await loadTls(tlsFiles));
      relay?.reloadCertificate();
    });
  }
  if (relay && config.turnSecretFile !== undefined) {
    await attempt('relay secrets', async () => {
      relay.setSecrets(await loadTurnSecrets({ secretFile: config.turnSecretFile }));
    });
  }
}

function filesOf(config: ProxyConfig): TlsFiles | undefined {
  return config.tlsCert === undefined || config.tlsKey === undefined
    ? undefined
    : { certFile: config.tlsCert, keyFile: config.tlsKey };
}

async function readCa(file: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new StartupError(`--origin-ca: ${file} cannot be read (${code}).`);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new StartupError(`--origin-ca: ${file} holds no certificate in PEM form.`);
  }
  return text;
}

async function listen(
  app: FastifyInstance,
  host: string,
  port: number,
  flag: string,
): Promise<void> {
  try {
    // For "localhost" fastify would make a second server for ::1, past our own.
    await app.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const where = `${inUrl(host)}:${port}`;
    if (code === 'EADDRINUSE') throw new StartupError(`${flag}: ${where} is already in use.`);
    if (code === 'EACCES') throw new StartupError(`${flag}: ${where} is not allowed to this user.`);
    throw new StartupError(`${flag}: cannot listen on ${where} (${code ?? message}).`);
  }
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
