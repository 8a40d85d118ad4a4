import { ChatHistory } from '../../../server/room/chat-history.ts';
import type { Chat, ChatChannel } from '../../../src/renderer/room/chat.ts';
import {
  CHANNEL_CLOSED_CODE,
  ProtooError,
  REQUEST_TIMEOUT_CODE,
} from '../../../src/shared/protoo.ts';
import type { ChatMessage, ClientRequest } from '../../../src/shared/signaling.ts';

/** What becomes of one request. */
export type Fate =
  | 'answered'
  /** It does not arrive, and the connection stays. */
  | 'request-lost'
  /** It arrives, its answer does not. */
  | 'answer-lost'
  | 'cut-before-arrival'
  | 'cut-before-answer'
  | { refused: number };

export const SELF = 'me';

/** From the server to the participant. */
const ONE_WAY_MS = 20;

/** The room server's own memory of messages, behind connections that can fail in every way. */
export class ChatServer {
  readonly history = new ChatHistory();
  /** What others were told, in order, as the room server tells it. */
  readonly told: ChatMessage[] = [];
  /** Requests that have arrived, in order. */
  readonly asked: string[] = [];
  /** Of the requests to come, in order; afterwards all are answered. */
  fates: Fate[] = [];
  readonly #chat: Chat;
  #open: Connection | undefined;

  constructor(chat: Chat) {
    this.#chat = chat;
  }

  connect(): Connection {
    this.cut();
    const connection = new Connection(this);
    this.#open = connection;
    this.#chat.attach(connection, new Set(['chat']));
    return connection;
  }

  cut(): void {
    const connection = this.#open;
    if (!connection) return;
    this.#open = undefined;
    connection.fail();
    this.#chat.detach(connection);
  }

  get isConnected(): boolean {
    return this.#open !== undefined;
  }

  /** A request of the participant arrives. */
  take(method: 'sendChat' | 'getChat', data: unknown): unknown {
    this.asked.push(method);
    if (method === 'getChat') return { messages: this.history.messages };
    const { id, text } = data as ClientRequest<'sendChat'>;
    const draft = { id, text, author: SELF, peerId: SELF, displayName: 'Me' };
    const { message, isNew } = this.history.post(draft);
    if (isNew) this.told.push(message);
    return message;
  }

  /** Somebody else writes. */
  post(text: string): void {
    const draft = { id: crypto.randomUUID(), text, author: 'ben', peerId: 'ben' };
    const { message } = this.history.post({ ...draft, displayName: 'Ben' });
    this.told.push(message);
    // A connection keeps its order: not before the answers that are on their way.
    const connection = this.#open;
    if (connection) setTimeout(() => connection.end ?? this.#chat.receive(message), ONE_WAY_MS);
  }
}

export class Connection implements ChatChannel {
  end: object | undefined;
  readonly requests: { method: string; data: unknown }[] = [];
  readonly #server: ChatServer;
  readonly #ended = new AbortController();

  constructor(server: ChatServer) {
    this.#server = server;
  }

  request: ChatChannel['request'] = async (method, data, timeoutMs) => {
    this.requests.push({ method, data });
    return (await this.#perform(method, data, timeoutMs)) as never;
  };

  fail(): void {
    this.end = { code: 1006 };
    this.#ended.abort();
  }

  async #perform(
    method: 'sendChat' | 'getChat',
    data: unknown,
    timeoutMs: number,
  ): Promise<unknown> {
    const fate = this.#server.fates.shift() ?? 'answered';
    if (typeof fate === 'object') throw new ProtooError(fate.refused, `${method}: refused`);
    if (fate === 'cut-before-arrival') this.#server.cut();
    const arrives = fate !== 'request-lost' && this.end === undefined;
    const answer = arrives ? this.#server.take(method, data) : undefined;
    if (fate === 'cut-before-answer') this.#server.cut();
    const isLost = fate === 'request-lost' || fate === 'answer-lost';
    return await new Promise((resolve, reject) => {
      const closed = (): void =>
        reject(new ProtooError(CHANNEL_CLOSED_CODE, 'the connection ended'));
      if (this.end !== undefined) {
        closed();
        return;
      }
      this.#ended.signal.addEventListener('abort', closed);
      const late = (): void => reject(new ProtooError(REQUEST_TIMEOUT_CODE, 'no answer in time'));
      setTimeout(isLost ? late : () => resolve(answer), isLost ? timeoutMs : ONE_WAY_MS);
    });
  }
}
