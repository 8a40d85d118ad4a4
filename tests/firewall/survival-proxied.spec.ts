import { callScreen, readBadge } from '../fixtures/screens.ts';
import { changeAddress } from '../network/change-address.ts';
import { onlyTcp, udpPortBlocked } from '../network/policies.ts';
import { CallInTrouble } from './call-in-trouble.ts';
import { expect, proxiesOnly, PROXY, test } from './proxied-fixtures.ts';
import { expectMediaOn, expectNoLeak, reportTraffic } from './traffic.ts';

/** From the moment that UDP works again until it is used again, ms. */
const RETURN_LIMIT_MS = 30_000;

test.describe('a call survives through the Cloud Proxy', () => {
  test('TURN over UDP cut in mid-call: it goes on over TCP, and back, and nowhere else', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    test.setTimeout(90_000);
    const ada = await openAda('UDP_OVER_TCP', PROXY.dnsName);
    const call = await CallInTrouble.begin(ada, ben);
    const { badge } = callScreen(ada.window);
    await expectMediaOn(network, 'proxy_udp', 'proxy_tcp');

    const cutAt = Date.now();
    await network.setPolicy(proxiesOnly(...udpPortBlocked(443)));
    await expect(badge).toHaveText(/^(TCP|TLS) · proxy/);
    await call.expectUnbroken(cutAt);
    expect((await readBadge(ada.window))[1]).toBe(`proxy ${PROXY.dnsName}`);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'proxy_tcp', 'proxy_udp', 'second_udp', 'second_tcp');

    const openedAt = Date.now();
    await network.setPolicy(proxiesOnly());
    await expect(badge).toHaveText(/^UDP · proxy/, { timeout: RETURN_LIMIT_MS });
    console.log(`    back on UDP after ${Date.now() - openedAt} ms`);
    await call.expectUnbroken(openedAt);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'proxy_udp', 'proxy_tcp');
  });

  test('everything but TCP 443 cut in mid-call: it goes on there', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    const ada = await openAda('UDP_OVER_TCP', PROXY.dnsName);
    const call = await CallInTrouble.begin(ada, ben);
    const cutAt = Date.now();
    await network.setPolicy(proxiesOnly(...onlyTcp(443)));
    await expect(callScreen(ada.window).badge).toHaveText(/^(TCP|TLS) · proxy/);
    await call.expectUnbroken(cutAt);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'proxy_tcp', 'proxy_udp', 'second_udp', 'second_tcp');
  });

  test('the computer’s address changes: the call goes on in its own place, through the same proxy', async ({
    outside: { network, ben },
    openAda,
  }, info) => {
    const ada = await openAda('UDP_OVER_TCP', PROXY.dnsName);
    const call = await CallInTrouble.begin(ada, ben);
    const changedAt = Date.now();
    await changeAddress(network);
    await call.expectResumed(changedAt);
    await call.expectUnbroken(changedAt);
    await expect(callScreen(ada.window).badge).toHaveText(/^UDP · proxy/);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'proxy_udp', 'proxy_tcp', 'second_udp', 'second_tcp');
  });
});
