import { expect } from '@playwright/test';
import { startRoomServer } from '../fixtures/room-server.ts';
import { NEITHER, engine, test } from './fixtures.ts';

test('a prepared join takes the connection that is open, and nobody sees it before', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  await engine(ada).join(await roomOptions('Ada'), NEITHER);

  const options = await roomOptions('Guest');
  await engine(bob).prepare(options);
  await expect.poll(() => engine(bob).openSockets()).toBe(1);
  expect((await engine(ada).view()).peers).toEqual([]);

  // The name is what was typed last.
  const named = { ...options, displayName: 'Bob' };
  expect(await engine(bob).join(named, NEITHER)).toMatchObject({ status: 'joined' });
  expect(await engine(bob).madeSockets()).toBe(1);
  await expect
    .poll(async () => (await engine(ada).view()).peers)
    .toMatchObject([{ displayName: 'Bob' }]);
  await engine(bob).leave();
  await expect.poll(() => engine(bob).openSockets()).toBe(0);
  expect(await engine(bob).pendingTimers()).toEqual([]);
});

test('preparing the same again opens nothing more', async ({ openEngine, roomOptions }) => {
  const page = await openEngine();
  const options = await roomOptions('Ada');
  await engine(page).prepare(options);
  await engine(page).prepare(options);
  await expect.poll(() => engine(page).openSockets()).toBe(1);
  expect(await engine(page).madeSockets()).toBe(1);
});

test('what was prepared is closed when it is not wanted any more', async ({
  openEngine,
  roomOptions,
}) => {
  const page = await openEngine();
  const options = await roomOptions('Ada');
  await engine(page).prepare(options);
  await engine(page).forgetPrepared();
  await expect.poll(() => engine(page).openSockets()).toBe(0);

  await engine(page).prepare(options);
  await engine(page).makeAndLeave(options);
  await expect.poll(() => engine(page).openSockets()).toBe(0);
  expect(await engine(page).pendingTimers()).toEqual([]);
});

test('a join by another way does not take it', async ({ openEngine, roomOptions }) => {
  const page = await openEngine();
  const options = await roomOptions('Ada');
  await engine(page).prepare(options);
  await expect.poll(() => engine(page).openSockets()).toBe(1);
  const outcome = await engine(page).join({ ...options, preferredProtocol: 'TCP_ONLY' }, NEITHER);
  expect(outcome).toMatchObject({ status: 'joined' });
  await expect.poll(() => engine(page).openSockets()).toBe(1);
  expect(await engine(page).madeSockets()).toBe(2);
  expect((await engine(page).view()).connection).toMatchObject({ path: { protocol: 'tcp' } });
});

test('without a token nothing is sent', async ({ openEngine, roomOptions }) => {
  const page = await openEngine();
  await engine(page).prepare({ ...(await roomOptions('Ada')), token: '' });
  expect(await engine(page).madeSockets()).toBe(0);
});

test('where the server has ended it meanwhile, the join opens its own', async ({
  openEngine,
  roomOptions,
}) => {
  const server = await startRoomServer({
    flags: ['--port=0', '--media-port=0', '--join-timeout-seconds=1'],
  });
  try {
    const page = await openEngine();
    const options = await roomOptions('Ada', { serverUrl: server.url });
    await engine(page).prepare(options);
    await expect.poll(() => engine(page).openSockets()).toBe(1);
    await expect.poll(() => engine(page).openSockets()).toBe(0);
    expect(await engine(page).join(options, NEITHER)).toMatchObject({ status: 'joined' });
    expect((await engine(page).view()).history).not.toContainEqual(
      expect.objectContaining({ phase: 'reconnecting' }),
    );
  } finally {
    await server.stop();
  }
});

test('a server that is not there is no worse for having been asked', async ({
  openEngine,
  roomOptions,
}) => {
  const server = await startRoomServer({ flags: ['--port=0', '--media-port=0'] });
  const page = await openEngine();
  const options = await roomOptions('Ada', { serverUrl: server.url });
  await server.stop();
  await engine(page).prepare(options);
  await expect.poll(() => engine(page).madeSockets()).toBe(1);
  await expect.poll(() => engine(page).pendingTimers()).toEqual([]);
  await engine(page).prepare(options);
  expect(await engine(page).madeSockets(), 'nor is it asked again and again').toBe(1);
  expect(await engine(page).join(options, NEITHER)).toMatchObject({
    status: 'failed',
    error: { code: 'SERVER_UNREACHABLE' },
  });
  expect(await engine(page).pendingTimers()).toEqual([]);
});
