import { expect, type Page } from '@playwright/test';
import { cuttableLine, type CuttableLine } from '../fixtures/cuttable-line.ts';
import { startRoomServer } from '../fixtures/room-server.ts';
import { startTestProxy } from '../integration/proxy/test-proxy.ts';
import { engine, test as base } from './fixtures.ts';

const SILENT = { audio: false, video: false };

const test = base.extend<{ line: CuttableLine }>({
  line: async ({ server }, use) => {
    const line = await cuttableLine(server.url);
    await use(line);
    await line.close();
  },
});

/** What is shown: `text: status`. */
const shown = (page: Page) => async () =>
  (await engine(page).view()).chat.messages.map(({ text, status }) => `${text}: ${status}`);
const ids = async (page: Page) => (await engine(page).view()).chat.messages.map(({ id }) => id);
const isLive = (page: Page) => async () => (await engine(page).view()).chat.live;

test('messages reach the others once, and a newcomer finds them', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  await engine(ada).join(await roomOptions('Ada'), SILENT);
  await engine(bob).join(await roomOptions('Bob'), SILENT);
  await expect.poll(isLive(ada)).toBe(true);
  const id = await engine(ada).sendChat(' Hello,\nBob ');
  await expect
    .poll(async () => (await engine(bob).view()).chat)
    .toMatchObject({
      ...{ available: true, live: true },
      messages: [
        { id, text: 'Hello,\nBob', displayName: 'Ada', isOwn: false, status: 'delivered' },
      ],
    });
  await engine(bob).sendChat('Hello, Ada');
  const carol = await openEngine();
  await expect.poll(shown(ada)).toEqual(['Hello,\nBob: delivered', 'Hello, Ada: delivered']);
  await engine(carol).join(await roomOptions('Carol'), SILENT);
  await expect.poll(shown(carol)).toEqual(await shown(ada)());
  expect((await engine(ada).view()).chat.messages.map(({ isOwn }) => isOwn)).toEqual([true, false]);
});

test('through a Cloud Proxy, too', async ({ server, openEngine, roomOptions }) => {
  const proxy = await startTestProxy({ origin: [server.url] });
  try {
    const [ada, bob] = [await openEngine(), await openEngine()];
    await engine(ada).join(await roomOptions('Ada', { signalingBaseUrl: proxy.origin }), SILENT);
    await engine(bob).join(await roomOptions('Bob'), SILENT);
    await engine(ada).sendChat('from behind the firewall');
    await expect.poll(shown(bob)).toEqual(['from behind the firewall: delivered']);
  } finally {
    await proxy.close();
  }
});

for (const [what, interrupt] of [
  ['the server never had', 'swallowRequests'],
  ['the server had, without its answer arriving', 'swallowAnswers'],
] as const) {
  test(`a message that ${what} when the connection broke is delivered once`, async ({
    line,
    openEngine,
    roomOptions,
  }) => {
    const [ada, bob] = [await openEngine(), await openEngine()];
    await engine(ada).join(await roomOptions('Ada', { serverUrl: line.url }), SILENT);
    await engine(bob).join(await roomOptions('Bob'), SILENT);
    await engine(ada).sendChat('before');
    await expect.poll(shown(bob)).toEqual(['before: delivered']);
    await expect.poll(shown(ada)).toEqual(['before: delivered']);

    line[interrupt]();
    const id = await engine(ada).sendChat('in a tunnel');
    if (interrupt === 'swallowAnswers') await expect.poll(() => ids(bob)).toContain(id);
    expect(await shown(ada)()).toEqual(['before: delivered', 'in a tunnel: sending']);
    line.cut();
    await expect.poll(isLive(ada)).toBe(false);
    await engine(bob).sendChat('are you there?');
    await engine(ada).sendChat('typed meanwhile');
    line.mend();

    const all =
      interrupt === 'swallowAnswers'
        ? ['before', 'in a tunnel', 'are you there?', 'typed meanwhile']
        : ['before', 'are you there?', 'in a tunnel', 'typed meanwhile'];
    for (const page of [ada, bob]) {
      await expect.poll(shown(page)).toEqual(all.map((text) => `${text}: delivered`));
    }
    expect(await ids(ada)).toEqual(await ids(bob));
  });
}

test('cut again and again while somebody writes: each message once, in order', async ({
  line,
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  await engine(ada).join(await roomOptions('Ada', { serverUrl: line.url }), SILENT);
  await engine(bob).join(await roomOptions('Bob'), SILENT);
  await expect.poll(isLive(ada)).toBe(true);
  const sent: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    sent.push(await engine(ada).sendChat(`${round}: on the line`));
    line[round % 2 === 0 ? 'swallowAnswers' : 'swallowRequests']();
    sent.push(await engine(ada).sendChat(`${round}: on a bad line`));
    line.cut();
    sent.push(await engine(ada).sendChat(`${round}: on none`));
    await expect.poll(isLive(ada)).toBe(false);
    line.mend();
    await engine(ada).retryNow();
    await expect.poll(isLive(ada)).toBe(true);
  }
  await expect.poll(() => ids(bob)).toEqual(sent);
  await expect
    .poll(async () => (await engine(ada).view()).chat.messages)
    .toMatchObject(sent.map((id) => ({ id, status: 'delivered', isOwn: true })));
});

test('a message that waits when the call is left leaves nothing behind', async ({
  line,
  openEngine,
  roomOptions,
}) => {
  const page = await openEngine();
  await engine(page).join(await roomOptions('Ada', { serverUrl: line.url }), SILENT);
  await expect.poll(isLive(page)).toBe(true);
  line.swallowRequests();
  await engine(page).sendChat('too late');
  await engine(page).leave();
  await expect.poll(() => engine(page).pendingTimers()).toEqual([]);
  // The browser waits for a closing handshake that the line swallows.
  line.cut();
  await expect.poll(() => engine(page).openSockets()).toBe(0);
  expect((await engine(page).view()).chat).toMatchObject({
    available: false,
    messages: [{ text: 'too late', status: 'failed', failure: { why: 'call-ended' } }],
  });
});

test('a server that announces no chat is not asked for any', async ({
  openEngine,
  roomOptions,
}) => {
  const page = await openEngine();
  await page.route('**/.well-known/causeway.json', async (route) => {
    const json = { version: 1, role: 'room', features: ['token'] };
    await route.fulfill({ json, headers: { 'access-control-allow-origin': '*' } });
  });
  const frames: string[] = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => frames.push(String(payload)));
  });
  await engine(page).join(await roomOptions('Ada'), SILENT);
  expect((await engine(page).view()).chat).toEqual({ available: false, live: false, messages: [] });
  expect(frames.join()).toContain('"method":"join"');
  expect(frames.join()).not.toMatch(/chat/i);
});

test('a server that asks for no pass has chat all the same', async ({
  openEngine,
  roomOptions,
}) => {
  const open = await startRoomServer({
    flags: ['--port=0', '--media-port=0', '--auth=none'],
    env: { CAUSEWAY_TOKEN_SECRET: undefined },
  });
  try {
    const page = await openEngine();
    await engine(page).join(await roomOptions('Ada', { serverUrl: open.url, token: '' }), SILENT);
    await expect.poll(isLive(page)).toBe(true);
    await engine(page).sendChat('hello');
    await expect.poll(shown(page)).toEqual(['hello: delivered']);
  } finally {
    await open.stop();
  }
});
