import { MAX_CHAT_TEXT_LENGTH, plainChatText } from '../../shared/chat-text.ts';
import type { Feature } from '../../shared/discovery.ts';
import { RoomError } from '../../shared/room-error.ts';
import type { ChatMessage, ClientRequest, ClientResponse } from '../../shared/signaling.ts';
import {
  addDelivered,
  addTyped,
  discard,
  EMPTY_LOG,
  entriesOf,
  markAgain,
  markFailed,
  mergeHistory,
  nextToSend,
  type ChatEntry,
  type ChatLog,
} from './chat-log.ts';
import { judgeChatError } from './chat-retry.ts';
import { CHAT_ANSWER_BUDGET_MS } from './limits.ts';

/** The text messages of a call, as the app sees them. */
export interface ChatView {
  /** The server has them. Before the first connection and after the call: false. */
  readonly available: boolean;
  /** Messages go out at once. False while there is no connection: they wait for the next. */
  readonly live: boolean;
  /** Oldest first; those that are not delivered last. */
  readonly messages: readonly ChatEntry[];
}

type ChatMethod = 'sendChat' | 'getChat';

/** What chat needs of a signaling connection. */
export interface ChatChannel {
  readonly end: unknown;
  request<M extends ChatMethod>(
    method: M,
    data: ClientRequest<M>,
    timeoutMs: number,
  ): Promise<ClientResponse<M>>;
}

export interface ChatOptions {
  /** Default true. False: nothing is sent, fetched or taken, whatever the server can do. */
  isAllowed?: boolean;
  selfId: string;
  displayName: string;
  onChange: (view: ChatView) => void;
  /** For the timeline; never holds what was written. */
  onProblem: (problem: string) => void;
}

export const NO_CHAT: ChatView = { available: false, live: false, messages: [] };

/** One connection that chat runs over. */
interface Line {
  readonly channel: ChatChannel;
  readonly abort: AbortController;
  isBusy: boolean;
}

/**
 * Text messages with an outbox that outlives connections: what is typed gets its id then, and goes
 * out with it over as many connections as it takes, so that the server can deliver it once. One
 * after another, in the order in which they were typed.
 */
export class Chat {
  readonly #options: ChatOptions;
  #log: ChatLog = EMPTY_LOG;
  #line: Line | undefined;
  #isAvailable = false;
  #isAllowed: boolean;
  /** Ids that a connection was given: the server may have had them for long. */
  readonly #handedOver = new Set<string>();

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#isAllowed = options.isAllowed ?? true;
  }

  /**
   * A connection stands, and the room is joined or resumed over it.
   * @param features What its server announces.
   */
  attach(channel: ChatChannel, features: ReadonlySet<Feature>): void {
    this.#drop();
    this.#isAvailable = this.#isAllowed && features.has('chat');
    if (this.#isAvailable) {
      this.#line = { channel, abort: new AbortController(), isBusy: true };
      void this.#serve(this.#line);
    } else {
      this.#failAll('no-chat');
    }
    this.#tell();
  }

  /** That connection is over; another one's end is none of it. */
  detach(channel: ChatChannel): void {
    if (this.#line?.channel !== channel) return;
    this.#drop();
    this.#tell();
  }

  /** Policy allows no messages from now on, to the end of the call. */
  forbid(): void {
    this.#isAllowed = false;
    this.#drop();
    this.#isAvailable = false;
    this.#failAll('no-chat');
    this.#tell();
  }

  /** The call is over. */
  close(): void {
    this.#drop();
    this.#isAvailable = false;
    this.#failAll('call-ended');
    this.#tell();
  }

  /** A message of somebody else. */
  receive(message: ChatMessage): void {
    if (!this.#isAllowed) return;
    this.#change(addDelivered(this.#log, message, this.#options.selfId));
  }

  /**
   * Takes a message to be sent now or over the next connection.
   * @returns Its id.
   * @throws {RoomError} INPUT_INVALID: nothing to say, too long, or a server without chat.
   */
  send(text: string): string {
    const plain = plainChatText(text);
    const problem = this.#isAvailable ? problemOf(plain) : 'this meeting has no text messages';
    if (problem !== undefined) throw new RoomError('INPUT_INVALID', problem);
    const { displayName } = this.#options;
    const id = crypto.randomUUID();
    this.#change(addTyped(this.#log, { id, text: plain, displayName, at: Date.now() }));
    this.#wake();
    return id;
  }

  /** Sends a message that failed once more. Any other id: nothing happens. */
  resend(id: string): void {
    if (!this.#isAvailable) return;
    this.#change(markAgain(this.#log, id, Date.now()));
    this.#wake();
  }

  /** Forgets a message that is not delivered. It may have been on its way already. */
  discard(id: string): void {
    this.#change(discard(this.#log, id));
  }

  #wake(): void {
    if (this.#line && !this.#line.isBusy) void this.#serve(this.#line, 'messages');
  }

  async #serve(line: Line, what: 'history-first' | 'messages' = 'history-first'): Promise<void> {
    line.isBusy = true;
    if (what === 'history-first') await this.#catchUp(line);
    for (;;) {
      const next = line === this.#line ? nextToSend(this.#log) : undefined;
      if (!next) break;
      await this.#deliver(line, next);
    }
    line.isBusy = false;
  }

  /** What was said before, or while there was no connection. It also tells what has arrived. */
  async #catchUp(line: Line): Promise<void> {
    const outcome = await this.#ask(line, 'getChat', {});
    if (outcome.ok) {
      this.#change(mergeHistory(this.#log, outcome.answer.messages, this.#options.selfId));
    } else if (outcome.why) {
      this.#options.onProblem('earlier text messages could not be fetched');
    }
  }

  async #deliver(line: Line, { id, text }: ChatEntry): Promise<void> {
    const isRepeated = this.#handedOver.has(id);
    this.#handedOver.add(id);
    const isWanted = (): boolean => this.#log.unsent.some((entry) => entry.id === id);
    const outcome = await this.#ask(line, 'sendChat', { id, text }, isWanted);
    if (outcome.ok) {
      this.#change(addDelivered(this.#log, { ...outcome.answer, id }, this.#options.selfId));
      // The first sending may have arrived, before others wrote: the server knows the order.
      if (isRepeated || outcome.tries > 1) await this.#catchUp(line);
    } else if (outcome.why) {
      this.#change(markFailed(this.#log, id, outcome.why));
      this.#options.onProblem(`a text message could not be sent (${outcome.why.why})`);
    }
  }

  /** Asks until there is an answer, a refusal, or (no `why`) no connection or need any more. */
  async #ask<M extends ChatMethod>(
    { channel, abort }: Line,
    method: M,
    data: ClientRequest<M>,
    isWanted: () => boolean = () => true,
  ) {
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await channel.request(method, data, CHAT_ANSWER_BUDGET_MS);
        return { ok: true, answer, tries } as const;
      } catch (error) {
        const isOver = channel.end !== undefined || abort.signal.aborted;
        const verdict = judgeChatError(error, tries, isOver);
        if (verdict.then === 'give-up') return { ok: false, why: verdict.failure } as const;
        if (verdict.then === 'again') await pause(verdict.afterMs, abort.signal);
        const isUseless = verdict.then === 'next-connection' || abort.signal.aborted;
        if (isUseless || !isWanted()) return { ok: false, why: undefined } as const;
      }
    }
  }

  #drop(): void {
    this.#line?.abort.abort();
    this.#line = undefined;
  }

  #failAll(why: 'no-chat' | 'call-ended'): void {
    for (const { id, status } of this.#log.unsent) {
      if (status === 'sending') this.#log = markFailed(this.#log, id, { why });
    }
  }

  #change(log: ChatLog): void {
    if (log === this.#log) return;
    this.#log = log;
    this.#tell();
  }

  #tell(): void {
    this.#options.onChange({
      available: this.#isAvailable,
      live: this.#line !== undefined,
      messages: entriesOf(this.#log),
    });
  }
}

function problemOf(text: string): string | undefined {
  if (text === '') return 'a text message needs some text';
  return text.length > MAX_CHAT_TEXT_LENGTH
    ? `a text message has ${MAX_CHAT_TEXT_LENGTH} characters at most, this one has ${text.length}`
    : undefined;
}

/** Resolves after `ms`, or when aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
