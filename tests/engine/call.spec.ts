import { expect } from '@playwright/test';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { BOTH, NEITHER, engine, test } from './fixtures.ts';

test('two participants see each other move and hear each other', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  expect(await engine(ada).join(await roomOptions('Ada'), BOTH)).toMatchObject({
    status: 'joined',
  });
  expect(await engine(bob).join(await roomOptions('Bob'), BOTH)).toMatchObject({
    status: 'joined',
  });

  for (const [page, other] of [
    [ada, 'Bob'],
    [bob, 'Ada'],
  ] as const) {
    const picture = page.getByLabel(other);
    await watchMotion(picture);
    expect(await listen(picture)).toBeGreaterThan(0);
    const { connection, timeline } = await engine(page).view();
    expect(connection).toMatchObject({
      phase: 'connected',
      path: { route: 'direct', protocol: 'udp', host: '127.0.0.1' },
    });
    const lines = timeline.map((entry) => entry.text);
    expect(lines).toContainEqual(
      expect.stringMatching(/^connected · UDP · direct · 127\.0\.0\.1:\d+/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^first remote video frame after \d+ ms$/));
  }
  // Read while media flows, so it has all its figures.
  await expect
    .poll(async () => (await engine(bob).view()).connection)
    .toMatchObject({
      quality: {
        level: expect.stringMatching(/good|fair|poor/),
        roundTripMs: expect.any(Number),
        receiveBitrate: expect.any(Number),
        loss: expect.any(Number),
      },
    });
});

test('one who only listens has a path of their own, alone in the room or not', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  expect(await engine(ada).join(await roomOptions('Ada'), NEITHER)).toMatchObject({
    status: 'joined',
  });
  expect((await engine(ada).view()).connection).toMatchObject({
    phase: 'connected',
    path: { protocol: 'udp', host: '127.0.0.1' },
  });
  await engine(bob).join(await roomOptions('Bob'), BOTH);
  await watchMotion(ada.getByLabel('Bob'));
});

test('a muted microphone is silent from the first moment, and is heard when it is unmuted', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  await engine(ada).join(await roomOptions('Ada'), NEITHER);
  await engine(bob).join(await roomOptions('Bob'), { ...BOTH, audioMuted: true });
  const bobSeen = async () => (await engine(ada).view()).peers[0];
  await expect.poll(bobSeen).toMatchObject({ audio: { paused: true }, video: { paused: false } });
  expect((await engine(bob).view()).localMuted).toEqual({ audio: true, video: false });

  await engine(bob).setMuted('audio', false);
  await expect.poll(bobSeen).toMatchObject({ audio: { paused: false } });
  await listen(ada.getByLabel('Bob'));

  await engine(bob).setMuted('video', true);
  await expect.poll(bobSeen).toMatchObject({ video: { paused: true }, audio: { paused: false } });
  await engine(bob).setMuted('video', false);
  await expect.poll(bobSeen).toMatchObject({ video: { paused: false } });
  await watchMotion(ada.getByLabel('Bob'));
});

test('tracks come and go: camera off, on again, another one in its place', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  await engine(ada).join(await roomOptions('Ada'), NEITHER);
  await engine(bob).join(await roomOptions('Bob'), NEITHER);
  const videoOf = async () => (await engine(ada).view()).peers[0]?.video?.id ?? null;

  await engine(bob).setTrack('video', 'fresh');
  await expect.poll(videoOf).not.toBeNull();
  await watchMotion(ada.getByLabel('Bob'));
  const first = await videoOf();

  await engine(bob).setTrack('video', 'fresh');
  await watchMotion(ada.getByLabel('Bob'));
  expect(await videoOf(), 'swapped in place, not published anew').toBe(first);

  await engine(bob).setTrack('video', 'none');
  await expect.poll(videoOf).toBeNull();
  await engine(bob).setTrack('video', 'fresh');
  await expect.poll(videoOf).not.toBeNull();
  await watchMotion(ada.getByLabel('Bob'));
});

test('leaving tells the others and leaves nothing behind', async ({ openEngine, roomOptions }) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  await engine(ada).join(await roomOptions('Ada'), BOTH);
  await engine(bob).join(await roomOptions('Bob'), BOTH);
  await watchMotion(bob.getByLabel('Ada'));

  await engine(bob).leave();
  await engine(bob).leave();
  await expect.poll(async () => (await engine(ada).view()).peers).toEqual([]);
  await expect.poll(() => engine(bob).openSockets()).toBe(0);
  expect(await engine(bob).pendingTimers()).toEqual([]);
  const states = (await engine(bob).peerConnections()).map(({ state }) => state);
  expect(new Set(states)).toEqual(new Set(['closed']));
  const { connection, peers } = await engine(bob).view();
  expect(connection).toEqual({ phase: 'left', by: 'user' });
  expect(peers).toEqual([]);
});

for (const afterMs of [0, 20, 60, 150]) {
  test(`leaving ${afterMs} ms into the join leaves nothing behind either`, async ({
    openEngine,
    roomOptions,
  }) => {
    const page = await openEngine();
    const options = await roomOptions('Ada');
    const outcome = await page.evaluate(
      async ([joinOptions, wait]) => {
        const joining = enginePage.join(joinOptions, { audio: false, video: false });
        await new Promise((resolve) => setTimeout(resolve, wait));
        await enginePage.leave();
        return await joining;
      },
      [options, afterMs] as const,
    );
    expect(['left', 'joined']).toContain(outcome.status);
    await expect.poll(() => engine(page).openSockets()).toBe(0);
    await expect.poll(() => engine(page).pendingTimers()).toEqual([]);
    expect((await engine(page).view()).connection.phase).toBe('left');
  });
}
