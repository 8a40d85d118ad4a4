import { describe, expect, test } from 'vitest';
import {
  addDelivered,
  addTyped,
  EMPTY_LOG,
  entriesOf,
  markAgain,
  MAX_DELIVERED,
  mergeHistory,
  type ChatLog,
} from '../../../src/renderer/room/chat-log.ts';
import type { ChatMessage } from '../../../src/shared/signaling.ts';

const SELF = 'me';

function message(id: string, more: Partial<ChatMessage> = {}): ChatMessage {
  return { id, text: `text of ${id}`, peerId: 'ben', displayName: 'Ben', at: 1_000, ...more };
}

const deliver = (log: ChatLog, ...messages: ChatMessage[]): ChatLog =>
  messages.reduce((before, each) => addDelivered(before, each, SELF), log);
const ids = (log: ChatLog): string[] => entriesOf(log).map(({ id }) => id);

describe('a message that comes twice', () => {
  test('is kept once, and as it first came', () => {
    const log = deliver(EMPTY_LOG, message('a'), message('b'), message('a', { text: 'other' }));
    expect(ids(log)).toEqual(['a', 'b']);
    expect(log.delivered[0]?.text).toBe('text of a');
  });

  test('also within one history', () => {
    expect(ids(mergeHistory(EMPTY_LOG, [message('a'), message('a')], SELF))).toEqual(['a']);
  });
});

describe('a message is one’s own', () => {
  test.each([
    ['that this connection wrote', message('a', { peerId: SELF }), true],
    ['of somebody else', message('a'), false],
  ])('%s', (_what, told, isOwn) => {
    expect(deliver(EMPTY_LOG, told).delivered).toMatchObject([{ isOwn }]);
  });

  test('that was typed here, whatever the connection was called that it went out over', () => {
    const typed = addTyped(EMPTY_LOG, { id: 'a', text: 'x', displayName: 'Me', at: 1 });
    for (const log of [deliver(typed, message('a')), mergeHistory(typed, [message('a')], SELF)]) {
      expect(entriesOf(log)).toMatchObject([{ id: 'a', status: 'delivered', isOwn: true }]);
    }
  });
});

test('a history puts in order what came in another, and keeps what it no longer holds', () => {
  const log = deliver(EMPTY_LOG, message('dropped'), message('b'), message('a'));
  expect(ids(mergeHistory(log, [message('a'), message('b'), message('c')], SELF))).toEqual([
    ...['dropped', 'a', 'b', 'c'],
  ]);
});

test('what is not delivered stands last', () => {
  const typed = addTyped(EMPTY_LOG, { id: 'mine', text: 'x', displayName: 'Me', at: 1 });
  expect(ids(deliver(typed, message('later')))).toEqual(['later', 'mine']);
});

test('only what has failed is sent again', () => {
  const typed = addTyped(EMPTY_LOG, { id: 'mine', text: 'x', displayName: 'Me', at: 1 });
  expect(markAgain(typed, 'mine', 2)).toBe(typed);
  expect(markAgain(typed, 'nobody’s', 2)).toBe(typed);
});

test('a long meeting keeps its latest messages, and everything that is not delivered', () => {
  const typed = addTyped(EMPTY_LOG, { id: 'mine', text: 'x', displayName: 'Me', at: 1 });
  const many = Array.from({ length: MAX_DELIVERED + 2 }, (_, index) => message(`${index}`));
  const log = deliver(typed, ...many);
  expect(log.delivered).toHaveLength(MAX_DELIVERED);
  expect(ids(log).slice(0, 1)).toEqual(['2']);
  expect(ids(log).at(-1)).toBe('mine');
});
