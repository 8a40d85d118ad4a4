import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ChatHistory, type Draft } from '../../../server/room/chat-history.ts';

function draft(text: string, more: Partial<Draft> = {}): Draft {
  return { id: randomUUID(), text, author: 'anna', peerId: 'p1', displayName: 'Anna', ...more };
}

/** Each by an author of their own, so that none is too fast. */
function fill(history: ChatHistory, count: number, text: (index: number) => string): Draft[] {
  return Array.from({ length: count }, (_, index) => {
    const one = draft(text(index), { author: `author ${index}` });
    history.post(one);
    return one;
  });
}

describe('text', () => {
  it.each([
    ['  hello  ', 'hello'],
    ['one\r\ntwo\n\tthree', 'one\ntwo\n\tthree'],
    ['be\u0007ll \u0000nul\u0085 \u009b31mred\u001b[0m', 'bell nul 31mred[0m'],
    ['half a \ud83d smile', 'half a \ufffd smile'],
    ['whole 😀 smile', 'whole 😀 smile'],
  ])('%j is kept as %j', (sent, kept) => {
    expect(new ChatHistory().post(draft(sent)).message.text).toBe(kept);
  });

  it('of control characters alone is refused', () => {
    expect(() => new ChatHistory().post(draft('\u0000\u0007 \u001b'))).toThrow(
      expect.objectContaining({
        code: 400,
        message: 'text: nothing is left without control characters',
      }),
    );
  });
});

describe('a repeated id', () => {
  it('has the same answer, whatever comes with it', () => {
    const history = new ChatHistory();
    const sent = draft('hello');
    const first = history.post(sent);
    const again = history.post({ ...sent, text: 'other', displayName: 'Anna B.', peerId: 'p2' });
    expect(again).toEqual({ message: first.message, isNew: false });
    expect(history.messages).toEqual([first.message]);
  });

  it('is known after the message has left the history', () => {
    const history = new ChatHistory();
    const sent = draft('early');
    const { message } = history.post(sent);
    fill(history, 300, () => 'x');
    expect(history.messages).not.toContainEqual(message);
    expect(history.post(sent)).toEqual({ message, isNew: false });
    expect(history.messages).toHaveLength(200);
  });

  it('of another person is refused, and theirs stays as it is', () => {
    const history = new ChatHistory();
    const annas = draft('hello');
    const { message } = history.post(annas);
    expect(() => history.post({ ...annas, author: 'mallory', text: 'bye' })).toThrow(
      expect.objectContaining({
        code: 403,
        message: `id: “${annas.id}” is another person’s message; make a new id`,
      }),
    );
    expect(history.messages).toEqual([message]);
  });

  it('costs nothing of the rate', () => {
    const history = new ChatHistory();
    const sent = draft('hello');
    for (let time = 0; time < 100; time += 1) history.post(sent);
    history.post(draft('another'));
    expect(history.messages).toHaveLength(2);
  });
});

describe('bounds', () => {
  it('the latest 200 messages are kept, in order', () => {
    const history = new ChatHistory();
    fill(history, 250, (index) => `message ${index}`);
    expect(history.messages.map(({ text }) => text)).toEqual(
      Array.from({ length: 200 }, (_, index) => `message ${index + 50}`),
    );
  });

  it('holds of any messages 200 and 100 000 characters at most, and always the newest', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { maxLength: 300 }), (lengths) => {
        const history = new ChatHistory();
        fill(history, lengths.length, (index) => 'x'.repeat(lengths[index] ?? 1));
        const kept = history.messages.map(({ text }) => text.length);
        const total = kept.reduce((sum, length) => sum + length, 0);
        expect(kept.length).toBeLessThanOrEqual(200);
        expect(total).toBeLessThanOrEqual(100_000);
        expect(kept).toEqual(lengths.slice(lengths.length - kept.length));
        // No more is dropped than has to be.
        const dropped = lengths[lengths.length - kept.length - 1];
        if (dropped !== undefined && kept.length < 200) {
          expect(total + dropped).toBeGreaterThan(100_000);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('one person writes 20 at once and one per second, others are not held up', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const history = new ChatHistory();
      for (let index = 0; index < 20; index += 1) history.post(draft(`${index}`));
      const late = draft('too fast');
      const tooFast: unknown = expect.objectContaining({
        code: 429,
        message: 'more than 20 messages at once or 1 per second; wait and send it again',
      });
      expect(() => history.post(late)).toThrow(tooFast);
      history.post(draft('somebody else', { author: 'ben' }));
      vi.advanceTimersByTime(1_000);
      expect(history.post(late).isNew).toBe(true);
      expect(() => history.post(draft('again'))).toThrow(tooFast);
    } finally {
      vi.useRealTimers();
    }
  });
});
