import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import type { CloseCode } from '../../../src/shared/close-codes.ts';
import { PROTOO_SUBPROTOCOL } from '../../../src/shared/join-token.ts';
import { RoomId } from '../../../src/shared/meeting-link.ts';
import { describeIssues, ResumeGrant } from '../../../src/shared/signaling.ts';
import type { Logger } from '../../shared/logger.ts';
import { readSubprotocols, TokenRefused, verifyJoinToken } from '../../shared/tokens.ts';
import type { TokenKey } from '../../shared/tokens.ts';
import { closeWebSocket } from '../../shared/websocket-close.ts';
import { header } from '../http/request-form.ts';
import type { GoodForm } from '../http/request-form.ts';
import { HARD_MESSAGE_FACTOR, PING_INTERVAL_MS } from '../limits.ts';
import type { ProxyMetrics } from '../metrics.ts';
import { connectToOrigin, OriginUnreachable } from './origin-connection.ts';
import type { OriginOptions, Visitor } from './origin-connection.ts';
import { Participants } from './participants.ts';
import type { Participant } from './participants.ts';
import { SignalingSession } from './session.ts';

/**
 * The WebSocket door. `ws` ends the WebSocket on both sides, because what is asked of the relay is
 * asked per message and per close code: a limit on message size, refusals that a browser can read,
 * an idle limit that a room server's own pings do not hide, codes of our own put into the stream.
 * Reverse-proxy libraries either pipe the bytes after the upgrade and can do none of it, or forward
 * messages without back-pressure and only the first sub-protocol, which loses the token.
 */

const Query = z.object({
  roomId: z.string({ error: 'is missing' }).pipe(RoomId),
  peerId: z
    .string({ error: 'is missing' })
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, hyphens and underscores'),
});

/** Parts into which a ping interval is cut, so that thousands of pings are no burst. */
const PING_SLOTS = 100;

class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly closeCode: CloseCode;
  constructor(closeCode: CloseCode, sentence: string) {
    super(sentence);
    this.closeCode = closeCode;
  }
}

export interface SignalingEndpointOptions extends Omit<OriginOptions, 'signal'> {
  tokenKey: TokenKey;
  maxMessageBytes: number;
  logger: Logger;
  metrics: ProxyMetrics;
}

export class SignalingEndpoint {
  readonly #options: SignalingEndpointOptions;
  readonly #webSockets: WebSocketServer;
  readonly #sessions = new Set<SignalingSession>();
  readonly #participants = new Participants();
  /** The sessions again, by when they get their ping: never all in the same moment. */
  readonly #pingSlots = Array.from({ length: PING_SLOTS }, () => new Set<SignalingSession>());
  #slot = 0;
  /** Connections on their way to a room server. */
  readonly #pending = new Set<WebSocket>();
  readonly #liveness: NodeJS.Timeout;
  #draining = false;
  #onEmpty: (() => void) | undefined;

  constructor(options: SignalingEndpointOptions) {
    this.#options = options;
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.maxMessageBytes * HARD_MESSAGE_FACTOR,
      handleProtocols: (offered) => (offered.has(PROTOO_SUBPROTOCOL) ? PROTOO_SUBPROTOCOL : false),
    });
    this.#liveness = setInterval(() => this.#checkNextSlot(), PING_INTERVAL_MS / PING_SLOTS);
    this.#liveness.unref();
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** Whether somebody by this token's name is in this room, through this gateway, now. */
  isPresent(participant: Participant): boolean {
    return this.#participants.has(participant);
  }

  /**
   * Takes an upgrade request of good form.
   * @param allowed Whether the client's address is within its rate.
   */
  handle(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    form: GoodForm,
    client: { address: string; allowed: boolean },
  ): void {
    // Until `ws` has it, nobody else listens, and an unheard error would end the process.
    const onEarlyError = () => socket.destroy();
    socket.on('error', onEarlyError);
    const accept = (use: (webSocket: WebSocket) => void) => {
      socket.off('error', onEarlyError);
      this.#webSockets.handleUpgrade(request, socket, head, use);
    };
    void this.#admit(request, form, client).then(
      (visitor) => accept((webSocket) => void this.#connect(webSocket, visitor)),
      (error: unknown) => {
        const refusal = this.#asRefusal(error);
        this.#options.metrics.signalingClosed.inc({ code: refusal.closeCode });
        this.#options.logger.info(
          { code: refusal.closeCode, address: client.address },
          `signaling refused: ${refusal.message}`,
        );
        accept((webSocket) => {
          webSocket.on('error', () => undefined);
          closeWebSocket(webSocket, refusal.closeCode, refusal.message);
        });
      },
    );
  }

  /** Refuses newcomers from now on; resolves when the last session has ended. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#sessions.size === 0 && this.#pending.size === 0) return;
    await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }

  /** Ends every session with a code that says: come back. */
  close(): void {
    this.#draining = true;
    clearInterval(this.#liveness);
    const reason = 'The proxy is restarting.';
    for (const session of this.#sessions) session.end(CLOSE.SERVER_SHUTTING_DOWN, reason);
    for (const waiting of this.#pending) {
      closeWebSocket(waiting, CLOSE.SERVER_SHUTTING_DOWN, reason);
    }
  }

  async #admit(
    request: IncomingMessage,
    form: GoodForm,
    client: { address: string; allowed: boolean },
  ): Promise<Visitor> {
    if (this.#draining) throw new Refusal(CLOSE.SERVER_SHUTTING_DOWN, 'The proxy is restarting.');
    if (!client.allowed) {
      throw new Refusal(CLOSE.TOO_MANY_REQUESTS, 'Too many requests from your address.');
    }
    if (form.path !== '/') {
      throw new Refusal(CLOSE.BAD_REQUEST, 'Signaling is at /?roomId=NAME&peerId=ID.');
    }
    const query = Query.safeParse(Object.fromEntries(form.query));
    if (!query.success) throw new Refusal(CLOSE.BAD_REQUEST, describeIssues(query.error));
    const offered = readSubprotocols(header(request, 'sec-websocket-protocol'));
    if (!offered.protoo) {
      throw new Refusal(CLOSE.BAD_REQUEST, 'Offer the WebSocket sub-protocol “protoo”.');
    }
    if (offered.token === undefined) {
      throw new Refusal(CLOSE.TOKEN_MISSING, 'This proxy needs a join token.');
    }
    const { roomId, peerId } = query.data;
    const { sub } = await verifyJoinToken(offered.token, this.#options.tokenKey, roomId);
    const { token, resumeKey } = offered;
    if (resumeKey !== undefined && !ResumeGrant.shape.key.safeParse(resumeKey).success) {
      throw new Refusal(CLOSE.RESUME_REFUSED, 'The resume key is damaged. Join again.');
    }
    return { roomId, peerId, token, resumeKey, sub, address: client.address };
  }

  async #connect(client: WebSocket, visitor: Visitor): Promise<void> {
    const { metrics, logger, maxMessageBytes } = this.#options;
    // What the client sends before the room server listens stays in its TCP connection.
    client.pause();
    this.#pending.add(client);
    const gone = new AbortController();
    const onGone = () => gone.abort();
    client.on('error', () => undefined);
    client.once('close', onGone);
    try {
      const origin = await connectToOrigin(visitor, { ...this.#options, signal: gone.signal });
      client.off('close', onGone);
      if (client.readyState !== WebSocket.OPEN) {
        origin.terminate();
        return;
      }
      const slot = this.#emptiestSlot();
      const left = this.#participants.add({ sub: visitor.sub, room: visitor.roomId });
      const session: SignalingSession = new SignalingSession(client, origin, maxMessageBytes, {
        onMessage: (direction, bytes) => {
          metrics.signalingMessages.inc({ direction });
          metrics.signalingBytes.inc({ direction }, bytes);
        },
        onEnd: (code, by) => {
          left();
          this.#sessions.delete(session);
          slot.delete(session);
          metrics.signalingOpen.set(this.#sessions.size);
          metrics.signalingClosed.inc({ code });
          logger.debug({ code, by }, 'signaling ended');
          this.#reportEmpty();
        },
      });
      this.#sessions.add(session);
      slot.add(session);
      metrics.signalingOpen.set(this.#sessions.size);
      metrics.signalingOpened.inc();
    } catch (error) {
      client.resume();
      if (gone.signal.aborted) return;
      metrics.originFailures.inc();
      metrics.signalingClosed.inc({ code: CLOSE.ORIGIN_UNREACHABLE });
      logger.error(
        error instanceof OriginUnreachable ? { attempts: error.attempts } : { err: error },
        'no room server could be reached',
      );
      closeWebSocket(client, CLOSE.ORIGIN_UNREACHABLE, 'The room server cannot be reached.');
    } finally {
      this.#pending.delete(client);
      this.#reportEmpty();
    }
  }

  #asRefusal(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof TokenRefused) return new Refusal(error.closeCode, error.message);
    this.#options.logger.error({ err: error }, 'a signaling request could not be checked');
    return new Refusal(CLOSE.BAD_REQUEST, 'The request could not be checked.');
  }

  #checkNextSlot(): void {
    this.#slot = (this.#slot + 1) % PING_SLOTS;
    for (const session of this.#pingSlots[this.#slot] ?? []) session.checkLiveness();
  }

  #emptiestSlot(): Set<SignalingSession> {
    return this.#pingSlots.reduce((one, other) => (other.size < one.size ? other : one));
  }

  #reportEmpty(): void {
    if (this.#sessions.size === 0 && this.#pending.size === 0) this.#onEmpty?.();
  }
}
