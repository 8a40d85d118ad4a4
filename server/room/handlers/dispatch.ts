import { ProtooError } from '../../../src/shared/protoo.ts';
import {
  type ClientMethod,
  ClientRequests,
  describeIssues,
} from '../../../src/shared/signaling.ts';
import { chatHandlers } from './chat.ts';
import { consumerHandlers } from './consumers.ts';
import { type Handler, type HandlerContext, type HandlersOf, isGone } from './handler.ts';
import { membershipHandlers } from './membership.ts';
import { migrationHandlers } from './migration.ts';
import { producerHandlers } from './producers.ts';
import { resumptionHandlers } from './resumption.ts';
import { transportHandlers } from './transports.ts';

/** From a request on the wire to its handler: method known, data checked, order kept. */

const HANDLERS: HandlersOf<ClientMethod> = {
  ...membershipHandlers,
  ...transportHandlers,
  ...producerHandlers,
  ...consumerHandlers,
  ...migrationHandlers,
  ...resumptionHandlers,
  ...chatHandlers,
};

/** What may be asked before `join`, so that transports come up while the user is still joining. */
const BEFORE_JOIN: ReadonlySet<ClientMethod> = new Set([
  'getRouterRtpCapabilities',
  'createWebRtcTransport',
  'connectWebRtcTransport',
  'restartIce',
  'closeTransport',
  'getTransportStats',
  'join',
]);

/** Label of requests whose method does not exist: a client must not be able to make up labels. */
const UNKNOWN_METHOD = 'unknown';

/**
 * Answers a request and counts it.
 * @throws {ProtooError} 400 malformed data, 403 out of order or not allowed, 404 unknown method or
 *   object.
 */
export async function dispatch(
  context: HandlerContext,
  method: string,
  data: unknown,
): Promise<unknown> {
  const startedAt = performance.now();
  const label = isClientMethod(method) ? method : UNKNOWN_METHOD;
  const count = (outcome: 'ok' | 'refused' | 'error'): void => {
    context.metrics.request(label, outcome, (performance.now() - startedAt) / 1000);
  };
  try {
    const answer = await answerRequest(context, method, data);
    count('ok');
    return answer;
  } catch (error) {
    count(error instanceof ProtooError ? 'refused' : 'error');
    throw error;
  }
}

async function answerRequest(
  context: HandlerContext,
  method: string,
  data: unknown,
): Promise<unknown> {
  if (!isClientMethod(method)) throw new ProtooError(404, `unknown method “${method}”`);
  const parsed = ClientRequests[method].request.safeParse(data ?? {});
  if (!parsed.success) throw new ProtooError(400, `${method}: ${describeIssues(parsed.error)}`);
  if (!context.peer.joined && !BEFORE_JOIN.has(method)) {
    throw new ProtooError(403, `${method}: join the room first`);
  }
  if (context.connection !== context.peer.connection && method !== 'resume') {
    throw new ProtooError(403, `${method}: send resume first; this connection takes a place again`);
  }
  // Sound by construction of HANDLERS; the compiler cannot pair schema and handler of a union.
  const handler = HANDLERS[method] as Handler<ClientMethod>;
  try {
    return await handler(context, parsed.data);
  } catch (error) {
    if (error instanceof ProtooError)
      throw new ProtooError(error.code, `${method}: ${error.message}`);
    if (isGone(error)) throw new ProtooError(404, `${method}: it was closed in the meantime`);
    throw error;
  }
}

function isClientMethod(method: string): method is ClientMethod {
  return Object.hasOwn(ClientRequests, method);
}
