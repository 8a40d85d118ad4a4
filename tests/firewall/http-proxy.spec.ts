import { expect } from '@playwright/test';
import { watchMotion } from '../fixtures/media-probe.ts';
import { callScreen } from '../fixtures/screens.ts';
import { EVERYTHING_BLOCKED } from '../network/policies.ts';
import {
  expectRefusal,
  HTTP_PROXY_SERVER,
  joinCall,
  MANUAL,
  PAC_URL,
  test,
  VIA,
} from './http-proxy-fixtures.ts';
import { HTTP_PROXY, MIXED_PROXY, PROXY } from './proxied-fixtures.ts';
import { expectMediaOn, expectNoLeak, packetsOf, reportTraffic } from './traffic.ts';

/** How long it may take until a call goes on when the HTTP proxy is back, ms. */
const RECONNECT_LIMIT_MS = 45_000;

test.describe('where the HTTP proxy is the only way out', () => {
  test('TCP_ONLY sends not one packet anywhere else', async ({
    outside: { network },
    httpProxy,
    openManaged,
  }, info) => {
    const squid = await httpProxy();
    const app = await openManaged({ httpProxy: MANUAL }, 'TCP_ONLY', PROXY.dnsName);
    await joinCall(app);
    await expect(callScreen(app.window).badge).toContainText(
      new RegExp(`^(TCP|TLS) · proxy ${PROXY.dnsName} ${VIA}`),
    );
    const traffic = await reportTraffic(network, info);
    expectNoLeak(traffic);
    expect(packetsOf(traffic, 'proxy_udp', 'proxy_tcp'), 'packets beside the HTTP proxy').toBe(0);
    await expectMediaOn(network, 'http_proxy');
    await app.close();
    const asked = (await squid.log()).filter((line) => line.includes(' CONNECT '));
    expect(new Set(asked)).toEqual(new Set([`3128 CONNECT ${PROXY.dnsName}:443 200`]));
  });

  test('UDP_OVER_TCP falls to it by itself', async ({
    outside: { network },
    httpProxy,
    openManaged,
  }, info) => {
    await httpProxy();
    const app = await openManaged({ httpProxy: MANUAL }, 'UDP_OVER_TCP', PROXY.dnsName);
    await joinCall(app);
    await expect(callScreen(app.window).badge).toContainText(VIA);
    await expect(callScreen(app.window).notices).toContainText('UDP is blocked on this network.');
    const traffic = await reportTraffic(network, info);
    expectNoLeak(traffic);
    expect(packetsOf(traffic, 'proxy_tcp'), 'TCP packets beside the HTTP proxy').toBe(0);
    await expectMediaOn(network, 'http_proxy', 'proxy_udp');
  });

  test('a PAC file sends signaling and media different ways', async ({
    outside: { network },
    httpProxy,
    pacFile,
    openManaged,
    ownRelayPorts: _,
  }, info) => {
    const squid = await httpProxy();
    await pacFile(`function FindProxyForURL(url, host) {
      if (!dnsDomainIs(host, '.example.com')) return 'DIRECT';
      return shExpMatch(url, 'https://*:3478/*')
        ? 'PROXY ${HTTP_PROXY.dnsName}:3129' : 'PROXY ${HTTP_PROXY_SERVER}';
    }`);
    const pac = { mode: 'pac', url: PAC_URL } as const;
    const app = await openManaged({ httpProxy: pac }, 'TCP_ONLY', MIXED_PROXY.dnsName);
    await joinCall(app);
    await expect(callScreen(app.window).badge).toContainText(
      `TCP · proxy ${MIXED_PROXY.dnsName} via ${HTTP_PROXY.dnsName}:3129`,
    );
    const traffic = await reportTraffic(network, info);
    expectNoLeak(traffic);
    expect(packetsOf(traffic, 'pac_file'), 'packets to the PAC host').toBeGreaterThan(0);
    await app.close();
    const asked = await squid.log();
    expect(asked).toContain(`3128 CONNECT ${MIXED_PROXY.dnsName}:443 200`);
    expect(asked).toContain(`3129 CONNECT ${MIXED_PROXY.dnsName}:3478 200`);
    expect(asked).not.toContain(`3128 CONNECT ${MIXED_PROXY.dnsName}:3478 200`);
  });

  test('a PAC file that cannot be had stops the call', async ({
    outside: { network },
    openManaged,
  }, info) => {
    const pac = { mode: 'pac', url: PAC_URL } as const;
    const { window } = await openManaged({ httpProxy: pac }, 'TCP_ONLY', PROXY.dnsName);
    await expectRefusal(
      window,
      'HTTP_PROXY_PAC',
      new RegExp(`the way to https://${PROXY.dnsName}`),
    );
    const traffic = await reportTraffic(network, info);
    expectNoLeak(traffic);
    expect(packetsOf(traffic, 'proxy_udp', 'proxy_tcp', 'http_proxy'), 'packets').toBe(0);
  });

  test('an HTTP proxy that is down is named', async ({
    outside: { network },
    openManaged,
  }, info) => {
    const { window } = await openManaged({ httpProxy: MANUAL }, 'UDP_OVER_TCP', PROXY.dnsName);
    await expectRefusal(window, 'HTTP_PROXY_UNREACHABLE', new RegExp(HTTP_PROXY_SERVER));
    const traffic = await reportTraffic(network, info);
    expectNoLeak(traffic);
    expect(packetsOf(traffic, 'proxy_udp', 'proxy_tcp'), 'packets beside it').toBe(0);
  });

  test('an HTTP proxy that does not answer at all is named', async ({
    outside: { network },
    openManaged,
  }, info) => {
    const { window } = await openManaged({ httpProxy: MANUAL }, 'UDP_OVER_TCP', PROXY.dnsName);
    await network.setPolicy(EVERYTHING_BLOCKED);
    await expectRefusal(window, 'HTTP_PROXY_UNREACHABLE', new RegExp(HTTP_PROXY_SERVER));
    expectNoLeak(await reportTraffic(network, info));
  });

  test('a call outlives the HTTP proxy, once it is back', async ({
    outside: { network },
    httpProxy,
    openManaged,
  }, info) => {
    test.setTimeout(120_000);
    const first = await httpProxy();
    const app = await openManaged({ httpProxy: MANUAL }, 'TCP_ONLY', PROXY.dnsName);
    await joinCall(app);
    const call = callScreen(app.window);
    await first.kill();
    await expect(call.badge).not.toHaveAttribute('data-phase', 'connected');
    await httpProxy();
    const backAt = performance.now();
    await expect(call.badge).toContainText(VIA, { timeout: RECONNECT_LIMIT_MS });
    await watchMotion(call.videoOf('Ben'));
    const backMs = performance.now() - backAt;
    console.log(`    picture again ${(backMs / 1000).toFixed(1)} s after the HTTP proxy was back`);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'http_proxy', 'proxy_udp', 'proxy_tcp');
  });
});

test.describe('an HTTP proxy that lets CONNECT to one port only', () => {
  test('carries media by TLS on 443', async ({
    outside: { network },
    httpProxy,
    openManaged,
    ownRelayPorts: _,
  }, info) => {
    const squid = await httpProxy({ connectPorts: [443] });
    const app = await openManaged({ httpProxy: MANUAL }, 'TCP_ONLY', MIXED_PROXY.dnsName);
    await joinCall(app);
    await expect(callScreen(app.window).badge).toContainText(
      `TLS · proxy ${MIXED_PROXY.dnsName} ${VIA}`,
    );
    expectNoLeak(await reportTraffic(network, info));
    await app.close();
    expect(await squid.log()).toContain(`3128 CONNECT ${MIXED_PROXY.dnsName}:3478 403`);
  });
});
