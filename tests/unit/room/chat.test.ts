import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Chat, type ChatView } from '../../../src/renderer/room/chat.ts';
import { MAX_CHAT_TRIES } from '../../../src/renderer/room/limits.ts';
import { ChatServer, SELF, type Fate } from './chat-server.ts';

/** Longer than any message waits over one connection, ms. */
const LONG_MS = 200_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function makeChat(more: { isAllowed?: boolean } = {}) {
  const problems: string[] = [];
  const seen: { view: ChatView } = { view: { available: false, live: false, messages: [] } };
  const chat = new Chat({
    selfId: SELF,
    displayName: 'Me',
    onChange: (view) => (seen.view = view),
    onProblem: (problem) => void problems.push(problem),
    ...more,
  });
  const server = new ChatServer(chat);
  const shown = () => seen.view.messages.map(({ text, status }) => `${text}: ${status}`);
  return { chat, server, seen, shown, problems };
}

const pass = async (ms: number): Promise<void> => {
  await vi.advanceTimersByTimeAsync(ms);
};

describe('where policy allows no messages', () => {
  test('nothing is asked for, taken or sent', async () => {
    const { chat, server, seen } = makeChat({ isAllowed: false });
    server.connect();
    await pass(LONG_MS);
    expect(server.asked).toEqual([]);
    chat.receive({ id: 'theirs', peerId: 'ada', displayName: 'Ada', text: 'hello', at: 1 });
    expect(seen.view).toEqual({ available: false, live: false, messages: [] });
    expect(() => chat.send('hello')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });

  test('from mid-call on, what was typed is not lost unseen, and a new connection changes nothing', async () => {
    const { chat, server, seen, shown } = makeChat();
    server.connect();
    server.cut();
    chat.send('hello');
    chat.forbid();
    server.connect();
    await pass(LONG_MS);
    expect(server.told).toEqual([]);
    expect(seen.view).toMatchObject({ available: false, live: false });
    expect(shown()).toEqual(['hello: failed']);
  });
});

describe('what is typed', () => {
  test('is shown at once, and goes out when a connection stands', async () => {
    const { chat, server, seen, shown } = makeChat();
    server.connect();
    server.cut();
    const id = chat.send('  hello\u0007 ');
    expect(seen.view).toMatchObject({
      available: true,
      live: false,
      messages: [{ id, text: 'hello', status: 'sending', isOwn: true, displayName: 'Me' }],
    });
    await pass(LONG_MS);
    expect(shown(), 'without a connection it waits').toEqual(['hello: sending']);
    server.connect();
    await pass(100);
    expect(seen.view).toMatchObject({ live: true, messages: [{ id, status: 'delivered' }] });
    expect(server.told.map(({ id: told }) => told)).toEqual([id]);
  });

  test('keeps its order, one after another', async () => {
    const { chat, server } = makeChat();
    server.connect();
    for (const text of ['one', 'two', 'three']) chat.send(text);
    await pass(1000);
    expect(server.told.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
  });

  test.each([
    ['nothing', ' \n\u0000 ', /needs some text/],
    ['too much', 'x'.repeat(4001), /4000 characters at most, this one has 4001/],
  ])('is refused here when it is %s', (_what, text, problem) => {
    const { chat, server, seen } = makeChat();
    server.connect();
    expect(() => chat.send(text)).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        detail: expect.stringMatching(problem) as string,
      }),
    );
    expect(seen.view.messages).toEqual([]);
  });

  test('is refused where the server has no chat', () => {
    const { chat, server, seen } = makeChat();
    chat.attach(server.connect(), new Set(['peer-resume']));
    expect(seen.view.available).toBe(false);
    expect(() => chat.send('hello')).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  });
});

describe('a connection that ends', () => {
  test.each(['cut-before-arrival', 'cut-before-answer'] as const)(
    '%s: the same id goes out over the next, and others see it once',
    async (fate) => {
      const { chat, server, shown } = makeChat();
      server.fates = ['answered', fate];
      server.connect();
      const id = chat.send('in a tunnel');
      await pass(100);
      expect(shown()).toEqual(['in a tunnel: sending']);
      server.post('are you there?');
      const next = server.connect();
      await pass(100);
      expect(server.told.filter((message) => message.id === id)).toHaveLength(1);
      expect(shown()).toEqual(server.history.messages.map(({ text }) => `${text}: delivered`));
      const sent = next.requests.filter(({ method }) => method === 'sendChat');
      expect(sent, 'what the history shows as arrived is not sent again').toHaveLength(
        fate === 'cut-before-arrival' ? 1 : 0,
      );
    },
  );

  test('of another one is none of it', async () => {
    const { chat, server, seen } = makeChat();
    const old = server.connect();
    server.connect();
    chat.detach(old);
    await pass(100);
    expect(seen.view.live).toBe(true);
  });

  test('brings what was said meanwhile, in the server’s order', async () => {
    const { chat, server, shown } = makeChat();
    server.post('before I came');
    server.connect();
    await pass(100);
    chat.send('mine');
    await pass(100);
    server.cut();
    server.post('while I was away');
    chat.send('typed offline');
    server.connect();
    await pass(100);
    expect(shown()).toEqual([
      'before I came: delivered',
      'mine: delivered',
      'while I was away: delivered',
      'typed offline: delivered',
    ]);
  });
});

describe('a room that was built anew on the server', () => {
  test('keeps here what it no longer knows', async () => {
    const { chat, server, shown } = makeChat();
    server.connect();
    chat.send('old');
    await pass(100);
    const anew = new ChatServer(chat);
    server.cut();
    anew.post('new');
    anew.connect();
    await pass(100);
    expect(shown()).toEqual(['old: delivered', 'new: delivered']);
  });

  test('without chat: what waits has failed, with the reason', async () => {
    const { chat, server, seen } = makeChat();
    const connection = server.connect();
    server.cut();
    chat.send('hello');
    chat.attach(connection, new Set());
    expect(seen.view).toMatchObject({
      available: false,
      messages: [{ text: 'hello', status: 'failed', failure: { why: 'no-chat' } }],
    });
    await pass(LONG_MS);
  });
});

describe('a refusal', () => {
  test('keeps the text, says why, and lets the next go on', async () => {
    const { chat, server, seen, problems } = makeChat();
    server.connect();
    await pass(100);
    server.fates = [{ refused: 403 }];
    const id = chat.send('secret');
    chat.send('fine');
    await pass(1000);
    expect(seen.view.messages).toMatchObject([
      { text: 'fine', status: 'delivered' },
      {
        ...{ id, text: 'secret', status: 'failed' },
        failure: { why: 'refused', detail: 'sendChat: refused' },
      },
    ]);
    expect(problems.join(), 'the timeline does not hold what was written').not.toContain('secret');
    chat.resend(id);
    await pass(100);
    expect(server.told.map((message) => message.id)).toContain(id);
    expect(seen.view.messages.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
  });

  test('for going too fast is waited out: 30 typed at once all arrive, in order', async () => {
    const { chat, server, shown } = makeChat();
    server.connect();
    const texts = Array.from({ length: 30 }, (_, index) => `line ${index}`);
    for (const text of texts) chat.send(text);
    await pass(60_000);
    expect(server.told.map(({ text }) => text)).toEqual(texts);
    expect(shown()).toEqual(texts.map((text) => `${text}: delivered`));
  });

  test.each([
    ['a server that never has room', { refused: 429 } as const, 'too-many'],
    ['a server that fails', { refused: 500 } as const, 'no-answer'],
    ['silence', 'request-lost' as const, 'no-answer'],
  ])('%s ends: the message is called failed', async (_what, fate, why) => {
    const { chat, server, seen } = makeChat();
    server.connect();
    await pass(100);
    server.fates = Array.from({ length: MAX_CHAT_TRIES }, () => fate);
    chat.send('hello');
    await pass(LONG_MS);
    expect(seen.view.messages).toMatchObject([{ status: 'failed', failure: { why } }]);
    expect(vi.getTimerCount(), 'nothing goes on').toBe(0);
  });

  test('of the history does not hold messages up', async () => {
    const { chat, server, shown, problems } = makeChat();
    server.fates = [{ refused: 404 }];
    server.connect();
    chat.send('hello');
    await pass(100);
    expect(shown()).toEqual(['hello: delivered']);
    expect(problems).toEqual(['earlier text messages could not be fetched']);
  });
});

test('a message that is discarded while it waits is not sent', async () => {
  const { chat, server, shown } = makeChat();
  server.connect();
  await pass(100);
  server.fates = [{ refused: 429 }];
  chat.discard(chat.send('oh no'));
  server.cut();
  chat.discard(chat.send('nor this'));
  server.connect();
  await pass(LONG_MS);
  expect(shown()).toEqual([]);
  expect(server.told).toEqual([]);
});

test('a call that ends leaves no timer, and keeps what was not sent', async () => {
  const { chat, server, seen } = makeChat();
  server.connect();
  await pass(100);
  server.fates = [{ refused: 429 }];
  chat.send('hello');
  await pass(100);
  server.cut();
  chat.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(seen.view).toMatchObject({
    ...{ available: false, live: false },
    messages: [{ text: 'hello', status: 'failed', failure: { why: 'call-ended' } }],
  });
});

/** What happens while somebody writes, ms apart. */
const Step = fc.record({
  what: fc.constantFrom('type', 'type', 'others-write', 'cut', 'connect'),
  waitMs: fc.constantFrom(0, 0, 5, 30, 1_000, 7_000),
});
const AnyFate = fc.constantFrom<Fate>(
  ...([
    'answered',
    'request-lost',
    'answer-lost',
    'cut-before-arrival',
    'cut-before-answer',
  ] as const),
  { refused: 429 },
  { refused: 500 },
);

test('whatever fails, each message is delivered once, in order, and all see the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(Step, { maxLength: 40 }),
      fc.array(AnyFate, { maxLength: 40 }),
      async (steps, fates) => {
        vi.clearAllTimers();
        const { chat, server, seen } = makeChat();
        server.connect();
        server.fates = [...fates];
        const typed: string[] = [];
        for (const [index, { what, waitMs }] of steps.entries()) {
          if (what === 'type') typed.push(chat.send(`mine ${index}`));
          else if (what === 'others-write') server.post(`theirs ${index}`);
          else if (what === 'cut') server.cut();
          else server.connect();
          await pass(waitMs);
        }
        server.fates = [];
        if (!server.isConnected) server.connect();
        await pass(LONG_MS);
        const mine = server.told.filter(({ peerId }) => peerId === SELF);
        expect(mine.map(({ id }) => id)).toEqual(typed);
        expect(seen.view.messages.map(({ id, status }) => ({ id, status }))).toEqual(
          server.history.messages.map(({ id }) => ({ id, status: 'delivered' })),
        );
        expect(vi.getTimerCount()).toBe(0);
      },
    ),
    { numRuns: 200 },
  );
});
