import { expect, type Page } from '@playwright/test';
import { watchGaps, watchMotion } from '../fixtures/media-probe.ts';
import { startTestProxy, type TestProxy } from '../integration/proxy/test-proxy.ts';
import { BOTH, engine, test as base } from './fixtures.ts';
import { udpBlockedProxy } from './udp-blocked-proxy.ts';

/** A frozen picture; far above what a busy computer causes by itself, ms. */
const NOTICED_MS = 2_000;

const test = base.extend<{ cloudProxy: TestProxy }>({
  cloudProxy: async ({ server }, use) => {
    const proxy = await startTestProxy({ origin: [server.url] });
    await use(proxy);
    await proxy.close();
  },
});

/** The protocol of the lesser of both transports, and whether that is a fallback: as it is told. */
async function whatIsTold(page: Page) {
  const { connection } = await engine(page).view();
  if (connection.phase !== 'connected') return connection.phase;
  return { protocol: connection.path.protocol, isFallback: connection.fallback !== undefined };
}

/** And as WebRTC has it. */
async function whatIs(page: Page) {
  const used = (await engine(page).peerConnections()).filter(({ state }) => state === 'connected');
  const isOnTcp = used.some(({ selectedRelayProtocol }) => selectedRelayProtocol === 'tcp');
  const isWanted = used.every(({ configuration }) =>
    configuration.iceServerUrls.some((url) => url.endsWith('transport=udp')),
  );
  return { protocol: isOnTcp ? 'tcp' : 'udp', isFallback: isOnTcp && isWanted };
}

for (const [preferredProtocol, protocols] of [
  ['UDP_OVER_TCP', ['udp', 'tcp']],
  ['UDP_ONLY', ['udp']],
  ['TCP_ONLY', ['tcp']],
] as const) {
  test(`${preferredProtocol} through a Cloud Proxy: relayed, over what it allows and nothing else`, async ({
    cloudProxy,
    openEngine,
    roomOptions,
  }) => {
    const [ada, bob] = [await openEngine(), await openEngine()];
    // A standby may have come up by the time of the look, and has relays of its own.
    const options = { preferredProtocol, standbyPath: false };
    const through = { ...options, signalingBaseUrl: cloudProxy.origin };
    await engine(ada).join(await roomOptions('Ada', through), BOTH);
    expect(await engine(bob).join(await roomOptions('Bob', through), BOTH)).toMatchObject({
      status: 'joined',
    });
    await watchMotion(bob.getByLabel('Ada'));
    await watchMotion(ada.getByLabel('Bob'));

    // TCP may come up first on a busy computer; UDP is then offered once more, alone.
    const told = { protocol: protocols[0], isFallback: false };
    await expect.poll(async () => await whatIsTold(bob)).toEqual(told);
    expect(await whatIs(bob), 'what is told is what is').toEqual(told);
    const { connection, timeline } = await engine(bob).view();
    expect(connection).toMatchObject({
      path: { route: 'proxy', host: '127.0.0.1', port: cloudProxy.turn?.port },
    });
    expect(timeline.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^connected · (UDP|TCP) · proxy 127\.0\.0\.1/),
    );
    const used = (await engine(bob).peerConnections()).filter(({ state }) => state === 'connected');
    expect(used).toHaveLength(2);
    for (const { configuration, remoteCandidates, localCandidateTypes } of used) {
      expect(configuration).toEqual({
        iceTransportPolicy: 'relay',
        iceServerUrls: protocols.map(
          (way) => `turn:127.0.0.1:${cloudProxy.turn?.port}?transport=${way}`,
        ),
      });
      expect(remoteCandidates.map((candidate) => candidate.protocol)).toEqual(['udp']);
      expect(new Set(localCandidateTypes), 'no address of this computer is told').toEqual(
        new Set(['relay']),
      );
    }
  });
}

test('UDP to the relay is swallowed: the call is on TCP, says so, and stays there undisturbed', async ({
  cloudProxy,
  openEngine,
  roomOptions,
}) => {
  const blocked = await udpBlockedProxy(cloudProxy);
  try {
    const [ada, bob] = [await openEngine(), await openEngine()];
    const through = { signalingBaseUrl: blocked.origin };
    await engine(ada).join(await roomOptions('Ada', through), BOTH);
    await engine(bob).join(await roomOptions('Bob', through), BOTH);
    await watchMotion(bob.getByLabel('Ada'));
    await expect
      .poll(async () => (await engine(bob).view()).connection)
      .toMatchObject({
        phase: 'connected',
        path: { route: 'proxy', protocol: 'tcp', port: cloudProxy.turn?.port },
        fallback: { wanted: 'udp', using: 'tcp', reason: 'blocked-at-join' },
      });
    expect(blocked.swallowed(), 'UDP was tried').toBeGreaterThan(0);

    // Longer than an ICE session without a pair lives (15 s): the offer of UDP must not cost the call.
    const longestGap = await watchGaps(bob.getByLabel('Ada'));
    await bob.waitForFunction(
      (since) => performance.now() - since > 18_000,
      await bob.evaluate(() => performance.now()),
      { timeout: 30_000 },
    );
    expect(await longestGap()).toBeLessThan(NOTICED_MS);
    const { history } = await engine(bob).view();
    const phases = history.map(({ phase }) => phase);
    expect(new Set(phases.slice(phases.indexOf('connected')))).toEqual(new Set(['connected']));
    await watchMotion(bob.getByLabel('Ada'));
  } finally {
    await blocked.stop();
  }
});

async function renewalsOf(page: Page) {
  const { timeline } = await engine(page).view();
  return timeline.filter(({ text }) => text === 'relay credentials renewed');
}

test('a call outlives the end of its relay credentials three times, unnoticed', async ({
  server,
  openEngine,
  roomOptions,
}) => {
  test.setTimeout(120_000);
  const lifetimeSeconds = 8;
  const cloudProxy = await startTestProxy({
    origin: [server.url],
    turnCredentialSeconds: lifetimeSeconds,
  });
  try {
    const [ada, bob] = [await openEngine(), await openEngine()];
    const through = { preferredProtocol: 'UDP_ONLY', signalingBaseUrl: cloudProxy.origin };
    await engine(ada).join(await roomOptions('Ada', through), BOTH);
    await engine(bob).join(await roomOptions('Bob', through), BOTH);
    await watchMotion(bob.getByLabel('Ada'));
    const relayedAddresses = async () =>
      (await engine(bob).peerConnections()).flatMap(
        ({ selectedRelayAddress }) => selectedRelayAddress ?? [],
      );
    const atFirst = await relayedAddresses();
    const startedAt = Date.now();
    const longestGap = await watchGaps(bob.getByLabel('Ada'));
    await expect
      .poll(async () => (await renewalsOf(bob)).length, { timeout: 60_000 })
      .toBeGreaterThanOrEqual(4);
    // Renewed at three quarters of the lifetime: the first credentials have ended, and their successors.
    expect(Date.now() - startedAt).toBeGreaterThan(2.5 * lifetimeSeconds * 1000);

    expect(await longestGap()).toBeLessThan(NOTICED_MS);
    expect(atFirst).toHaveLength(2);
    for (const address of await relayedAddresses()) expect(atFirst).not.toContain(address);
    const phases = (await engine(bob).view()).history.map(({ phase }) => phase);
    const afterwards = phases.slice(phases.indexOf('connected'));
    expect(new Set(afterwards)).toEqual(new Set(['connected']));
  } finally {
    await cloudProxy.close();
  }
});
