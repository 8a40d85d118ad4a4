import cors from '@fastify/cors';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { RequestListener, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { DISCOVERY_PATH } from '../../../src/shared/discovery.ts';
import type { Logger } from '../../shared/logger.ts';
import type { AddressLimits } from '../front/address-limits.ts';
import type { Front } from '../front/connections.ts';
import type { ProxyMetrics } from '../metrics.ts';
import type { SignalingEndpoint } from '../signaling/endpoint.ts';
import { answerDiscovery } from './discovery.ts';
import type { DiscoveryOptions } from './discovery.ts';
import { health } from './health.ts';
import type { HealthSource } from './health.ts';
import { checkForm, header } from './request-form.ts';

/** How long a browser may remember the answer to a preflight, s (Chromium's own limit). */
const PREFLIGHT_SECONDS = 7_200;
/** A client that is over its rate may try again after this, s. */
const RETRY_AFTER_SECONDS = 5;

export interface ApplicationOptions extends DiscoveryOptions {
  /** Makes the listening server around the application's request listener. */
  createFront(listener: RequestListener): Front;
  hosts: ReadonlySet<string>;
  limits: AddressLimits;
  signaling: SignalingEndpoint;
  health: HealthSource;
  metrics: ProxyMetrics;
  logger: Logger;
}

/**
 * The public HTTP side: discovery, health, and the door to signaling. Every request is first
 * counted against its address and checked for its form; only then its token costs anything.
 */
export async function createApplication(
  options: ApplicationOptions,
): Promise<{ app: FastifyInstance; front: Front }> {
  const { hosts, limits, metrics, logger, signaling } = options;
  let made: Front | undefined;
  const app = fastify({
    serverFactory: (handler) => {
      made = options.createFront(handler);
      return made.server;
    },
    logger: false,
    bodyLimit: 1,
    forceCloseConnections: false,
  });
  if (!made) throw new Error('no server was made');
  const front = made;
  const clientOf = (request: Parameters<typeof checkForm>[0]) =>
    front.clientAddress(request.socket, header(request, 'x-forwarded-for'));

  app.addHook('onRequest', async (request, reply) => {
    if (!limits.tryRequest(clientOf(request.raw))) {
      metrics.refused.inc({ reason: 'rate' });
      return reply
        .code(429)
        .header('retry-after', RETRY_AFTER_SECONDS)
        .header('access-control-allow-origin', '*')
        .send({ error: 'Too many requests from your address.', code: 'SERVER_BUSY' });
    }
    const form = checkForm(request.raw, hosts);
    if (!form.ok) {
      metrics.refused.inc({ reason: 'form' });
      return reply.code(form.status).send({ error: form.problem, code: 'BAD_REQUEST' });
    }
    reply.header('x-content-type-options', 'nosniff');
    return undefined;
  });
  // Any page may ask: without a token there is nothing to gain, and cookies are not used.
  await app.register(cors, {
    origin: '*',
    methods: ['GET'],
    allowedHeaders: ['Authorization'],
    maxAge: PREFLIGHT_SECONDS,
  });

  app.get(DISCOVERY_PATH, async (request, reply) => {
    void reply.header('cache-control', 'no-store');
    if (options.health.draining()) {
      metrics.discovery.inc({ result: 'draining' });
      return await reply.code(503).send({ error: 'The proxy is restarting.', code: 'SERVER_BUSY' });
    }
    const form = checkForm(request.raw, hosts);
    if (!form.ok) throw new Error('a request of bad form came through');
    const answer = await answerDiscovery(request.headers.authorization, form.host, options);
    metrics.discovery.inc({ result: answer.result });
    if (answer.status === 401) void reply.header('www-authenticate', 'Bearer');
    return await reply.code(answer.status).send(answer.body);
  });
  app.get('/healthz', async (_request, reply) => {
    const { status, body } = health(options.health);
    return await reply.code(status).header('cache-control', 'no-store').send(body);
  });
  app.setNotFoundHandler(async (_request, reply) => {
    await reply.code(404).send({ error: 'There is nothing here.', code: 'NOT_FOUND' });
  });
  app.setErrorHandler(async (error, _request, reply) => {
    logger.error({ err: error }, 'a request failed');
    await reply.code(500).send({ error: 'Internal error.', code: 'SERVER_ERROR' });
  });

  const server: Server = front.server;
  server.on('connect', (_request, socket) => refuseRaw(socket, 405));
  server.on('upgrade', (request, socket, head) => {
    const address = front.clientAddress(socket, header(request, 'x-forwarded-for'));
    const form = checkForm(request, hosts);
    const isWebSocket = header(request, 'upgrade')?.toLowerCase() === 'websocket';
    if (!form.ok || !isWebSocket || request.method !== 'GET') {
      metrics.refused.inc({ reason: 'form' });
      refuseRaw(socket, form.ok ? 400 : form.status);
      return;
    }
    const allowed = limits.tryRequest(address);
    if (!allowed) metrics.refused.inc({ reason: 'rate' });
    signaling.handle(request, socket, head, form, { address, allowed });
  });
  return { app, front };
}

/** Answers a request that is no longer HTTP's and ends the connection. */
function refuseRaw(socket: Duplex, status: 400 | 405 | 421): void {
  const text = { 400: 'Bad Request', 405: 'Method Not Allowed', 421: 'Misdirected Request' };
  socket.on('error', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${text[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}
