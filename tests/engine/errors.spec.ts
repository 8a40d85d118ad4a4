import { expect } from '@playwright/test';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startRoomServer } from '../fixtures/room-server.ts';
import { testToken } from '../fixtures/tokens.ts';
import { NEITHER, engine, test } from './fixtures.ts';

/** From join() to the error, for whatever keeps a call from starting, ms. */
const ERROR_BUDGET_MS = 5_000;

test.describe('a pass that is not good', () => {
  for (const [what, code, token] of [
    ['is missing', 'TOKEN_MISSING', () => Promise.resolve('')],
    ['has expired', 'TOKEN_EXPIRED', (room: string) => testToken({ room, lifetimeSeconds: -60 })],
    ['is for another room', 'TOKEN_WRONG_ROOM', () => testToken({ room: 'another' })],
    [
      'is signed by a stranger',
      'TOKEN_INVALID',
      (room: string) => testToken({ room, secret: 'a secret that the server does not know' }),
    ],
  ] as const) {
    test(`${what}: ${code}, and the pass is nowhere in the report`, async ({
      openEngine,
      roomOptions,
    }) => {
      const page = await openEngine();
      const options = (await roomOptions('Ada')) as { roomId: string };
      const pass = await token(options.roomId);
      const outcome = await engine(page).join({ ...options, token: pass }, NEITHER);
      expect(outcome).toMatchObject({ status: 'failed', error: { code } });
      const { timeline } = await engine(page).view();
      if (pass !== '') expect(JSON.stringify([outcome, timeline])).not.toContain(pass);
      expect(await engine(page).pendingTimers()).toEqual([]);
    });
  }
});

test('a full room', async ({ openEngine, roomOptions }) => {
  const server = await startRoomServer({
    flags: ['--port=0', '--media-port=0', '--max-peers-per-room=1'],
  });
  try {
    const [ada, bob] = [await openEngine(), await openEngine()];
    const there = { serverUrl: server.url };
    await engine(ada).join(await roomOptions('Ada', there), NEITHER);
    const outcome = await engine(bob).join(await roomOptions('Bob', there), NEITHER);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'ROOM_FULL' } });
  } finally {
    await server.stop();
  }
});

test.describe('an address', () => {
  test('where nothing listens', async ({ openEngine, roomOptions }) => {
    const probe = createServer();
    await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
    const { port } = probe.address() as AddressInfo;
    await new Promise((done) => probe.close(done));
    const page = await openEngine();
    const serverUrl = `http://127.0.0.1:${port}`;
    const outcome = await engine(page).join(await roomOptions('Ada', { serverUrl }), NEITHER);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'SERVER_UNREACHABLE' } });
    expect(outcome.status === 'failed' && outcome.tookMs).toBeLessThan(ERROR_BUDGET_MS);
  });

  test('that takes connections and never answers', async ({ openEngine, roomOptions }) => {
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
    const page = await openEngine();
    const serverUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const outcome = await engine(page).join(await roomOptions('Ada', { serverUrl }), NEITHER);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'SERVER_UNREACHABLE' } });
    expect(outcome.status === 'failed' && outcome.tookMs).toBeLessThan(ERROR_BUDGET_MS);
    silent.closeAllConnections();
    silent.close();
  });

  test('of a web server that is no room server', async ({ openEngine, roomOptions }) => {
    const web = createServer((_request, response) => {
      response.writeHead(404, { 'access-control-allow-origin': '*' }).end('nothing here');
    });
    await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
    const page = await openEngine();
    const serverUrl = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const outcome = await engine(page).join(await roomOptions('Ada', { serverUrl }), NEITHER);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'SERVER_INVALID' } });
    web.close();
  });
});

test('options that cannot be right are refused before anything is sent', async ({
  openEngine,
  roomOptions,
}) => {
  const page = await openEngine();
  const options = await roomOptions('Ada', { serverUrl: 'http://meet.example.com' });
  const outcome = await engine(page).join(options, NEITHER);
  expect(outcome).toMatchObject({
    status: 'failed',
    error: { code: 'INPUT_INVALID', detail: expect.stringMatching(/^serverUrl: /) },
  });
  expect(await engine(page).openSockets()).toBe(0);
});
