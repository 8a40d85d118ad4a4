import { z } from 'zod';

/**
 * protoo: JSON requests, responses and notifications over a WebSocket, both ways. This is the wire
 * format of the protoo libraries, so that either side works with that ecosystem; own code because
 * a call needs per-request time limits, close codes and checked messages, which those lack.
 */

const RequestMessage = z.object({
  request: z.literal(true),
  id: z.number().int().nonnegative(),
  method: z.string().min(1).max(64),
  data: z.unknown().optional(),
});
const SuccessMessage = z.object({
  response: z.literal(true),
  id: z.number().int().nonnegative(),
  ok: z.literal(true),
  data: z.unknown().optional(),
});
const ErrorMessage = z.object({
  response: z.literal(true),
  id: z.number().int().nonnegative(),
  ok: z.literal(false).optional(),
  errorCode: z.number().int(),
  errorReason: z.string().default(''),
});
const NotificationMessage = z.object({
  notification: z.literal(true),
  method: z.string().min(1).max(64),
  data: z.unknown().optional(),
});
const ProtooMessage = z.union([RequestMessage, SuccessMessage, ErrorMessage, NotificationMessage]);
export type ProtooMessage = z.infer<typeof ProtooMessage>;

/** A request that the other side answered with an error, or that never got its answer. */
export class ProtooError extends Error {
  override readonly name = 'ProtooError';
  /** HTTP-like: 400 malformed, 403 not allowed, 404 unknown, 408 no answer in time, 499 closed. */
  readonly code: number;
  constructor(code: number, reason: string) {
    super(reason);
    this.code = code;
  }
}

export const REQUEST_TIMEOUT_CODE = 408;
export const CHANNEL_CLOSED_CODE = 499;

/** Time limit of a request where the caller names none, ms. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 10_000;

/** Requests of the other side that may be open at once; more is a fault or an attack. */
const MAX_OPEN_INBOUND = 256;

export interface ProtooPeerOptions {
  /** Puts one text frame on the wire. May throw when the connection is gone. */
  send(text: string): void;
  /** Answers a request. A thrown ProtooError goes back as it is, anything else as 500. */
  onRequest(method: string, data: unknown): Promise<unknown>;
  onNotification(method: string, data: unknown): void;
  /** A frame that is no protoo message, or a response to nothing. The owner decides what to do. */
  onProtocolError(problem: string): void;
  /** An unexpected (non-ProtooError) failure in `onRequest`, for the log. */
  onInternalError?(method: string, error: unknown): void;
}

interface Pending {
  resolve(data: unknown): void;
  reject(error: ProtooError): void;
  timer: ReturnType<typeof setTimeout>;
}

/** One end of a protoo connection, over any carrier of text frames. */
export class ProtooPeer {
  readonly #options: ProtooPeerOptions;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #openInbound = 0;
  #closed = false;

  constructor(options: ProtooPeerOptions) {
    this.#options = options;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws {ProtooError} the other side's error, 408 after `timeoutMs`, 499 when closed.
   */
  async request(
    method: string,
    data?: unknown,
    timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS,
  ): Promise<unknown> {
    if (this.#closed)
      throw new ProtooError(CHANNEL_CLOSED_CODE, `${method}: the connection is closed`);
    const id = this.#nextId++;
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(
          new ProtooError(REQUEST_TIMEOUT_CODE, `${method}: no answer within ${timeoutMs} ms`),
        );
      }, timeoutMs);
      this.#pending.set(id, { resolve, reject, timer });
      try {
        this.#options.send(JSON.stringify({ request: true, id, method, data: data ?? {} }));
      } catch (error) {
        clearTimeout(timer);
        this.#pending.delete(id);
        reject(
          new ProtooError(CHANNEL_CLOSED_CODE, `${method}: could not be sent (${String(error)})`),
        );
      }
    });
  }

  /** Sends a notification. Lost without a word when the connection is gone. */
  notify(method: string, data?: unknown): void {
    if (this.#closed) return;
    this.#trySend({ notification: true, method, data: data ?? {} });
  }

  /** Takes one text frame from the wire. */
  receive(text: string): void {
    if (this.#closed) return;
    const message = parseMessage(text);
    if (!message.ok) {
      this.#options.onProtocolError(message.problem);
      return;
    }
    const frame = message.frame;
    if ('request' in frame) void this.#answer(frame.id, frame.method, frame.data);
    else if ('response' in frame) this.#settle(frame);
    else this.#options.onNotification(frame.method, frame.data);
  }

  /** Ends this end: every open request fails with 499, nothing more is sent or taken. */
  close(reason = 'the connection was closed'): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(new ProtooError(CHANNEL_CLOSED_CODE, reason));
    }
    this.#pending.clear();
  }

  async #answer(id: number, method: string, data: unknown): Promise<void> {
    if (this.#openInbound >= MAX_OPEN_INBOUND) {
      this.#reply(id, new ProtooError(429, `more than ${MAX_OPEN_INBOUND} requests open at once`));
      return;
    }
    this.#openInbound += 1;
    try {
      const answer = await this.#options.onRequest(method, data);
      this.#trySend({ response: true, id, ok: true, data: answer ?? {} });
    } catch (error) {
      if (!(error instanceof ProtooError)) this.#options.onInternalError?.(method, error);
      this.#reply(
        id,
        error instanceof ProtooError ? error : new ProtooError(500, 'internal error'),
      );
    } finally {
      this.#openInbound -= 1;
    }
  }

  #reply(id: number, error: ProtooError): void {
    this.#trySend({
      response: true,
      id,
      ok: false,
      errorCode: error.code,
      errorReason: error.message,
    });
  }

  #trySend(message: object): void {
    if (this.#closed) return;
    try {
      this.#options.send(JSON.stringify(message));
    } catch {
      // The carrier is gone; its close event follows and tells the owner.
    }
  }

  #settle(frame: z.infer<typeof SuccessMessage> | z.infer<typeof ErrorMessage>): void {
    const pending = this.#pending.get(frame.id);
    // An answer after its time limit is no fault of the protocol: dropped.
    if (!pending) return;
    this.#pending.delete(frame.id);
    clearTimeout(pending.timer);
    if (frame.ok === true) pending.resolve(frame.data);
    else pending.reject(new ProtooError(frame.errorCode, frame.errorReason));
  }
}

function parseMessage(
  text: string,
): { ok: true; frame: ProtooMessage } | { ok: false; problem: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'the frame is not JSON' };
  }
  const parsed = ProtooMessage.safeParse(json);
  if (!parsed.success)
    return { ok: false, problem: 'the frame is no protoo request, response or notification' };
  return { ok: true, frame: parsed.data };
}
