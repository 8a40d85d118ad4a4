import { expect, type Page } from '@playwright/test';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ProxyConfigInput } from '../../server/proxy/options.ts';
import { watchMotion } from '../fixtures/media-probe.ts';
import { testToken } from '../fixtures/tokens.ts';
import { startTestProxy, type TestProxy } from '../integration/proxy/test-proxy.ts';
import { BOTH, NEITHER, engine, test as base } from './fixtures.ts';

/** From join() to the call, or to the error, with two proxies of which one or both will not do, ms. */
const ANSWER_BUDGET_MS = 5_000;

interface Proxies {
  good: () => Promise<TestProxy>;
  /** Its coturn hangs, which the gateway will notice in some seconds. */
  withHungRelay: () => Promise<TestProxy>;
  /** Its relay answers, but may not reach the room server. */
  withForeignRelay: () => Promise<TestProxy>;
  /** The room server behind it accepts connections and says nothing. */
  withSilentOrigin: () => Promise<TestProxy>;
}

const test = base.extend<{ proxies: Proxies }>({
  proxies: async ({ server }, use) => {
    const started: TestProxy[] = [];
    const stopped: number[] = [];
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const start = async (more: Partial<ProxyConfigInput> = {}): Promise<TestProxy> => {
      const proxy = await startTestProxy({ origin: [server.url], ...more });
      started.push(proxy);
      return proxy;
    };
    await use({
      good: () => start(),
      withHungRelay: async () => {
        const proxy = await start();
        const pid = proxy.turn?.pid();
        if (pid === undefined) throw new Error('no coturn');
        process.kill(pid, 'SIGSTOP');
        stopped.push(pid);
        return proxy;
      },
      withForeignRelay: () => start({ turnPeer: ['192.0.2.1'] }),
      withSilentOrigin: () => {
        const { port } = silent.address() as AddressInfo;
        return start({ origin: [`http://127.0.0.1:${port}`] });
      },
    });
    for (const pid of stopped) {
      try {
        process.kill(pid, 'SIGCONT');
      } catch {
        // The gateway has ended it by now.
      }
    }
    for (const proxy of started) await proxy.close();
    silent.close();
  },
});

async function pathPort(page: Page): Promise<number | undefined> {
  const { connection } = await engine(page).view();
  return connection.phase === 'connected' ? connection.path.port : undefined;
}

for (const [what, which] of [
  ['whose relay hangs', 'withHungRelay'],
  ['whose relay may not reach the room server', 'withForeignRelay'],
] as const) {
  test(`a first proxy ${what}: the call comes up through the second`, async ({
    proxies,
    openEngine,
    roomOptions,
  }) => {
    const second = await proxies.good();
    const [ada, bob] = [await openEngine(), await openEngine()];
    const alone = await roomOptions('Ada', { signalingBaseUrl: second.origin });
    await engine(ada).join(alone, BOTH);
    const first = await proxies[which]();
    const options = await roomOptions('Bob', { signalingBaseUrl: [first.origin, second.origin] });
    const outcome = await engine(bob).join(options, BOTH);
    expect(outcome).toMatchObject({ status: 'joined' });
    const tookMs = outcome.status === 'joined' ? outcome.tookMs : Infinity;
    console.log(`    joined after ${tookMs.toFixed(0)} ms`);
    expect(tookMs).toBeLessThan(ANSWER_BUDGET_MS);
    await watchMotion(bob.getByLabel('Ada'));
    expect(await pathPort(bob)).toBe(second.turn?.port);
    const { timeline } = await engine(bob).view();
    expect(timeline.map(({ text }) => text)).toContainEqual(
      expect.stringMatching(/^that Cloud Proxy carries no sound and picture .* trying the next$/),
    );
    // Told apart from a reconnection: nobody saw the participant leave and come again.
    expect(timeline.map(({ text }) => text).join('\n')).not.toContain('joining anew');
  });
}

for (const [preferredProtocol, code] of [
  ['UDP_OVER_TCP', 'PROXY_RELAY_DOWN'],
  ['UDP_ONLY', 'UDP_BLOCKED'],
  ['TCP_ONLY', 'TCP_BLOCKED'],
] as const) {
  test(`${preferredProtocol}, the relay of the only proxy hangs: ${code} in time`, async ({
    proxies,
    openEngine,
    roomOptions,
  }) => {
    const proxy = await proxies.withHungRelay();
    const page = await openEngine();
    const options = await roomOptions('Ada', {
      preferredProtocol,
      signalingBaseUrl: proxy.origin,
    });
    const outcome = await engine(page).join(options, NEITHER);
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { code, detail: expect.stringContaining('no relay did') },
    });
    const tookMs = outcome.status === 'failed' ? outcome.tookMs : Infinity;
    console.log(`    failed after ${tookMs.toFixed(0)} ms`);
    expect(tookMs).toBeLessThan(ANSWER_BUDGET_MS);
  });
}

test('no proxy of two has a relay that answers: one error, in time, that names both', async ({
  proxies,
  openEngine,
  roomOptions,
}) => {
  const [first, second] = [await proxies.withHungRelay(), await proxies.withHungRelay()];
  const page = await openEngine();
  const options = await roomOptions('Ada', { signalingBaseUrl: [first.origin, second.origin] });
  const outcome = await engine(page).join(options, NEITHER);
  if (outcome.status !== 'failed') throw new Error(JSON.stringify(outcome));
  console.log(`    failed after ${outcome.tookMs.toFixed(0)} ms: ${outcome.error.detail}`);
  expect(outcome.error.code).toBe('PROXY_RELAY_DOWN');
  expect(outcome.tookMs).toBeLessThan(ANSWER_BUDGET_MS);
  for (const { turn } of [first, second]) expect(outcome.error.detail).toContain(`${turn?.port}`);
});

test('a first proxy that leads to no room server: the call comes up through the second', async ({
  proxies,
  openEngine,
  roomOptions,
}) => {
  const [first, second] = [await proxies.withSilentOrigin(), await proxies.good()];
  const page = await openEngine();
  const list = [first.origin, second.origin];
  const outcome = await engine(page).join(
    await roomOptions('Ada', { signalingBaseUrl: list }),
    BOTH,
  );
  expect(outcome).toMatchObject({ status: 'joined' });
  expect(outcome.status === 'joined' && outcome.tookMs).toBeLessThan(ANSWER_BUDGET_MS);
  expect(await pathPort(page)).toBe(second.turn?.port);
});

test('a refusal of the pass is not taken to another proxy', async ({
  proxies,
  openEngine,
  roomOptions,
}) => {
  const [first, second] = [await proxies.good(), await proxies.good()];
  const page = await openEngine();
  const options = await roomOptions('Ada', {
    signalingBaseUrl: [first.origin, second.origin],
    // Good at the proxies' discovery, which asks for no room, and for another room than this.
    token: await testToken({ room: 'another' }),
  });
  const outcome = await engine(page).join(options, NEITHER);
  expect(outcome).toMatchObject({ status: 'failed', error: { code: 'TOKEN_WRONG_ROOM' } });
  expect(
    await second.metric('causeway_proxy_discovery_requests_total{result="credentials"}'),
  ).toBeNaN();
});

test('a call outlives its pass, and goes on renewing its relay credentials', async ({
  server,
  openEngine,
  roomOptions,
}) => {
  test.setTimeout(90_000);
  const proxy = await startTestProxy({ origin: [server.url], turnCredentialSeconds: 6 });
  try {
    const [ada, bob] = [await openEngine(), await openEngine()];
    for (const [page, who] of [
      [ada, 'Ada'],
      [bob, 'Bob'],
    ] as const) {
      const options = (await roomOptions(who, { signalingBaseUrl: proxy.origin })) as {
        roomId: string;
      };
      // Ended, but within what clocks may differ by: good for three seconds more.
      const token = await testToken({ room: options.roomId, who, lifetimeSeconds: -7 });
      expect(await engine(page).join({ ...options, token }, BOTH)).toMatchObject({
        status: 'joined',
      });
    }
    const told = async () => {
      const { timeline } = await engine(bob).view();
      return timeline.map(({ text }) => text).filter((text) => text.includes('relay credentials'));
    };
    await expect.poll(async () => (await told()).length, { timeout: 60_000 }).toBeGreaterThan(3);
    expect(new Set(await told())).toEqual(new Set(['relay credentials renewed']));
    await watchMotion(bob.getByLabel('Ada'));
  } finally {
    await proxy.close();
  }
});
