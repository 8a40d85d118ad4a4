import { plainChatText } from '../../src/shared/chat-text.ts';
import { ProtooError } from '../../src/shared/protoo.ts';
import type { ChatMessage } from '../../src/shared/signaling.ts';
import { TokenBuckets } from '../shared/rate-limit.ts';

/** The text messages of one meeting: each once, in order, and no more than fit. */

/** Latest messages that a newcomer is told of. */
const MAX_MESSAGES = 200;

/** Characters (UTF-16) that all of them have together, so that a full server stays bounded. */
const MAX_TOTAL_CHARACTERS = 100_000;

/** Ids that are known as sent, also of messages that the history has dropped. */
const MAX_KNOWN_IDS = 1_000;

/** Messages of one person: as many as anybody types, and some more after an outage. */
const RATE = { capacity: 20, perSecond: 1 };

export interface Draft {
  /** The sender's choice, unique. */
  id: string;
  text: string;
  /** Who sends it: the same person, over whatever connection. */
  author: string;
  peerId: string;
  displayName: string;
}

export class ChatHistory {
  /** By id, oldest first. */
  readonly #messages = new Map<string, ChatMessage>();
  /** Authors by message id, oldest first. */
  readonly #known = new Map<string, { author: string; at: number }>();
  readonly #rates = new TokenBuckets(RATE);
  #totalCharacters = 0;

  /** Oldest first. */
  get messages(): ChatMessage[] {
    return [...this.#messages.values()];
  }

  /**
   * Takes a message, once: for a repeated id the answer is the message as it was taken.
   * @throws {ProtooError} 400 nothing left of the text, 403 the id is somebody else's, 429.
   */
  post(draft: Draft): { message: ChatMessage; isNew: boolean } {
    const known = this.#known.get(draft.id);
    if (known && known.author !== draft.author) {
      throw new ProtooError(403, `id: “${draft.id}” is another person’s message; make a new id`);
    }
    const stored = this.#messages.get(draft.id);
    if (stored) return { message: stored, isNew: false };
    const { id, peerId, displayName } = draft;
    const text = plainChatText(draft.text);
    if (text === '') throw new ProtooError(400, 'text: nothing is left without control characters');
    // Dropped from the history meanwhile; the sender still has what it sent.
    if (known) {
      return { message: { id, peerId, displayName, text, at: known.at }, isNew: false };
    }
    if (!this.#rates.tryTake(draft.author)) {
      throw new ProtooError(
        429,
        `more than ${RATE.capacity} messages at once or ${RATE.perSecond} per second; wait and send it again`,
      );
    }
    const message = { id, peerId, displayName, text, at: Date.now() };
    this.#keep(message, draft.author);
    return { message, isNew: true };
  }

  #keep(message: ChatMessage, author: string): void {
    this.#known.set(message.id, { author, at: message.at });
    this.#messages.set(message.id, message);
    this.#totalCharacters += message.text.length;
    for (const [id, oldest] of this.#messages) {
      if (this.#messages.size <= MAX_MESSAGES && this.#totalCharacters <= MAX_TOTAL_CHARACTERS) {
        break;
      }
      this.#messages.delete(id);
      this.#totalCharacters -= oldest.text.length;
    }
    for (const id of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN_IDS) break;
      this.#known.delete(id);
    }
  }
}
