import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { DEV_TOKEN_PATH, DevTokenRequest } from '../../src/shared/discovery.ts';
import { describeIssues } from '../../src/shared/signaling.ts';
import { refuseUnlessLocal } from '../shared/local-request.ts';
import type { Logger } from '../shared/logger.ts';
import { signJoinToken, type TokenKey } from '../shared/tokens.ts';

/** `POST /dev/token`: a join token for whoever asks on this computer. Development servers only. */
export function addDevTokenRoute(app: FastifyInstance, key: TokenKey, logger: Logger): void {
  app.post(DEV_TOKEN_PATH, async (request, reply) => {
    const problem = refuseUnlessLocal(request.raw);
    if (problem !== undefined) return await reply.code(403).send({ error: problem });
    const parsed = DevTokenRequest.safeParse(request.body ?? {});
    if (!parsed.success) {
      return await reply.code(400).send({ error: describeIssues(parsed.error) });
    }
    const { roomId, displayName, lifetimeSeconds } = parsed.data;
    const claims = {
      room: roomId,
      sub: `dev-${randomUUID()}`,
      ...(displayName === undefined ? {} : { name: displayName }),
    };
    logger.info({ roomId }, 'development token handed out');
    return await reply
      .header('cache-control', 'no-store')
      .send({ token: await signJoinToken(key, claims, lifetimeSeconds) });
  });
}
