import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import cors, { type FastifyCorsOptions } from '@fastify/cors';
import fastify, { type FastifyInstance } from 'fastify';
import { z } from 'zod';
import {
  DEV_TOKEN_PATH,
  DISCOVERY_PATH,
  DISCOVERY_VERSION,
  type DiscoveryDocument,
  type Feature,
} from '../../src/shared/discovery.ts';
import { JoinToken } from '../../src/shared/meeting-link.ts';
import { redactUrl } from '../../src/shared/redact.ts';
import { isForwarded, isPrivateAddress } from '../shared/addresses.ts';
import { isAllowedOrigin } from '../shared/local-request.ts';
import type { Logger } from '../shared/logger.ts';
import { TLS_MIN_VERSION, type TlsMaterial } from '../shared/tls.ts';
import type { TokenKey } from '../shared/tokens.ts';
import type { RoomServerConfig } from './config.ts';
import { addDevTokenRoute } from './dev-token.ts';
import { JOIN_PAGE_CSP, joinPage } from './join-page.ts';
import type { MediaWorkers } from './media-workers.ts';
import type { Metrics } from './metrics.ts';

/** The HTTP side: discovery, health, metrics, the join page, development tokens. */

/** Request lines, headers and bodies here are small; a client that dawdles is cut off, ms. */
const REQUEST_TIMEOUT_MS = 10_000;

/** Bodies are a few names, bytes. */
const MAX_BODY_BYTES = 4_096;

/** How long a browser may remember a CORS preflight, s. */
const PREFLIGHT_MAX_AGE_S = 600;

const JoinParams = z.object({ room: z.string() });
const JoinQuery = z.object({ token: JoinToken.optional().catch(undefined) });

export interface HttpOptions {
  config: RoomServerConfig;
  tls: TlsMaterial | undefined;
  /** Present: `POST /dev/token` signs with it. */
  devTokenKey: TokenKey | undefined;
  mediaWorkers: MediaWorkers;
  metrics: Metrics;
  logger: Logger;
  isStopping: () => boolean;
}

/** Builds the HTTP application; `app.server` is where upgrade requests arrive. */
export async function buildHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { config, tls, logger } = options;
  const app = fastify({
    serverFactory: (handler) =>
      tls
        ? // The HTTPS server has all of the HTTP server's interface that fastify uses.
          (createHttpsServer(
            { cert: tls.cert, key: tls.key, minVersion: TLS_MIN_VERSION },
            handler,
          ) as unknown as Server)
        : createHttpServer(handler),
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
  });
  app.server.requestTimeout = REQUEST_TIMEOUT_MS;
  app.server.headersTimeout = REQUEST_TIMEOUT_MS;

  app.addHook('onResponse', (request, reply, done) => {
    logger.debug(
      {
        method: request.method,
        url: redactUrl(request.url),
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
      },
      'http',
    );
    done();
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) logger.error({ err: error }, 'http request failed');
    return reply.code(status).send({ error: status >= 500 ? 'internal error' : error.message });
  });
  // JSON only: a form or plain text can be sent across origins without being asked about.
  app.removeContentTypeParser('text/plain');
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'not found' }));

  await app.register(cors, { delegator: corsOf });
  addDiscovery(app, config);
  addHealth(app, options);
  addMetrics(app, options);
  addJoinPage(app, config, tls !== undefined);
  if (options.devTokenKey) addDevTokenRoute(app, options.devTokenKey, logger);
  return app;
}

/** Discovery is for every page; development tokens for the app's; the rest for no other origin. */
function corsOf(
  request: { url?: string; headers: { origin?: string | undefined } },
  callback: (error: Error | null, options: FastifyCorsOptions) => void,
): void {
  const path = (request.url ?? '').split('?')[0];
  const { origin } = request.headers;
  if (path === DISCOVERY_PATH) {
    callback(null, {
      origin: '*',
      methods: ['GET'],
      allowedHeaders: ['Authorization'],
      maxAge: PREFLIGHT_MAX_AGE_S,
    });
  } else if (path === DEV_TOKEN_PATH && origin !== undefined && isAllowedOrigin(origin)) {
    callback(null, { origin, methods: ['POST'], allowedHeaders: ['Content-Type'] });
  } else {
    callback(null, { origin: false });
  }
}

function addDiscovery(app: FastifyInstance, config: RoomServerConfig): void {
  const features: Feature[] = [
    ...(config.auth === 'token' ? (['token'] as const) : []),
    ...(config.dev ? (['dev-token'] as const) : []),
    'transport-migration',
    ...(config.resumeGraceSeconds > 0 ? (['peer-resume'] as const) : []),
    'chat',
  ];
  app.get(DISCOVERY_PATH, async (_request, reply) => {
    const document: DiscoveryDocument = {
      version: DISCOVERY_VERSION,
      role: 'room',
      features,
      serverTime: Date.now(),
    };
    return await reply.header('cache-control', 'no-store').send(document);
  });
}

function addHealth(app: FastifyInstance, { mediaWorkers, isStopping }: HttpOptions): void {
  app.get('/healthz', async (_request, reply) => {
    const { expected } = mediaWorkers;
    const living = mediaWorkers.living.length;
    const status = isStopping()
      ? 'stopping'
      : living === 0
        ? 'down'
        : living < expected
          ? 'degraded'
          : 'ok';
    return await reply
      .code(status === 'ok' || status === 'degraded' ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status, mediaWorkers: { living, expected } });
  });
}

function addMetrics(app: FastifyInstance, { config, metrics }: HttpOptions): void {
  app.get('/metrics', async (request, reply) => {
    const isLocal =
      isPrivateAddress(request.raw.socket.remoteAddress ?? '') && !isForwarded(request.raw);
    if (config.metricsAccess === 'local' && !isLocal) {
      return await reply.code(403).send({
        error: 'Metrics are for loopback and private addresses (see --metrics-access).',
      });
    }
    return await reply.header('content-type', metrics.contentType).send(await metrics.text());
  });
}

function addJoinPage(app: FastifyInstance, config: RoomServerConfig, isTls: boolean): void {
  const scheme = isTls || config.behindTlsProxy ? 'https' : 'http';
  app.get('/join/:room', async (request, reply) => {
    const { room } = JoinParams.parse(request.params);
    const { token } = JoinQuery.parse(request.query);
    const { status, html } = joinPage(room, `${scheme}://${request.headers.host ?? ''}`, token);
    return await reply
      .code(status)
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': JOIN_PAGE_CSP,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      })
      .send(html);
  });
  app.get('/', async (_request, reply) => {
    return await reply
      .code(426)
      .header('upgrade', 'websocket')
      .send({ error: 'This is a Causeway room server. Open a meeting link in Causeway.' });
  });
}
