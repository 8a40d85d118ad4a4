import { expect, type Page } from '@playwright/test';
import { createServer, type AddressInfo } from 'node:net';
import { startRoomServer } from '../fixtures/room-server.ts';
import { watchMotion } from '../fixtures/media-probe.ts';
import { BOTH, engine, test } from './fixtures.ts';

/** A port that was free a moment ago, for a server that must come back on the same one. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

const phaseOf = (page: Page) => async () => (await engine(page).view()).connection.phase;

test('a restarted server gets its call back, as it was', async ({ openEngine, roomOptions }) => {
  const flags = [`--port=${await freePort()}`, '--media-port=0'];
  let server = await startRoomServer({ flags });
  const [ada, bob] = [await openEngine(), await openEngine()];
  const there = { serverUrl: server.url };
  await engine(ada).join(await roomOptions('Ada', there), BOTH);
  await engine(bob).join(await roomOptions('Bob', there), BOTH);
  await engine(bob).setMuted('audio', true);
  await watchMotion(ada.getByLabel('Bob'));

  await server.stop();
  for (const page of [ada, bob]) await expect.poll(phaseOf(page)).toBe('reconnecting');
  expect((await engine(ada).view()).connection).toMatchObject({
    reason: expect.stringMatching(/server-restarting|signaling-lost/),
    attempt: expect.any(Number),
  });
  expect((await engine(ada).view()).peers, 'nobody is shown to leave').toMatchObject([
    { displayName: 'Bob', video: null },
  ]);

  server = await startRoomServer({ flags });
  try {
    for (const page of [ada, bob]) await expect.poll(phaseOf(page)).toBe('connected');
    await expect
      .poll(async () => (await engine(ada).view()).peers)
      .toMatchObject([{ displayName: 'Bob', audio: { paused: true }, video: { paused: false } }]);
    await watchMotion(ada.getByLabel('Bob'));
    await watchMotion(bob.getByLabel('Ada'));
    const { timeline } = await engine(ada).view();
    expect(timeline.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/; joining anew in \d\.\d s$/),
    );
  } finally {
    await server.stop();
  }
});

test('“try now” does not wait for the next attempt', async ({ openEngine, roomOptions }) => {
  const flags = [`--port=${await freePort()}`, '--media-port=0'];
  let server = await startRoomServer({ flags });
  const page = await openEngine();
  await engine(page).join(await roomOptions('Ada', { serverUrl: server.url }), BOTH);
  await server.stop();
  // Late enough for a wait that is worth cutting short.
  await expect
    .poll(async () => {
      const { connection } = await engine(page).view();
      return connection.phase === 'reconnecting' ? connection.attempt : 0;
    })
    .toBeGreaterThanOrEqual(5);
  server = await startRoomServer({ flags });
  try {
    const before = (await engine(page).view()).history.length;
    await engine(page).retryNow();
    await expect.poll(phaseOf(page)).toBe('connected');
    const since = (await engine(page).view()).history.slice(before);
    const waits = since.flatMap((state) => (state.phase === 'reconnecting' ? [state.attempt] : []));
    expect(new Set(waits).size, 'the first attempt after it succeeded').toBeLessThanOrEqual(1);
  } finally {
    await server.stop();
  }
});

test('leaving while the server is gone leaves nothing behind', async ({
  openEngine,
  roomOptions,
}) => {
  const server = await startRoomServer({ flags: ['--port=0', '--media-port=0'] });
  const page = await openEngine();
  await engine(page).join(await roomOptions('Ada', { serverUrl: server.url }), BOTH);
  await server.stop();
  await expect.poll(phaseOf(page)).toBe('reconnecting');
  await engine(page).leave();
  expect(await phaseOf(page)()).toBe('left');
  await expect.poll(() => engine(page).pendingTimers()).toEqual([]);
  await expect.poll(() => engine(page).openSockets()).toBe(0);
});
