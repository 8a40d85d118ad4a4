import { describe, expect, test } from 'vitest';
import {
  groupMessages,
  newsBetween,
  saidText,
  unreadOf,
} from '../../../src/renderer/app/chat/conversation.ts';
import type { ChatEntry } from '../../../src/renderer/room/contract.ts';

const MINUTE = 60_000;

function from(peer: string, id: string, at = 0): ChatEntry {
  return {
    ...{ id, at, text: id, displayName: peer, peerId: peer, status: 'delivered' },
    isOwn: peer === 'me',
  };
}
const sending = (id: string, at = 0): ChatEntry => ({
  ...{ id, at, text: id, displayName: 'me', isOwn: true, status: 'sending' },
});
const failed = (id: string): ChatEntry => ({
  ...{ id, at: 0, text: id, displayName: 'me', isOwn: true, status: 'failed' },
  failure: { why: 'refused' },
});

describe('messages stand under one name', () => {
  const groups = (...messages: ChatEntry[]): string[][] =>
    groupMessages(messages).map(({ entries }) => entries.map(({ id }) => id));

  test('when one person writes them in short time', () => {
    expect(groups(from('a', '1'), from('a', '2', MINUTE), from('a', '3', 3 * MINUTE))).toEqual([
      ...[['1', '2', '3']],
    ]);
  });

  test.each([
    ['somebody else wrote', from('b', '2')],
    ['some time has passed', from('a', '2', 4 * MINUTE)],
    ['another has the same name', { ...from('c', '2'), displayName: 'a' }],
    ['the name has changed', { ...from('a', '2'), displayName: 'z' }],
  ])('not when %s', (_why, second) => {
    expect(groups(from('a', '1'), second)).toEqual([['1'], ['2']]);
  });

  test('and what is not delivered stands for itself', () => {
    expect(groups(from('me', '1'), sending('2'), sending('3'))).toEqual([['1'], ['2', '3']]);
  });
});

test('unread is what others wrote and nobody has seen here', () => {
  const messages = [from('a', '1'), from('me', '2'), from('b', '3'), sending('4')];
  expect(unreadOf(messages, new Set()).map(({ id }) => id)).toEqual(['1', '3']);
  expect(unreadOf(messages, new Set(['1'])).map(({ id }) => id)).toEqual(['3']);
});

describe('worth saying aloud', () => {
  test('is what others wrote, wherever in the order it came', () => {
    const before = [from('a', '2')];
    const { arrived } = newsBetween(before, [from('a', '1'), from('a', '2'), from('me', '3')]);
    expect(arrived.map(({ id }) => id)).toEqual(['1']);
  });

  test('is a message that has failed, once', () => {
    expect(newsBetween([sending('1')], [failed('1')]).hasFailed).toBe(true);
    expect(newsBetween([failed('1')], [failed('1'), failed('2')]).hasFailed).toBe(true);
    expect(newsBetween([failed('1')], [failed('1')]).hasFailed).toBe(false);
    expect(newsBetween([failed('1')], [from('me', '1')]).hasFailed).toBe(false);
  });

  test('is no essay', () => {
    expect(saidText('one\n\n  two')).toBe('one two');
    expect(saidText('x'.repeat(5000)).length).toBeLessThan(250);
  });
});
