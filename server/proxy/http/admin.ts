import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { health } from './health.ts';
import type { HealthSource } from './health.ts';

/** The operator's side, on its own private listener: metrics and health. */
export function createAdmin(source: HealthSource, registry: Registry): FastifyInstance {
  const app = fastify({ logger: false, forceCloseConnections: true });
  app.get('/metrics', async (_request, reply) => {
    await reply.header('content-type', registry.contentType).send(await registry.metrics());
  });
  app.get('/healthz', async (_request, reply) => {
    const { status, body } = health(source);
    await reply.code(status).header('cache-control', 'no-store').send(body);
  });
  return app;
}
