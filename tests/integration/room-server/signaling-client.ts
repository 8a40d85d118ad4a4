import { once } from 'node:events';
import { WebSocket } from 'ws';
import { ProtooPeer } from '../../../src/shared/protoo.ts';

/** A signaling client of the tests: protoo over a real WebSocket, and raw frames where wanted. */

export interface ConnectOptions {
  room?: string;
  peer?: string;
  token?: string;
  /** Shown to take a place again. */
  resumeKey?: string;
  /** Instead of `/?roomId=…&peerId=…`. */
  target?: string;
  /** Instead of `protoo` and the token. */
  subprotocols?: string[];
  headers?: Record<string, string>;
  /** PEM of the certificate authority to trust. */
  ca?: string;
}

export interface Closed {
  code: number;
  reason: string;
}

export interface Received {
  method: string;
  data: Record<string, unknown>;
}

let peersMade = 0;

/** A peer id that no other client of this run has. */
export function newPeerId(): string {
  peersMade += 1;
  return `peer-${peersMade}`;
}

export class SignalingClient {
  readonly socket: WebSocket;
  readonly peerId: string;
  /** From the answer to `join`, where the server gives one. */
  resumeKey: string | undefined;
  /** Everything received so far, oldest first. */
  readonly notifications: Received[] = [];
  readonly requests: Received[] = [];
  /** Set once the connection is over. */
  readonly closed: Promise<Closed>;
  /** Answers the server's requests; the default accepts. */
  onServerRequest: (request: Received) => Promise<unknown> = async () => await Promise.resolve({});
  readonly #protoo: ProtooPeer;
  readonly #watchers = new Set<() => void>();

  constructor(serverUrl: string, options: ConnectOptions = {}) {
    this.peerId = options.peer ?? newPeerId();
    const target =
      options.target ??
      `/?roomId=${encodeURIComponent(options.room ?? 'room')}&peerId=${encodeURIComponent(this.peerId)}`;
    const subprotocols = options.subprotocols ?? [
      'protoo',
      ...(options.token === undefined ? [] : [`causeway.token.${options.token}`]),
      ...(options.resumeKey === undefined ? [] : [`causeway.resume.${options.resumeKey}`]),
    ];
    this.socket = new WebSocket(serverUrl.replace(/^http/, 'ws') + target, subprotocols, {
      headers: options.headers ?? {},
      ...(options.ca === undefined ? {} : { ca: options.ca }),
    });
    this.#protoo = new ProtooPeer({
      send: (text) => this.socket.send(text),
      onRequest: async (method, data) => {
        const request = { method, data: data as Record<string, unknown> };
        this.requests.push(request);
        this.#wake();
        return await this.onServerRequest(request);
      },
      onNotification: (method, data) => {
        this.notifications.push({ method, data: data as Record<string, unknown> });
        this.#wake();
      },
      onProtocolError: (problem) => {
        throw new Error(`the server sent a malformed frame: ${problem}`);
      },
    });
    this.socket.on('message', (data: Buffer) => this.#protoo.receive(data.toString('utf8')));
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => {
        this.#protoo.close();
        resolve({ code, reason: reason.toString('utf8') });
      });
    });
  }

  /** Connects; resolves when the server has accepted. */
  static async connect(serverUrl: string, options: ConnectOptions = {}): Promise<SignalingClient> {
    const client = new SignalingClient(serverUrl, options);
    await once(client.socket, 'open');
    return client;
  }

  /** @throws {ProtooError} what the server answers. */
  async request<T = Record<string, unknown>>(method: string, data: unknown = {}): Promise<T> {
    return (await this.#protoo.request(method, data)) as T;
  }

  /** Puts a frame on the wire as it is. */
  sendRaw(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** The first notification, past or coming, of this method that matches. */
  async notification(
    method: string,
    matches: (data: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    return await this.#find(() =>
      this.notifications.find((received) => received.method === method && matches(received.data)),
    );
  }

  /** The first request of the server, past or coming, of this method that matches. */
  async serverRequest(
    method: string,
    matches: (data: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    return await this.#find(() =>
      this.requests.find((received) => received.method === method && matches(received.data)),
    );
  }

  async leave(): Promise<void> {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close();
    await this.closed;
  }

  async #find(look: () => Received | undefined): Promise<Record<string, unknown>> {
    for (;;) {
      const found = look();
      if (found) return found.data;
      if (this.socket.readyState === WebSocket.CLOSED) {
        throw new Error('the connection ended before what was waited for came');
      }
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#watchers.delete(wake);
          resolve();
        };
        this.#watchers.add(wake);
        void this.closed.then(wake);
      });
    }
  }

  #wake(): void {
    for (const wake of [...this.#watchers]) wake();
  }
}

/** Connects and waits for the server to close: how it refuses. */
export async function refusal(serverUrl: string, options: ConnectOptions = {}): Promise<Closed> {
  const client = new SignalingClient(serverUrl, options);
  return await client.closed;
}
