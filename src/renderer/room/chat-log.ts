import type { ChatMessage } from '../../shared/signaling.ts';

/** The text messages of a call as its participant sees them. Values and pure functions. */

/** Why a message was not delivered. */
export interface ChatFailure {
  /**
   * - `refused`: the server does not take it.
   * - `too-many`: the server still takes no more after long waiting.
   * - `no-answer`: the server says nothing, or nothing that can be read. It may have arrived.
   * - `no-chat`: the server that the call went on to has no text messages.
   * - `call-ended`: the call ended before it could be sent.
   */
  readonly why: 'refused' | 'too-many' | 'no-answer' | 'no-chat' | 'call-ended';
  /** The server's own sentence, if it gave one. */
  readonly detail?: string;
}

interface Written {
  /** UUID of the sender's making, the same however often the message is sent. */
  readonly id: string;
  readonly text: string;
  readonly displayName: string;
  /** Ms since the epoch: by the server's clock once it is delivered, before that by this one. */
  readonly at: number;
}

export interface DeliveredMessage extends Written {
  readonly status: 'delivered';
  readonly peerId: string;
  /** Written here, in this call. */
  readonly isOwn: boolean;
}

export type UnsentMessage = Written & { readonly isOwn: true } & (
    { readonly status: 'sending' } | { readonly status: 'failed'; readonly failure: ChatFailure }
  );

export type ChatEntry = DeliveredMessage | UnsentMessage;

export interface ChatLog {
  /** In the server's order, each id once. */
  readonly delivered: readonly DeliveredMessage[];
  /** In the order in which they were typed. */
  readonly unsent: readonly UnsentMessage[];
}

export const EMPTY_LOG: ChatLog = { delivered: [], unsent: [] };

/** What a long meeting keeps; the oldest give way. Twice the history that a server tells. */
export const MAX_DELIVERED = 500;

/** Delivered ones first: what nobody else has read does not stand between what they have. */
export function entriesOf({ delivered, unsent }: ChatLog): readonly ChatEntry[] {
  return [...delivered, ...unsent];
}

export function addTyped(log: ChatLog, written: Written): ChatLog {
  return { ...log, unsent: [...log.unsent, { ...written, isOwn: true, status: 'sending' }] };
}

/** The server has a message, after all that it has told so far. */
export function addDelivered(log: ChatLog, message: ChatMessage, selfId: string): ChatLog {
  const unsent = log.unsent.filter(({ id }) => id !== message.id);
  if (log.delivered.some(({ id }) => id === message.id)) return { ...log, unsent };
  return { delivered: bounded([...log.delivered, asDelivered(message, selfId, log)]), unsent };
}

/**
 * The server tells its latest messages, oldest first. What it does not name and is known here is
 * older: it has dropped it, or it was told in a room that stood before.
 */
export function mergeHistory(
  log: ChatLog,
  history: readonly ChatMessage[],
  selfId: string,
): ChatLog {
  const told = new Map(history.map((message) => [message.id, message]));
  const older = log.delivered.filter(({ id }) => !told.has(id));
  return {
    delivered: bounded([
      ...older,
      ...[...told.values()].map((message) => asDelivered(message, selfId, log)),
    ]),
    unsent: log.unsent.filter(({ id }) => !told.has(id)),
  };
}

export function markFailed(log: ChatLog, id: string, failure: ChatFailure): ChatLog {
  return withUnsent(log, id, ({ text, displayName, at }) => ({
    ...{ id, text, displayName, at, failure },
    isOwn: true,
    status: 'failed',
  }));
}

/** A message that failed is sent once more, after those that wait. */
export function markAgain(log: ChatLog, id: string, at: number): ChatLog {
  const failed = log.unsent.find((entry) => entry.id === id && entry.status === 'failed');
  if (!failed) return log;
  const { text, displayName } = failed;
  return addTyped(discard(log, id), { id, text, displayName, at });
}

export function discard(log: ChatLog, id: string): ChatLog {
  const unsent = log.unsent.filter((entry) => entry.id !== id);
  return unsent.length === log.unsent.length ? log : { ...log, unsent };
}

/** The message whose turn it is. */
export function nextToSend({ unsent }: ChatLog): UnsentMessage | undefined {
  return unsent.find(({ status }) => status === 'sending');
}

function withUnsent(
  log: ChatLog,
  id: string,
  change: (entry: UnsentMessage) => UnsentMessage,
): ChatLog {
  return { ...log, unsent: log.unsent.map((entry) => (entry.id === id ? change(entry) : entry)) };
}

function asDelivered(
  { id, text, displayName, at, peerId }: ChatMessage,
  selfId: string,
  log: ChatLog,
): DeliveredMessage {
  const known = log.delivered.find((entry) => entry.id === id);
  if (known) return known;
  const isOwn = peerId === selfId || log.unsent.some((entry) => entry.id === id);
  return { id, text, displayName, at, peerId, isOwn, status: 'delivered' };
}

function bounded(delivered: readonly DeliveredMessage[]): readonly DeliveredMessage[] {
  return delivered.length > MAX_DELIVERED ? delivered.slice(-MAX_DELIVERED) : delivered;
}
