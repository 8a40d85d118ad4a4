import { WebSocket } from 'ws';
import {
  PROTOO_SUBPROTOCOL,
  RESUME_SUBPROTOCOL_PREFIX,
  TOKEN_SUBPROTOCOL_PREFIX,
} from '../../../src/shared/join-token.ts';
import { MAX_ORIGIN_MESSAGE_BYTES, ORIGIN_BUDGET_MS, ORIGIN_MIN_SHARE_MS } from '../limits.ts';
import type { OriginTls } from './origin-tls.ts';
import type { Origins } from './origins.ts';

/** Whom a connection to a room server is for. */
export interface Visitor {
  roomId: string;
  peerId: string;
  token: string;
  /** Of who takes a place again: for the room server to judge. Well-formed. */
  resumeKey: string | undefined;
  /** Whom the token names. */
  sub: string;
  /** The client's own address, for the room server's limits and log. */
  address: string;
}

/** No room server took the connection. */
export class OriginUnreachable extends Error {
  override readonly name = 'OriginUnreachable';
  /** Per server tried: what happened. */
  readonly attempts: { origin: string; problem: string }[];
  constructor(attempts: { origin: string; problem: string }[]) {
    super('no room server could be reached');
    this.attempts = attempts;
  }
}

export interface OriginOptions {
  origins: Origins;
  tls: OriginTls;
  signal: AbortSignal;
}

/**
 * Connects to the visitor's room server. The request is written anew: of what the client sent,
 * only the checked room, peer, token and resume key are in it.
 *
 * @throws {OriginUnreachable} none of the configured servers took it.
 */
export async function connectToOrigin(
  visitor: Visitor,
  options: OriginOptions,
): Promise<WebSocket> {
  const attempts: { origin: string; problem: string }[] = [];
  const origins = options.origins.inOrderFor(visitor.roomId);
  // A second one must be reached while the client still waits.
  const timeoutMs = Math.max(ORIGIN_BUDGET_MS / origins.length, ORIGIN_MIN_SHARE_MS);
  for (const origin of origins) {
    const attempt = await open(origin, visitor, { ...options, timeoutMs });
    if (attempt.ok) {
      options.origins.markUp(origin);
      return attempt.webSocket;
    }
    attempts.push({ origin, problem: attempt.problem });
    if (options.signal.aborted) break;
    // A server that answers, though with a refusal, is alive: the room is there and nowhere else.
    if (attempt.answered) break;
    options.origins.markDown(origin);
  }
  throw new OriginUnreachable(attempts);
}

function subprotocolsFor({ token, resumeKey }: Visitor): string[] {
  return [
    PROTOO_SUBPROTOCOL,
    `${TOKEN_SUBPROTOCOL_PREFIX}${token}`,
    ...(resumeKey === undefined ? [] : [`${RESUME_SUBPROTOCOL_PREFIX}${resumeKey}`]),
  ];
}

type Attempt =
  { ok: true; webSocket: WebSocket } | { ok: false; answered: boolean; problem: string };

async function open(
  origin: string,
  visitor: Visitor,
  options: OriginOptions & { timeoutMs: number },
): Promise<Attempt> {
  const url = new URL('/', origin.replace(/^http/, 'ws'));
  url.searchParams.set('roomId', visitor.roomId);
  url.searchParams.set('peerId', visitor.peerId);
  const webSocket = new WebSocket(url, subprotocolsFor(visitor), {
    headers: { 'X-Forwarded-For': visitor.address, 'X-Forwarded-Proto': 'https' },
    handshakeTimeout: options.timeoutMs,
    maxPayload: MAX_ORIGIN_MESSAGE_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
    ...(url.protocol === 'wss:' ? { createConnection: () => options.tls.connect(url) } : {}),
  });
  return await new Promise((resolve) => {
    const abort = () => webSocket.terminate();
    options.signal.addEventListener('abort', abort, { once: true });
    const settle = (attempt: Attempt) => {
      options.signal.removeEventListener('abort', abort);
      resolve(attempt);
    };
    webSocket.once('open', () => {
      // Nothing is read before somebody listens (see SignalingSession).
      webSocket.pause();
      settle({ ok: true, webSocket });
    });
    webSocket.once('unexpected-response', (_request, response) => {
      settle({ ok: false, answered: true, problem: `HTTP status ${response.statusCode}` });
      webSocket.terminate();
    });
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      settle({ ok: false, answered: false, problem: error.code ?? error.message });
    });
  });
}
