import type { RawData, WebSocket } from 'ws';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import type { CloseCode } from '../../../src/shared/close-codes.ts';
import { closeWebSocket } from '../../shared/websocket-close.ts';
import { HIGH_WATER_BYTES, LOW_WATER_BYTES, MISSED_PINGS, STALL_TIMEOUT_MS } from '../limits.ts';

/** No close frame came: the connection broke (RFC 6455 §7.1.5). */
const ABNORMAL_CLOSURE = 1006;
const NO_STATUS = 1005;

export type Direction = 'to-origin' | 'to-client';

export interface SessionHooks {
  onMessage(direction: Direction, bytes: number): void;
  /** Once. `code` is the client's or room server's close code, or ours. */
  onEnd(code: number, by: 'client' | 'origin' | 'proxy'): void;
}

interface Leg {
  readonly name: 'client' | 'origin';
  readonly socket: WebSocket;
  /** Pings sent since anything came in. */
  silentPings: number;
  /** Since when this leg is not read because the other one does not drain; ms, monotonic. */
  pausedSince: number | undefined;
}

/**
 * One client's signaling: messages, back-pressure and close codes between its WebSocket and the
 * room server's. To either side it looks as if the other were connected directly: a close code
 * arrives as it was sent, and a broken connection as a broken connection, so that a peer which may
 * come back keeps its place.
 */
export class SignalingSession {
  readonly #client: Leg;
  readonly #origin: Leg;
  readonly #maxClientMessage: number;
  readonly #hooks: SessionHooks;
  #ended = false;

  constructor(client: WebSocket, origin: WebSocket, maxClientMessage: number, hooks: SessionHooks) {
    this.#client = { name: 'client', socket: client, silentPings: 0, pausedSince: undefined };
    this.#origin = { name: 'origin', socket: origin, silentPings: 0, pausedSince: undefined };
    this.#maxClientMessage = maxClientMessage;
    this.#hooks = hooks;
    this.#relay(this.#client, this.#origin);
    this.#relay(this.#origin, this.#client);
    client.resume();
    origin.resume();
  }

  /** To be called every ping interval. Ends the session when a side is dead or takes nothing. */
  checkLiveness(now: number = performance.now()): void {
    for (const leg of [this.#client, this.#origin]) {
      const problem = this.#checkLeg(leg, now);
      if (problem !== undefined) {
        this.end(CLOSE.IDLE, problem);
        return;
      }
    }
  }

  /** Ends both sides by the gateway's own decision. */
  end(code: CloseCode, reason: string): void {
    if (!this.#finish(code, 'proxy')) return;
    closeWebSocket(this.#client.socket, code, reason);
    // A client that is idle or whose proxy restarts may come back: the room server must see a lost
    // connection, not a person who left.
    if (code === CLOSE.MESSAGE_TOO_BIG) closeWebSocket(this.#origin.socket, code, reason);
    else this.#origin.socket.terminate();
  }

  /** Cuts both sides at once. */
  terminate(): void {
    this.#client.socket.terminate();
    this.#origin.socket.terminate();
  }

  #checkLeg(leg: Leg, now: number): string | undefined {
    if (leg.pausedSince !== undefined) {
      // Its pongs are not read meanwhile. What counts is how long the other side takes nothing.
      return now - leg.pausedSince > STALL_TIMEOUT_MS
        ? `The other side took nothing for ${STALL_TIMEOUT_MS} ms.`
        : undefined;
    }
    if (leg.silentPings >= MISSED_PINGS) return `No answer to ${MISSED_PINGS} pings.`;
    leg.silentPings += 1;
    if (leg.socket.readyState === leg.socket.OPEN) leg.socket.ping();
    return undefined;
  }

  #relay(from: Leg, to: Leg): void {
    from.socket.on('message', (data, isBinary) => {
      from.silentPings = 0;
      this.#forward(from, to, data, isBinary);
    });
    from.socket.on('pong', () => {
      from.silentPings = 0;
    });
    from.socket.on('close', (code, reason) => this.#passOnClose(from, to, code, reason));
    // Says why a close follows (a frame that is too big or malformed); the close code tells it too.
    from.socket.on('error', () => undefined);
  }

  #forward(from: Leg, to: Leg, data: RawData, isBinary: boolean): void {
    if (this.#ended) return;
    const bytes = lengthOf(data);
    if (from === this.#client && bytes > this.#maxClientMessage) {
      this.end(
        CLOSE.MESSAGE_TOO_BIG,
        `A message of ${bytes} bytes is over the limit of ${this.#maxClientMessage}.`,
      );
      return;
    }
    this.#hooks.onMessage(from === this.#client ? 'to-origin' : 'to-client', bytes);
    to.socket.send(data, { binary: isBinary }, () => {
      if (from.pausedSince === undefined || to.socket.bufferedAmount > LOW_WATER_BYTES) return;
      from.pausedSince = undefined;
      from.socket.resume();
    });
    if (from.pausedSince === undefined && to.socket.bufferedAmount > HIGH_WATER_BYTES) {
      from.pausedSince = performance.now();
      from.socket.pause();
    }
  }

  #passOnClose(from: Leg, to: Leg, code: number, reason: Buffer): void {
    if (!this.#finish(code, from.name)) return;
    if (code === ABNORMAL_CLOSURE) {
      to.socket.terminate();
      return;
    }
    // A paused leg would not see the answer to its close frame.
    to.socket.resume();
    if (code === NO_STATUS) to.socket.close();
    else to.socket.close(code, reason);
  }

  #finish(code: number, by: 'client' | 'origin' | 'proxy'): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    this.#hooks.onEnd(code, by);
    return true;
  }
}

function lengthOf(data: RawData): number {
  if (Array.isArray(data)) return data.reduce((sum, part) => sum + part.length, 0);
  return data instanceof ArrayBuffer ? data.byteLength : data.length;
}
