import { expect } from '@playwright/test';
import { startRoomServer } from '../fixtures/room-server.ts';
import { watchMotion } from '../fixtures/media-probe.ts';
import { BOTH, engine, test } from './fixtures.ts';
import { tcpOnlyAddress } from './tcp-only-address.ts';

/** A loopback address on which no media is listened for: the server answers at 127.0.0.1 only. */
const NOBODY = '127.0.0.9';

test('TCP_ONLY takes TCP, and WebRTC never hears of a UDP candidate', async ({
  openEngine,
  roomOptions,
}) => {
  const [ada, bob] = [await openEngine(), await openEngine()];
  const mode = { preferredProtocol: 'TCP_ONLY' };
  await engine(ada).join(await roomOptions('Ada', mode), BOTH);
  await engine(bob).join(await roomOptions('Bob', mode), BOTH);
  await watchMotion(bob.getByLabel('Ada'));
  const { connection } = await engine(bob).view();
  expect(connection).toMatchObject({ phase: 'connected', path: { protocol: 'tcp' } });
  expect(connection).not.toHaveProperty('fallback');
  const used = (await engine(bob).peerConnections()).filter(({ state }) => state === 'connected');
  expect(used).toHaveLength(2);
  for (const { remoteCandidates, configuration, selectedProtocol } of used) {
    expect(remoteCandidates.map(({ protocol }) => protocol)).not.toContain('udp');
    expect(remoteCandidates).not.toEqual([]);
    expect(configuration).toEqual({ iceTransportPolicy: 'all', iceServerUrls: [] });
    expect(selectedProtocol).toBe('tcp');
  }
});

test('UDP_ONLY takes UDP, and WebRTC never hears of a TCP candidate', async ({
  openEngine,
  roomOptions,
}) => {
  const page = await openEngine();
  await engine(page).join(await roomOptions('Ada', { preferredProtocol: 'UDP_ONLY' }), BOTH);
  const used = (await engine(page).peerConnections()).filter(({ state }) => state === 'connected');
  expect(used.flatMap(({ remoteCandidates }) => remoteCandidates)).toEqual([
    expect.objectContaining({ protocol: 'udp' }),
  ]);
});

test.describe('where only TCP gets through', () => {
  test('UDP_OVER_TCP goes on over TCP and says so', async ({ openEngine, roomOptions }) => {
    const server = await startRoomServer({
      flags: ['--port=0', '--media-port=0', `--announced-address=${NOBODY}`],
    });
    const tcp = await tcpOnlyAddress(NOBODY, server.mediaPorts[0] ?? 0);
    try {
      const [ada, bob] = [await openEngine(), await openEngine()];
      const there = { serverUrl: server.url };
      await engine(ada).join(await roomOptions('Ada', there), BOTH);
      await engine(bob).join(await roomOptions('Bob', there), BOTH);
      await watchMotion(bob.getByLabel('Ada'));
      await expect
        .poll(async () => (await engine(bob).view()).connection)
        .toMatchObject({
          phase: 'connected',
          path: { protocol: 'tcp', host: NOBODY },
          fallback: { wanted: 'udp', using: 'tcp', reason: 'blocked-at-join' },
        });
      const { timeline } = await engine(bob).view();
      expect(timeline.filter(({ kind }) => kind === 'fallback')).toHaveLength(1);
    } finally {
      tcp.close();
      await server.stop();
    }
  });
});

test.describe('where nothing gets through', () => {
  test.describe.configure({ timeout: 60_000 });
  for (const [preferredProtocol, code, tries] of [
    ['UDP_ONLY', 'UDP_BLOCKED', /^UDP · direct · 127\.0\.0\.9:\d+: no connection in \d\.\d s$/],
    ['TCP_ONLY', 'TCP_BLOCKED', /^TCP · direct · 127\.0\.0\.9:\d+: no connection in \d\.\d s$/],
    ['UDP_OVER_TCP', 'NO_PATH', /^UDP · .*; TCP · /],
  ] as const) {
    test(`${preferredProtocol} fails with ${code} within 6 s, naming what was tried`, async ({
      openEngine,
      roomOptions,
    }) => {
      const server = await startRoomServer({
        flags: ['--port=0', '--media-port=0', `--announced-address=${NOBODY}`],
      });
      try {
        const page = await openEngine();
        const options = await roomOptions('Ada', { preferredProtocol, serverUrl: server.url });
        const outcome = await engine(page).join(options, BOTH);
        expect(outcome).toMatchObject({
          status: 'failed',
          error: { code, detail: expect.stringMatching(tries) },
        });
        expect(outcome.status === 'failed' && outcome.tookMs).toBeLessThan(6000);
        await expect.poll(() => engine(page).openSockets()).toBe(0);
        expect(await engine(page).pendingTimers()).toEqual([]);
      } finally {
        await server.stop();
      }
    });
  }
});
