import { callScreen, endedScreen, readBadge } from '../fixtures/screens.ts';
import { changeAddress } from '../network/change-address.ts';
import { breakConnections, connectionsTo } from '../network/connections.ts';
import { CLIENT_ADDRESS } from '../network/edge-network.ts';
import type { EdgeNetwork } from '../network/edge-network.ts';
import { OPEN, UDP_BLACK_HOLE } from '../network/policies.ts';
import { CallInTrouble } from './call-in-trouble.ts';
import { expect, MEDIA_PORT, ORIGIN, SIGNALING_PORT, test } from './direct-fixtures.ts';
import {
  expectMediaOn,
  expectNoLeak,
  packetsOf,
  reportTraffic,
  restartTraffic,
} from './traffic.ts';

/** From the moment that UDP works again until it is used again, ms. */
const RETURN_LIMIT_MS = 30_000;
/** A loss of signaling is not to be seen; this leaves room for a busy machine, ms. */
const SIGNALING_GAP_MS = 1_000;
/** A call in `UDP_ONLY` is cut off for so long, ms: longer than a call needs to try whatever it may. */
const CUT_OFF_MS = 6_000;
/** So long after a cut everything that WebRTC does about it by itself is over, ms. */
const ICE_GIVES_UP_MS = 12_000;
/** What a closed call may still send: the last of what was on its way is out by then, ms. */
const LAST_PACKETS_MS = 500;
/** A call that goes on in secret would send something in so long, ms. */
const SILENCE_MS = 3_000;

const INCOMING_CUT = [`ip daddr ${CLIENT_ADDRESS} meta l4proto udp drop`];
const OUTGOING_CUT = [`ip saddr ${CLIENT_ADDRESS} meta l4proto udp drop`];

/** Cuts UDP; the answer is when, ms since the epoch. */
async function cut(network: EdgeNetwork, policy = UDP_BLACK_HOLE): Promise<number> {
  const at = Date.now();
  await network.setPolicy(policy);
  return at;
}

test.describe('a call survives on the direct route', () => {
  test('UDP cut in mid-call: it goes on over TCP, and back over UDP once that works', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    test.setTimeout(90_000);
    const ada = await openAda('UDP_OVER_TCP');
    const call = await CallInTrouble.begin(ada, ben);
    const { badge } = callScreen(ada.window);
    await expectMediaOn(network, 'media_udp', 'media_tcp');

    const cutAt = await cut(network);
    await expect(badge).toContainText('TCP · direct');
    await call.expectUnbroken(cutAt);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'media_tcp', 'media_udp');

    const openedAt = Date.now();
    await network.setPolicy(OPEN);
    await expect(badge).toContainText('UDP · direct', { timeout: RETURN_LIMIT_MS });
    console.log(`    back on UDP after ${Date.now() - openedAt} ms`);
    await call.expectUnbroken(openedAt);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'media_udp', 'media_tcp');
  });

  for (const [direction, policy] of [
    ['incoming', INCOMING_CUT],
    // Reports of the server still come in on the path that is cut on the way out.
    ['outgoing', OUTGOING_CUT],
  ] as const) {
    test(`only ${direction} UDP cut: what died goes on over TCP`, async ({
      outside: { network, ben },
      openAda,
    }, info) => {
      const ada = await openAda('UDP_OVER_TCP');
      const call = await CallInTrouble.begin(ada, ben);
      const cutAt = await cut(network, policy);
      await expect(callScreen(ada.window).badge).toContainText('TCP · direct');
      await call.expectUnbroken(cutAt);
      // ICE gives up whatever it gets no answers on, and Chromium stops to send there (RFC 7675).
      await ada.window.waitForTimeout(cutAt + ICE_GIVES_UP_MS - Date.now());
      await call.expectUnbroken(cutAt);
      expectNoLeak(await reportTraffic(network, info));
    });
  }

  test('UDP_ONLY, cut off for a while: not a packet of media by TCP, and then the call again', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    const ada = await openAda('UDP_ONLY');
    const call = await CallInTrouble.begin(ada, ben);
    await cut(network);
    await ada.window.waitForTimeout(CUT_OFF_MS);
    await network.setPolicy(OPEN);
    await call.expectEven();
    await expect(callScreen(ada.window).badge).toContainText('UDP · direct');
    const traffic = await reportTraffic(network, info);
    expect(packetsOf(traffic, 'media_tcp'), 'TCP packets to the media port').toBe(0);
    expectNoLeak(traffic);
    await expectMediaOn(network, 'media_udp', 'media_tcp');
  });

  test('signaling lost, media alive: nobody notices, and it comes back', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    const ada = await openAda('UDP_OVER_TCP');
    const call = await CallInTrouble.begin(ada, ben);
    const lostAt = Date.now();
    const before = await connectionsTo(network, ORIGIN.address, SIGNALING_PORT);
    await breakConnections(network, ORIGIN.address, SIGNALING_PORT);
    await expect
      .poll(async () => {
        const now = await connectionsTo(network, ORIGIN.address, SIGNALING_PORT);
        return now.filter((port) => !before.includes(port)).length;
      })
      .toBeGreaterThan(0);
    await expect(callScreen(ada.window).badge).toHaveAttribute('data-phase', 'connected');
    await call.expectUnbroken(lostAt, SIGNALING_GAP_MS);
    expect((await readBadge(ada.window))[0]).toBe('UDP');
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'media_udp', 'media_tcp');
  });

  test('the computer’s address changes: the call goes on in its own place, over UDP', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    const ada = await openAda('UDP_OVER_TCP');
    const call = await CallInTrouble.begin(ada, ben);
    const changedAt = Date.now();
    await changeAddress(network);
    await call.expectResumed(changedAt);
    await call.expectUnbroken(changedAt);
    await expect(callScreen(ada.window).badge).toContainText('UDP · direct');
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'media_udp', 'media_tcp');
  });

  test('Leave in the middle of a migration closes everything', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    const ada = await openAda('UDP_OVER_TCP');
    await CallInTrouble.begin(ada, ben);
    // As fast as a hand could never be: in the very moment in which the window tells of it. Where sound
    // was there first, that is the new path; the old one is closed 1.5 s after the picture has moved.
    await ada.window.evaluate(() => {
      const observer = new MutationObserver(() => {
        const badge = document.querySelector<HTMLElement>('[data-testid="connection-badge"]');
        const isMoving = badge?.dataset['phase'] === 'migrating';
        if (!isMoving && !badge?.textContent.startsWith('TCP')) return;
        observer.disconnect();
        document.querySelector<HTMLElement>('button[aria-label="Leave the meeting"]')?.click();
      });
      observer.observe(document, {
        ...{ subtree: true, childList: true, attributes: true, characterData: true },
      });
    });
    await cut(network);
    await expect(endedScreen(ada.window).left).toBeVisible();
    await expect(callScreen(ben.window).tileOf('Ada')).toHaveCount(0);
    await network.setPolicy(OPEN);

    await expect.poll(() => connectionsTo(network, ORIGIN.address, SIGNALING_PORT)).toEqual([]);
    await expect.poll(() => connectionsTo(network, ORIGIN.address, MEDIA_PORT)).toEqual([]);
    await ada.window.waitForTimeout(LAST_PACKETS_MS);
    await restartTraffic(network);
    await ada.window.waitForTimeout(SILENCE_MS);
    const traffic = await reportTraffic(network, info);
    expect(packetsOf(traffic, 'media_udp', 'media_tcp'), 'packets of media').toBe(0);
    expectNoLeak(traffic);
  });
});
