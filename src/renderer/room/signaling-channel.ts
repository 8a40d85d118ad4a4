import { CLOSE } from '../../shared/close-codes.ts';
import {
  CHANNEL_CLOSED_CODE,
  DEFAULT_REQUEST_TIMEOUT_MS,
  ProtooError,
  ProtooPeer,
} from '../../shared/protoo.ts';
import {
  ClientRequests,
  describeIssues,
  ServerNotifications,
  ServerRequests,
  type ClientMethod,
  type ClientRequest,
  type ClientResponse,
  type ServerMethod,
  type ServerNotification,
  type ServerNotificationMethod,
  type ServerRequest,
} from '../../shared/signaling.ts';

/** The code with which protoo clients end a connection on purpose. */
const CLOSED_BY_CLIENT = 4000;

/** How a signaling connection ended. */
export interface ChannelEnd {
  /** WebSocket close code; 1006 when the connection broke. */
  readonly code: number;
  readonly reason: string;
}

/** The connection could not be opened. */
export class ChannelOpenError extends Error {
  override readonly name = 'ChannelOpenError';
  readonly why: 'timeout' | 'refused' | 'aborted';
  constructor(why: 'timeout' | 'refused' | 'aborted', message: string) {
    super(message);
    this.why = why;
  }
}

/** The other side broke the protocol: a message that its schema refuses. */
export class ProtocolViolation extends Error {
  override readonly name = 'ProtocolViolation';
}

export interface ChannelHandlers {
  requests: { [M in ServerMethod]: (data: ServerRequest<M>) => Promise<unknown> };
  notifications: {
    [M in ServerNotificationMethod]?: (data: ServerNotification<M>) => void;
  };
  /** After the connection ended from outside; not after `close()`. */
  onEnd(end: ChannelEnd): void;
  /** A frame or message that was dropped because it is malformed. */
  onMalformed?(problem: string): void;
}

export interface ChannelOptions {
  /** `wss://…/?roomId=…&peerId=…` */
  url: string;
  /** WebSocket sub-protocols; the server must select the first. */
  protocols: string[];
  openBudgetMs: number;
  signal: AbortSignal;
}

/**
 * One protoo connection over the browser's WebSocket. Every message is checked against its schema,
 * both ways. Handlers may be set later than the connection is opened; the server sends nothing of
 * its own before the peer has joined, and what comes without a handler is refused.
 */
export class SignalingChannel {
  readonly #socket: WebSocket;
  readonly #peer: ProtooPeer;
  readonly #signal: AbortSignal;
  #handlers: ChannelHandlers | undefined;
  #end: ChannelEnd | undefined;
  #closedHere = false;

  private constructor(socket: WebSocket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    this.#peer = new ProtooPeer({
      send: (text) => {
        if (socket.readyState !== WebSocket.OPEN) throw new Error('the connection is not open');
        socket.send(text);
      },
      onRequest: (method, data) => this.#answer(method, data),
      onNotification: (method, data) => this.#notify(method, data),
      onProtocolError: (problem) => this.#handlers?.onMalformed?.(problem),
    });
    socket.addEventListener('message', this.#onMessage);
    socket.addEventListener('close', this.#onClose);
    signal.addEventListener('abort', this.#onAbort);
  }

  /**
   * @throws {ChannelOpenError} not open within the budget, refused, or aborted.
   */
  static async open(options: ChannelOptions): Promise<SignalingChannel> {
    const { signal, openBudgetMs } = options;
    if (signal.aborted) throw new ChannelOpenError('aborted', 'aborted before the connection');
    const socket = new WebSocket(options.url, options.protocols);
    const channel = new SignalingChannel(socket, signal);
    return await new Promise((resolve, reject) => {
      const settle = (error?: ChannelOpenError): void => {
        clearTimeout(timer);
        socket.removeEventListener('open', onOpen);
        socket.removeEventListener('close', onClose);
        signal.removeEventListener('abort', onAbort);
        if (error) {
          channel.close();
          reject(error);
        } else resolve(channel);
      };
      const onOpen = (): void => settle();
      const onClose = (): void =>
        settle(new ChannelOpenError('refused', 'the WebSocket was not accepted'));
      const onAbort = (): void => settle(new ChannelOpenError('aborted', 'aborted'));
      const timer = setTimeout(
        () => settle(new ChannelOpenError('timeout', `not open within ${openBudgetMs} ms`)),
        openBudgetMs,
      );
      socket.addEventListener('open', onOpen);
      socket.addEventListener('close', onClose);
      signal.addEventListener('abort', onAbort);
    });
  }

  /** Set once the connection has ended, whoever ended it. */
  get end(): ChannelEnd | undefined {
    return this.#end;
  }

  setHandlers(handlers: ChannelHandlers): void {
    this.#handlers = handlers;
    const end = this.#end;
    if (end && !this.#closedHere) queueMicrotask(() => handlers.onEnd(end));
  }

  /**
   * @throws {ProtooError} the server's refusal, 408 when late, 499 when the connection ended.
   * @throws {ProtocolViolation} the answer is not what the protocol says.
   */
  async request<M extends ClientMethod>(
    method: M,
    data: ClientRequest<M>,
    timeoutMs = DEFAULT_REQUEST_TIMEOUT_MS,
  ): Promise<ClientResponse<M>> {
    const answer = await this.#peer.request(method, data, timeoutMs);
    const parsed = ClientRequests[method].response.safeParse(answer);
    if (!parsed.success) {
      throw new ProtocolViolation(`answer to ${method}: ${describeIssues(parsed.error)}`);
    }
    return parsed.data as ClientResponse<M>;
  }

  /** Ends the connection; open requests fail with 499. More than once is harmless. */
  close(): void {
    this.#closeWith(CLOSED_BY_CLIENT);
  }

  /** The same for one that does not answer any more, without leaving the room by it. */
  giveUp(): void {
    this.#closeWith(CLOSE.IDLE);
  }

  #closeWith(code: number): void {
    this.#closedHere = true;
    this.#finish({ code, reason: '' });
    this.#socket.removeEventListener('close', this.#onClose);
    this.#socket.close(code);
  }

  #finish(end: ChannelEnd): void {
    this.#end ??= end;
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#socket.removeEventListener('message', this.#onMessage);
    this.#peer.close(`the connection ended (${end.code})`);
  }

  readonly #onAbort = (): void => this.close();

  readonly #onMessage = (event: MessageEvent): void => {
    if (typeof event.data === 'string') this.#peer.receive(event.data);
    else this.#handlers?.onMalformed?.('a binary frame');
  };

  readonly #onClose = (event: CloseEvent): void => {
    const end = { code: event.code, reason: event.reason };
    this.#finish(end);
    this.#handlers?.onEnd(end);
  };

  async #answer(method: string, data: unknown): Promise<unknown> {
    if (!isServerMethod(method)) throw new ProtooError(404, `unknown method ${method}`);
    if (!this.#handlers) throw new ProtooError(CHANNEL_CLOSED_CODE, 'not ready');
    const parsed = ServerRequests[method].request.safeParse(data);
    if (!parsed.success) {
      const problem = `${method}: ${describeIssues(parsed.error)}`;
      this.#handlers.onMalformed?.(problem);
      throw new ProtooError(400, problem);
    }
    const handle = this.#handlers.requests[method] as (data: unknown) => Promise<unknown>;
    return await handle(parsed.data);
  }

  #notify(method: string, data: unknown): void {
    if (!this.#handlers || !isServerNotification(method)) return;
    const parsed = ServerNotifications[method].safeParse(data);
    if (!parsed.success) {
      this.#handlers.onMalformed?.(`${method}: ${describeIssues(parsed.error)}`);
      return;
    }
    const handle = this.#handlers.notifications[method] as ((data: unknown) => void) | undefined;
    handle?.(parsed.data);
  }
}

function isServerMethod(method: string): method is ServerMethod {
  return Object.hasOwn(ServerRequests, method);
}

function isServerNotification(method: string): method is ServerNotificationMethod {
  return Object.hasOwn(ServerNotifications, method);
}
