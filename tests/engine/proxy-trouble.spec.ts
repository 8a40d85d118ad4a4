import { expect, type Page } from '@playwright/test';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { watchMotion } from '../fixtures/media-probe.ts';
import { testToken } from '../fixtures/tokens.ts';
import { startTestProxy } from '../integration/proxy/test-proxy.ts';
import { BOTH, NEITHER, engine, test } from './fixtures.ts';

/** From join() to the error, for whatever keeps a call from starting, ms. */
const ERROR_BUDGET_MS = 5_000;
/** What a dead first proxy may cost, ms. */
const DEAD_PROXY_MS = 1_500;

/** Something at an address, for the length of `use`; its origin. */
async function withServer(
  answer: RequestListener,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

/** As any page may read it. */
function answerAll(body: object, status = 200): RequestListener {
  return (request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', 'authorization');
    response.writeHead(request.method === 'OPTIONS' ? 204 : status);
    response.end(request.method === 'OPTIONS' ? undefined : JSON.stringify(body));
  };
}

/** Nothing was sent past the proxy: no peer connection was even made, beyond asking for codecs. */
async function expectNothingTried(page: Page): Promise<void> {
  const made = await engine(page).peerConnections();
  expect(made.filter(({ remoteCandidates }) => remoteCandidates.length > 0)).toEqual([]);
  expect(await engine(page).openSockets()).toBe(0);
}

const proxyDocument = (urls: string[]): object => ({
  version: 1,
  role: 'proxy',
  features: ['token', 'relay-credentials'],
  iceServers: [{ urls, username: 'u', credential: 'c' }],
});

for (const [what, code, answer] of [
  ['answers with a page', 'PROXY_INVALID', answerAll({ hello: 'world' })],
  ['answers 404', 'PROXY_INVALID', answerAll({}, 404)],
  [
    'names a relay on another host',
    'PROXY_INVALID',
    answerAll(proxyDocument(['turn:127.0.0.1:3478', 'turn:127.0.0.2:3478'])),
  ],
  [
    'names something that is no relay',
    'PROXY_INVALID',
    answerAll(proxyDocument(['stun:127.0.0.1'])),
  ],
  ['names no relay', 'PROXY_RELAY_DOWN', answerAll({ ...proxyDocument([]), iceServers: [] })],
  ['refuses the pass', 'PROXY_CREDENTIALS', answerAll({ error: 'no' }, 401)],
  ['is restarting', 'SERVER_BUSY', answerAll({ error: 'no', code: 'SERVER_BUSY' }, 503)],
  ['has no relay', 'PROXY_RELAY_DOWN', answerAll({ error: 'no' }, 503)],
  ['never answers', 'PROXY_UNREACHABLE', () => undefined],
] as [string, string, RequestListener][]) {
  test(`a proxy that ${what}: ${code}, and nobody is sent another way`, async ({
    openEngine,
    roomOptions,
  }) => {
    await withServer(answer, async (origin) => {
      const page = await openEngine();
      const options = await roomOptions('Ada', { signalingBaseUrl: origin });
      const outcome = await engine(page).join(options, NEITHER);
      expect(outcome).toMatchObject({ status: 'failed', error: { code } });
      expect(outcome.status === 'failed' && outcome.tookMs).toBeLessThan(ERROR_BUDGET_MS);
      await expectNothingTried(page);
    });
  });
}

test('a room server that is set as proxy: PROXY_INVALID, though the room is there', async ({
  server,
  openEngine,
  roomOptions,
}) => {
  const page = await openEngine();
  const options = await roomOptions('Ada', { signalingBaseUrl: server.url });
  const outcome = await engine(page).join(options, NEITHER);
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'PROXY_INVALID' } });
  await expectNothingTried(page);
});

test('a pass that has expired: refused by the proxy, and the pass is nowhere in the report', async ({
  server,
  openEngine,
  roomOptions,
}) => {
  const proxy = await startTestProxy({ origin: [server.url] });
  try {
    const page = await openEngine();
    const options = (await roomOptions('Ada', { signalingBaseUrl: proxy.origin })) as {
      roomId: string;
    };
    const token = await testToken({ room: options.roomId, lifetimeSeconds: -60 });
    const outcome = await engine(page).join({ ...options, token }, NEITHER);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'TOKEN_EXPIRED' } });
    const { timeline } = await engine(page).view();
    expect(JSON.stringify([outcome, timeline])).not.toContain(token);
  } finally {
    await proxy.close();
  }
});

test('two proxies, the first never answering: the second one, soon', async ({
  server,
  openEngine,
  roomOptions,
}) => {
  const proxy = await startTestProxy({ origin: [server.url] });
  try {
    await withServer(
      () => undefined,
      async (dead) => {
        const page = await openEngine();
        const timeToJoin = async (list: string[]): Promise<number> => {
          const options = await roomOptions('Ada', { signalingBaseUrl: list });
          const outcome = await engine(page).join(options, NEITHER);
          if (outcome.status !== 'joined') throw new Error(JSON.stringify(outcome));
          await engine(page).leave();
          return outcome.tookMs;
        };
        const withDead = await timeToJoin([dead, proxy.origin]);
        // Remembered from the first time, so that the second time shows what a join costs here.
        const without = await timeToJoin([dead, proxy.origin]);
        expect(withDead - without).toBeLessThan(DEAD_PROXY_MS);
        expect(without).toBeLessThan(withDead);
      },
    );
  } finally {
    await proxy.close();
  }
});

test('the proxy of a running call ends: the call goes on through the next one', async ({
  server,
  openEngine,
  roomOptions,
}) => {
  const [first, second] = [
    await startTestProxy({ origin: [server.url] }),
    await startTestProxy({ origin: [server.url] }),
  ];
  let isFirstUp = true;
  try {
    const [ada, bob] = [await openEngine(), await openEngine()];
    const through = { signalingBaseUrl: [first.origin, second.origin] };
    await engine(ada).join(await roomOptions('Ada', through), BOTH);
    await engine(bob).join(await roomOptions('Bob', through), BOTH);
    await watchMotion(bob.getByLabel('Ada'));
    expect((await engine(bob).view()).connection).toMatchObject({
      path: { port: first.turn?.port },
    });

    await first.close();
    isFirstUp = false;
    for (const page of [ada, bob]) {
      await expect
        .poll(async () => (await engine(page).view()).connection)
        .toMatchObject({ phase: 'connected', path: { route: 'proxy', port: second.turn?.port } });
    }
    await watchMotion(bob.getByLabel('Ada'));
    await watchMotion(ada.getByLabel('Bob'));
  } finally {
    if (isFirstUp) await first.close();
    await second.close();
  }
});
