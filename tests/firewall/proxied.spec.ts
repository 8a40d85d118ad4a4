import type { Page } from '@playwright/test';
import type { App } from '../fixtures/app.ts';
import { listen, longestFreeze, watchMotion } from '../fixtures/media-probe.ts';
import { callScreen, endedScreen, readBadge } from '../fixtures/screens.ts';
import { CONNECTED, pressJoinAndTime, REFUSED } from '../fixtures/stopwatch.ts';
import { hostBlocked, onlyTcp, udpPortBlocked } from '../network/policies.ts';
import {
  BRIEF_CREDENTIAL_SECONDS,
  expect,
  proxiesOnly,
  relayConnections,
  PROXY,
  SECOND_PROXY,
  test,
} from './proxied-fixtures.ts';
import {
  expectCarriedBy,
  expectMediaOn,
  expectNoLeak,
  packetsOf,
  reportTraffic,
} from './traffic.ts';

/** From the press of Join to the sentence about UDP that is closed, ms. */
const BLOCKED_LIMIT_MS = 6_000;
/** From the press of Join to the sentence about a Cloud Proxy that will not do, ms. */
const PROXY_LIMIT_MS = 5_000;
/** What a first proxy that does not answer may cost a join, ms. */
const DEAD_PROXY_COST_MS = 1_500;
/** How long it may take until a call goes on through the next proxy, ms. */
const RECONNECT_LIMIT_MS = 45_000;
/** How much longer a picture may stand still in a window with renewals than in one without, ms. */
const UNNOTICED_MS = 200;

/** Presses Join; sound and picture of Ben arrive. Resolves with the ms until connected. */
async function joinCall({ window }: App): Promise<number> {
  const took = await pressJoinAndTime(window, CONNECTED);
  const call = callScreen(window);
  await expect(call.badge).toHaveAttribute('data-phase', 'connected');
  await watchMotion(call.videoOf('Ben'));
  expect(await listen(call.sound)).toBeGreaterThan(0);
  return await took();
}

async function timelineOf(page: Page): Promise<string[]> {
  await callScreen(page).badge.click();
  const lines = await page.getByTestId('timeline').locator('li').allInnerTexts();
  await page.keyboard.press('Escape');
  return lines.toReversed();
}

test.describe('through the Cloud Proxy', () => {
  for (const [how, proxy] of [
    ['by name', PROXY.dnsName],
    ['by address', PROXY.address],
  ] as const) {
    test(`UDP_OVER_TCP takes UDP, the proxy set ${how}`, async ({ outside, openAda }, info) => {
      const { network } = outside;
      const app = await openAda('UDP_OVER_TCP', proxy);
      await joinCall(app);
      expect((await readBadge(app.window)).slice(0, 2)).toEqual(['UDP', `proxy ${proxy}`]);
      await expect(callScreen(app.window).notices).not.toContainText('blocked');
      expectNoLeak(await reportTraffic(network, info));
      await expectMediaOn(network, 'proxy_udp', 'proxy_tcp');
    });
  }

  test('UDP_ONLY carries its media by UDP only', async ({ outside, openAda }, info) => {
    const { network } = outside;
    const app = await openAda('UDP_ONLY', PROXY.dnsName);
    await joinCall(app);
    expect((await readBadge(app.window))[0]).toBe('UDP');
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'proxy_udp', 'proxy_tcp');
    expect(await relayConnections(network), 'TCP connections to the relay').toBe(0);
  });

  for (const [where, policy] of [
    ['where UDP would work', proxiesOnly()],
    ['where only TCP 443 is open', proxiesOnly(...onlyTcp(443))],
  ] as const) {
    test(`TCP_ONLY sends no UDP packet ${where}`, async ({ outside, openAda }, info) => {
      const { network } = outside;
      const app = await openAda('TCP_ONLY', PROXY.dnsName);
      await network.setPolicy(policy);
      await joinCall(app);
      expect((await readBadge(app.window))[0]).toMatch(/^(TCP|TLS)$/);
      expect(await relayConnections(network), 'TCP connections to the relay').toBeGreaterThan(0);
      const traffic = await reportTraffic(network, info);
      expect(packetsOf(traffic, 'proxy_udp', 'udp_elsewhere'), 'UDP packets').toBe(0);
      expectNoLeak(traffic);
      await expectMediaOn(network, 'proxy_tcp', 'proxy_udp');
    });
  }

  for (const [where, policy] of [
    ['where UDP 443 is closed', proxiesOnly(...udpPortBlocked(443))],
    ['where only TCP 443 is open', proxiesOnly(...onlyTcp(443))],
  ] as const) {
    test(`UDP_OVER_TCP falls back, and says so, ${where}`, async ({ outside, openAda }, info) => {
      const { network } = outside;
      const app = await openAda('UDP_OVER_TCP', PROXY.dnsName);
      await network.setPolicy(policy);
      await joinCall(app);
      const [protocol, route] = await readBadge(app.window);
      expect(protocol).toMatch(/^(TCP|TLS)$/);
      expect(route).toBe(`proxy ${PROXY.dnsName}`);
      await expect(callScreen(app.window).notices).toContainText('UDP is blocked on this network.');
      expectNoLeak(await reportTraffic(network, info));
      await expectMediaOn(network, 'proxy_tcp', 'proxy_udp');
    });
  }

  test('UDP_ONLY gives up with UDP_BLOCKED where UDP 443 is closed', async ({
    outside,
    openAda,
  }, info) => {
    const { network } = outside;
    const { window } = await openAda('UDP_ONLY', PROXY.dnsName);
    await network.setPolicy(proxiesOnly(...udpPortBlocked(443)));
    const took = await pressJoinAndTime(window, REFUSED);
    await expect(endedScreen(window).error).toHaveAttribute('data-error-code', 'UDP_BLOCKED');
    expect(await took(), 'ms from Join to the error').toBeLessThan(BLOCKED_LIMIT_MS);
    expectNoLeak(await reportTraffic(network, info));
    expect(await relayConnections(network), 'TCP connections to the relay').toBe(0);
  });

  test('a Cloud Proxy whose name does not resolve is told apart', async ({
    outside,
    openAda,
  }, info) => {
    const { network } = outside;
    const { window } = await openAda('UDP_OVER_TCP', 'nowhere.example.com');
    const took = await pressJoinAndTime(window, REFUSED);
    const { error } = endedScreen(window);
    await expect(error).toHaveAttribute('data-error-code', 'PROXY_UNREACHABLE');
    const tookMs = await took();
    console.log(`    refused after ${tookMs.toFixed(0)} ms`);
    expect(tookMs, 'ms from Join to the error').toBeLessThan(PROXY_LIMIT_MS);
    await error.getByText('For IT').click();
    await expect(error).toContainText('nowhere.example.com: the name does not resolve');
    const traffic = await reportTraffic(network, info);
    expect(packetsOf(traffic, 'dns'), 'packets to the resolver').toBeGreaterThan(0);
    expectNoLeak(traffic);
  });

  test('nobody is sent another way when the proxy is dead', async ({ outside, openAda }, info) => {
    const { network } = outside;
    const { window } = await openAda('UDP_OVER_TCP', PROXY.dnsName);
    await network.setPolicy(proxiesOnly(...hostBlocked(PROXY.address)));
    const took = await pressJoinAndTime(window, REFUSED);
    await expect(endedScreen(window).error).toHaveAttribute('data-error-code', 'PROXY_UNREACHABLE');
    const tookMs = await took();
    console.log(`    refused after ${tookMs.toFixed(0)} ms`);
    expect(tookMs, 'ms from Join to the error').toBeLessThan(PROXY_LIMIT_MS);
    const traffic = await reportTraffic(network, info);
    expect(packetsOf(traffic, 'proxy_tcp'), 'packets to the proxy').toBeGreaterThan(0);
    expectNoLeak(traffic);
  });

  test('a dead first proxy costs little', async ({ outside, openAda }, info) => {
    const { network } = outside;
    await network.setPolicy(proxiesOnly(...hostBlocked(PROXY.address)));
    const alone = await openAda('UDP_OVER_TCP', SECOND_PROXY.dnsName);
    const withoutDead = await joinCall(alone);
    await alone.close();

    const app = await openAda('UDP_OVER_TCP', PROXY.dnsName, SECOND_PROXY.dnsName);
    const withDead = await joinCall(app);
    console.log(
      `    connected after ${withoutDead.toFixed(0)} ms, with a dead first proxy after ${withDead.toFixed(0)} ms`,
    );
    expect((await readBadge(app.window))[1]).toBe(`proxy ${SECOND_PROXY.dnsName}`);
    expect(withDead - withoutDead, 'ms that the dead proxy cost').toBeLessThan(DEAD_PROXY_COST_MS);
    expectNoLeak(await reportTraffic(network, info));
  });

  test('a call whose proxy dies goes on through the next', async ({ outside, openAda }, info) => {
    test.setTimeout(120_000);
    const { network } = outside;
    const app = await openAda('UDP_OVER_TCP', PROXY.dnsName, SECOND_PROXY.dnsName);
    await joinCall(app);
    expect((await readBadge(app.window))[1]).toBe(`proxy ${PROXY.dnsName}`);

    const diedAt = performance.now();
    await network.setPolicy(proxiesOnly(...hostBlocked(PROXY.address)));
    const call = callScreen(app.window);
    await expect(call.badge).toContainText(`proxy ${SECOND_PROXY.dnsName}`, {
      timeout: RECONNECT_LIMIT_MS,
    });
    await watchMotion(call.videoOf('Ben'));
    expect(await listen(call.sound)).toBeGreaterThan(0);
    console.log(
      `    sound and picture again ${((performance.now() - diedAt) / 1000).toFixed(1)} s after the proxy died`,
    );
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'second_udp', 'second_tcp', 'proxy_udp', 'proxy_tcp');
  });

  test('relay credentials that end three times in one call go unnoticed', async ({
    outside,
    openAda,
  }, info) => {
    test.setTimeout(120_000);
    const { network, ben } = outside;
    /** The longest freezes in one window: of Ben as Ada sees him, and the other way round. */
    const freezes = async ({ window }: App): Promise<[number, number]> => {
      await watchMotion(callScreen(ben.window).videoOf('Ada'));
      const forMs = 4 * BRIEF_CREDENTIAL_SECONDS * 1000;
      return await Promise.all([
        longestFreeze(callScreen(window).videoOf('Ben'), forMs),
        longestFreeze(callScreen(ben.window).videoOf('Ada'), forMs),
      ]);
    };
    // The first proxy's credentials last ten minutes: as long a window, and no renewal.
    const without = await openAda('UDP_OVER_TCP', PROXY.dnsName);
    await joinCall(without);
    const usual = await freezes(without);
    expect((await timelineOf(without.window)).join('\n')).not.toContain('renewed');
    await without.close();

    const app = await openAda('UDP_OVER_TCP', SECOND_PROXY.dnsName);
    await joinCall(app);
    const seen = await freezes(app);
    const timeline = await timelineOf(app.window);
    const renewals = timeline.filter((line) => line.includes('relay credentials renewed'));
    console.log(
      `    ${renewals.length} renewals; longest time without a new frame, in and out: ${seen.map(Math.round).join(' and ')} ms, without renewals ${usual.map(Math.round).join(' and ')} ms`,
    );
    expect(renewals.length, timeline.join('\n')).toBeGreaterThanOrEqual(3);
    expect(timeline.join('\n')).not.toContain('joining anew');
    for (const [index, freeze] of seen.entries()) {
      expect(freeze - (usual[index] ?? 0), 'ms longer than without').toBeLessThan(UNNOTICED_MS);
    }
    await expect(callScreen(app.window).badge).toHaveAttribute('data-phase', 'connected');
    const traffic = await reportTraffic(network, info);
    expectNoLeak(traffic);
    // Of the whole call: a renewal asks over TCP, and would weigh too much in a moment's count.
    expectCarriedBy(traffic, 'second_udp', 'second_tcp');
  });
});
