import type { RawData, WebSocket } from 'ws';
import { CLOSE, type CloseCode } from '../../src/shared/close-codes.ts';
import { ProtooError, ProtooPeer } from '../../src/shared/protoo.ts';
import type {
  ServerMethod,
  ServerNotification,
  ServerNotificationMethod,
  ServerRequest,
} from '../../src/shared/signaling.ts';
import type { Logger } from '../shared/logger.ts';
import { TokenBucket } from '../shared/rate-limit.ts';
import { closeWebSocket } from '../shared/websocket-close.ts';

/** One admitted client's WebSocket: protoo over it, and the limits that protect the server. */

/** A burst of requests that is let through, as seconds' worth of the long-run rate. */
const BURST_SECONDS = 5;

/** Refused requests after which the connection is closed, as seconds' worth of the rate. */
const PATIENCE_SECONDS = 10;

/**
 * Frames of any kind per request allowed: answers to `newConsumer` come in bursts of two for each
 * other peer and are small.
 */
const FRAMES_PER_REQUEST = 10;

/** How often the connection is probed with a WebSocket ping, ms. */
const PING_INTERVAL_MS = 15_000;

/** Probes in a row without any sign of life after which the connection is taken for dead. */
const MAX_SILENT_PINGS = 2;

export interface ConnectionLimits {
  maxMessageBytes: number;
  maxRequestsPerSecond: number;
  maxSendBufferBytes: number;
}

/** How a connection ended. `by` the server: on purpose; a broken one counts as the client's. */
export interface ConnectionEnd {
  code: number;
  reason: string;
  by: 'client' | 'server';
}

export interface ConnectionOwner {
  onRequest(method: string, data: unknown): Promise<unknown>;
  /** Once, when the connection is over. */
  onClose(end: ConnectionEnd): void;
}

export class SignalingConnection {
  readonly #socket: WebSocket;
  readonly #limits: ConnectionLimits;
  readonly #logger: Logger;
  readonly #owner: ConnectionOwner;
  readonly #protoo: ProtooPeer;
  readonly #requests: TokenBucket;
  readonly #patience: TokenBucket;
  readonly #frames: TokenBucket;
  readonly #pings: NodeJS.Timeout;
  readonly #afterwards: (() => void)[] = [];
  #silentPings = 0;
  /** Set when this side ends the connection, so that the owner hears of it at once. */
  #over = false;

  constructor(socket: WebSocket, limits: ConnectionLimits, logger: Logger, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#limits = limits;
    this.#logger = logger;
    this.#owner = owner;
    const rate = limits.maxRequestsPerSecond;
    this.#requests = new TokenBucket({ capacity: rate * BURST_SECONDS, perSecond: rate });
    this.#patience = new TokenBucket({ capacity: rate * PATIENCE_SECONDS, perSecond: rate });
    this.#frames = new TokenBucket({
      capacity: rate * FRAMES_PER_REQUEST * BURST_SECONDS,
      perSecond: rate * FRAMES_PER_REQUEST,
    });
    this.#protoo = new ProtooPeer({
      send: (text) => this.#send(text),
      onRequest: async (method, data) => await this.#onRequest(method, data),
      // The base protocol has no notification from the client; later ones are ignored.
      onNotification: () => undefined,
      onProtocolError: (problem) => this.close(CLOSE.BAD_REQUEST, `Malformed message: ${problem}.`),
      onInternalError: (method, error) => logger.error({ method, err: error }, 'request failed'),
    });
    socket.on('message', (data, isBinary) => this.#onFrame(data, isBinary));
    socket.on('pong', () => {
      this.#silentPings = 0;
    });
    socket.on('close', (code, reason) =>
      this.#end({ code, reason: reason.toString('utf8'), by: 'client' }),
    );
    // What the error was about: the frame was too big or not WebSocket. 'close' follows.
    socket.on('error', (error) => logger.info({ problem: error.message }, 'WebSocket error'));
    this.#pings = setInterval(() => this.#ping(), PING_INTERVAL_MS);
    this.#pings.unref();
  }

  /** @throws {ProtooError} */
  async request<M extends ServerMethod>(
    method: M,
    data: ServerRequest<M>,
    timeoutMs: number,
  ): Promise<unknown> {
    return await this.#protoo.request(method, data, timeoutMs);
  }

  notify<M extends ServerNotificationMethod>(method: M, data: ServerNotification<M>): void {
    this.#protoo.notify(method, data);
  }

  /** Calls `then` when the connection is over, before its owner hears of it. */
  onceOver(then: () => void): void {
    this.#afterwards.push(then);
  }

  close(code: CloseCode, reason: string): void {
    if (this.#over) return;
    closeWebSocket(this.#socket, code, reason);
    this.#end({ code, reason, by: 'server' });
  }

  #onFrame(data: RawData, isBinary: boolean): void {
    if (this.#over) return;
    this.#silentPings = 0;
    if (isBinary) {
      this.close(CLOSE.BAD_REQUEST, 'Malformed message: a binary frame; protoo is text.');
      return;
    }
    // `ws` is set to hand over one Buffer per message.
    const bytes = data as Buffer;
    if (bytes.length > this.#limits.maxMessageBytes) {
      this.close(
        CLOSE.MESSAGE_TOO_BIG,
        `A message of ${bytes.length} bytes; the limit is ${this.#limits.maxMessageBytes}.`,
      );
      return;
    }
    if (!this.#frames.tryTake()) {
      this.#closeForFlood();
      return;
    }
    this.#protoo.receive(bytes.toString('utf8'));
  }

  async #onRequest(method: string, data: unknown): Promise<unknown> {
    if (!this.#requests.tryTake()) {
      if (!this.#patience.tryTake()) this.#closeForFlood();
      throw new ProtooError(
        429,
        `${method}: more than ${this.#limits.maxRequestsPerSecond} requests per second; wait and try again`,
      );
    }
    return await this.#owner.onRequest(method, data);
  }

  #closeForFlood(): void {
    this.close(
      CLOSE.TOO_MANY_REQUESTS,
      `Far more than ${this.#limits.maxRequestsPerSecond} requests per second.`,
    );
  }

  #send(text: string): void {
    this.#socket.send(text, (error) => {
      if (error) this.#logger.debug({ problem: error.message }, 'could not send');
    });
    if (this.#socket.bufferedAmount <= this.#limits.maxSendBufferBytes || this.#over) return;
    this.#logger.warn({ bufferedBytes: this.#socket.bufferedAmount }, 'peer reads too slowly');
    this.close(CLOSE.IDLE, 'The client does not read its messages.');
    // Behind that much data the close frame would not arrive either.
    this.#socket.terminate();
  }

  #ping(): void {
    if (this.#silentPings >= MAX_SILENT_PINGS) {
      this.close(CLOSE.IDLE, 'The client gave no sign of life.');
      this.#socket.terminate();
      return;
    }
    this.#silentPings += 1;
    this.#socket.ping();
  }

  #end(end: ConnectionEnd): void {
    if (this.#over) return;
    this.#over = true;
    clearInterval(this.#pings);
    this.#protoo.close(end.reason === '' ? undefined : end.reason);
    for (const then of this.#afterwards) then();
    this.#owner.onClose(end);
  }
}
