import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js';

type Commands = ProtocolMapping.Commands;
type Events = ProtocolMapping.Events;

/** Chromium refused a command, or went away before answering it. */
class CdpError extends Error {
  override readonly name = 'CdpError';
}

interface PendingCommand {
  method: string;
  resolve: (result: unknown) => void;
  reject: (error: CdpError) => void;
}

interface IncomingMessage {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
  sessionId?: string;
}

/** One conversation with one target: a page, a frame, a worker or (without an id) the browser. */
export class CdpSession extends EventEmitter<Events> {
  readonly id: string | undefined;
  readonly #connection: CdpConnection;

  constructor(connection: CdpConnection, id: string | undefined) {
    super();
    this.setMaxListeners(0);
    this.#connection = connection;
    this.id = id;
  }

  /** Throws CdpError when Chromium refuses the command or the target is gone. */
  send<Method extends keyof Commands>(
    method: Method,
    ...params: Commands[Method]['paramsType']
  ): Promise<Commands[Method]['returnType']> {
    return this.#connection.send(method, params[0] ?? {}, this.id);
  }

  /** For commands whose only failure is that the target has gone, where nothing is left to do. */
  post<Method extends keyof Commands>(
    method: Method,
    ...params: Commands[Method]['paramsType']
  ): void {
    this.send(method, ...params).catch((error: unknown) => {
      if (process.env['ELECTRON_ENABLE_LOGGING'])
        console.error(`electron-on-chromium: ${String(error)}`);
    });
  }
}

/**
 * Chromium's DevTools protocol over the two pipes of `--remote-debugging-pipe`: JSON messages that
 * end in a NUL byte. Chromium exits by itself when the pipes close, so it can never outlive us.
 */
export class CdpConnection {
  readonly browser: CdpSession;
  /** Called once, when Chromium has closed its end. */
  onClose: () => void = () => {};
  readonly #toChromium: Writable;
  readonly #sessions = new Map<string, CdpSession>();
  readonly #pending = new Map<number, PendingCommand>();
  #lastId = 0;
  #unfinished: Buffer[] = [];
  #closed = false;

  constructor(toChromium: Writable, fromChromium: Readable) {
    this.#toChromium = toChromium;
    this.browser = new CdpSession(this, undefined);
    fromChromium.on('data', (chunk: Buffer) => this.#receive(chunk));
    fromChromium.on('close', () => this.#close());
    // A write to a Chromium that has just gone fails with EPIPE; `close` above says the same.
    toChromium.on('error', () => this.#close());
    fromChromium.on('error', () => this.#close());
  }

  session(id: string): CdpSession {
    let session = this.#sessions.get(id);
    if (!session) {
      session = new CdpSession(this, id);
      this.#sessions.set(id, session);
    }
    return session;
  }

  forget(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  send<Method extends keyof Commands>(
    method: Method,
    params: object,
    sessionId: string | undefined,
  ): Promise<Commands[Method]['returnType']> {
    if (this.#closed) return Promise.reject(new CdpError(`${method}: Chromium is gone`));
    const id = ++this.#lastId;
    const message = JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) });
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { method, resolve: resolve as (result: unknown) => void, reject });
      this.#toChromium.write(`${message}\0`);
    });
  }

  /** Ends the conversation; Chromium exits. */
  disconnect(): void {
    this.#toChromium.end();
  }

  #receive(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0); end !== -1; end = chunk.indexOf(0, start)) {
      this.#unfinished.push(chunk.subarray(start, end));
      const text = Buffer.concat(this.#unfinished).toString('utf8');
      this.#unfinished = [];
      start = end + 1;
      this.#dispatch(JSON.parse(text) as IncomingMessage);
    }
    if (start < chunk.length) this.#unfinished.push(chunk.subarray(start));
  }

  #dispatch(message: IncomingMessage): void {
    if (message.id !== undefined) {
      const pending = this.#pending.get(message.id);
      this.#pending.delete(message.id);
      if (!pending) return;
      if (message.error)
        pending.reject(new CdpError(`${pending.method}: ${message.error.message}`));
      else pending.resolve(message.result);
      return;
    }
    const session = message.sessionId ? this.#sessions.get(message.sessionId) : this.browser;
    if (!session || !message.method) return;
    (session as unknown as EventEmitter).emit(message.method, message.params);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { method, reject } of this.#pending.values())
      reject(new CdpError(`${method}: Chromium is gone`));
    this.#pending.clear();
    this.onClose();
  }
}
