import type { ChatEntry } from '../../room/contract.ts';

/** What is shown of a chat, and what is worth a word. Pure. */

/** Messages of one person within this time, ms, stand under one name and time. */
const GROUP_MS = 3 * 60_000;

/** More than a screen reader should read out while somebody speaks. */
const MAX_SAID_LENGTH = 200;

export interface MessageGroup {
  /** Of its first message. */
  readonly id: string;
  readonly displayName: string;
  readonly isOwn: boolean;
  /** Ms since the epoch. */
  readonly at: number;
  readonly entries: readonly ChatEntry[];
}

/** Neighbours of one person in short time. What is not delivered stands for itself. */
export function groupMessages(messages: readonly ChatEntry[]): MessageGroup[] {
  const groups: (MessageGroup & { entries: ChatEntry[] })[] = [];
  for (const entry of messages) {
    const { id, displayName, isOwn, at } = entry;
    const open = groups.at(-1);
    const last = open?.entries.at(-1);
    const belongs =
      last !== undefined &&
      authorOf(last) === authorOf(entry) &&
      (last.status === 'delivered') === (entry.status === 'delivered') &&
      Math.abs(at - last.at) < GROUP_MS;
    if (open && belongs) open.entries.push(entry);
    else groups.push({ id, displayName, isOwn, at, entries: [entry] });
  }
  return groups;
}

function authorOf(entry: ChatEntry): string {
  return entry.isOwn ? '' : `${entry.peerId} ${entry.displayName}`;
}

/** Messages of others that are not among those seen. */
export function unreadOf(
  messages: readonly ChatEntry[],
  seen: ReadonlySet<string>,
): readonly ChatEntry[] {
  return messages.filter(({ id, isOwn }) => !isOwn && !seen.has(id));
}

export interface ChatNews {
  /** Of others, oldest first. */
  readonly arrived: readonly ChatEntry[];
  readonly hasFailed: boolean;
}

/** What is new in `after`. */
export function newsBetween(before: readonly ChatEntry[], after: readonly ChatEntry[]): ChatNews {
  const known = new Set(before.map(({ id }) => id));
  const failed = new Set(failedIds(before));
  return {
    arrived: unreadOf(after, known),
    hasFailed: failedIds(after).some((id) => !failed.has(id)),
  };
}

function failedIds(messages: readonly ChatEntry[]): string[] {
  return messages.flatMap(({ id, status }) => (status === 'failed' ? [id] : []));
}

/** A message as it is read out. */
export function saidText(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > MAX_SAID_LENGTH ? `${line.slice(0, MAX_SAID_LENGTH)}…` : line;
}
