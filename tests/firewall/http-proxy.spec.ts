import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { HttpProxy } from '../../src/shared/settings/http-proxy.ts';
import type { App } from '../fixtures/app.ts';
import { TestAuthority } from '../fixtures/certificates.ts';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { callScreen, endedScreen } from '../fixtures/screens.ts';
import { CONNECTED, pressJoinAndTime, REFUSED } from '../fixtures/stopwatch.ts';
import { expect, HTTP_PROXY_SERVER, PAC_URL, test } from './http-proxy-fixtures.ts';
import { EVERYTHING_BLOCKED } from '../network/policies.ts';
import { CLOSED_PROXY, HTTP_PROXY, MIXED_PROXY, PROXY } from './proxied-fixtures.ts';
import { expectMediaOn, expectNoLeak, packetsOf, reportTraffic } from './traffic.ts';

/** From the press of Join to media, or to the sentence that says why not, ms. */
const OUTCOME_LIMIT_MS = 6_000;
/** How long it may take until a call goes on when the HTTP proxy is back, ms. */
const RECONNECT_LIMIT_MS = 45_000;

const MANUAL: HttpProxy = { mode: 'manual', server: HTTP_PROXY_SERVER, bypass: [] };
const VIA = `via ${HTTP_PROXY_SERVER}`;

/** Presses Join; sound and picture of Ben arrive. */
async function joinCall({ window }: App): Promise<void> {
  const took = await pressJoinAndTime(window, CONNECTED);
  const call = callScreen(window);
  await expect(call.badge).toHaveAttribute('data-phase', 'connected');
  await watchMotion(call.videoOf('Ben'));
  expect(await listen(call.sound)).toBeGreaterThan(0);
  const tookMs = await took();
  console.log(`    connected after ${tookMs.toFixed(0)} ms`);
  expect(tookMs, 'ms from Join to connected').toBeLessThan(OUTCOME_LIMIT_MS);
}

/** Presses `button`, or Join; the call is refused with this code and these words for IT. */
async function expectRefusal(window: Page, code: string, detail: RegExp): Promise<void> {
  const took = await pressJoinAndTime(window, REFUSED);
  const { error } = endedScreen(window);
  await expect(error).toHaveAttribute('data-error-code', code);
  await error.getByText('For IT').click();
  await expect(error).toContainText(detail);
  const tookMs = await took();
  console.log(`    refused after ${tookMs.toFixed(0)} ms: ${code}`);
  expect(tookMs, 'ms from Join to the error').toBeLessThan(OUTCOME_LIMIT_MS);
}

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
    expect(new Set(await squid.log())).toEqual(new Set([`3128 CONNECT ${PROXY.dnsName}:443 200`]));
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

  test('a wrong password is told, the right one lets the call in', async ({
    outside: { network },
    httpProxy,
    openManaged,
  }, info) => {
    await httpProxy({ login: { user: 'ada', password: 'correct horse' } });
    const { window, output, ...app } = await openManaged(
      { httpProxy: MANUAL },
      'TCP_ONLY',
      PROXY.dnsName,
    );
    await expectRefusal(window, 'HTTP_PROXY_AUTH', new RegExp(HTTP_PROXY_SERVER));
    const form = window.getByTestId('proxy-sign-in');
    await expect(form).toContainText(`${HTTP_PROXY_SERVER} (Company network)`);
    const signIn = async (password: string): Promise<void> => {
      await form.getByLabel('User name').fill('ada');
      await form.getByLabel('Password').fill(password);
      await form.getByRole('button', { name: 'Sign in and try again' }).click();
    };
    await signIn('battery staple');
    await expect(form).toContainText('did not accept this user name and password');
    await signIn('correct horse');
    const call = callScreen(window);
    await expect(call.badge).toContainText(VIA);
    await watchMotion(call.videoOf('Ben'));
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'http_proxy', 'proxy_udp', 'proxy_tcp');
    await app.close();
    expect(output.join('\n')).not.toMatch(/correct horse|battery staple/);
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

test.describe('an HTTP proxy that lets CONNECT to 443 only', () => {
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

  test('is named with the ports that it refuses where media has no other', async ({
    outside: { network },
    httpProxy,
    openManaged,
    ownRelayPorts: _,
  }, info) => {
    await httpProxy({ connectPorts: [443] });
    const { window } = await openManaged({ httpProxy: MANUAL }, 'TCP_ONLY', CLOSED_PROXY.dnsName);
    await expectRefusal(
      window,
      'HTTP_PROXY_REFUSED',
      new RegExp(
        `${HTTP_PROXY_SERVER} refuses to connect to the relay at ${CLOSED_PROXY.dnsName}:`,
      ),
    );
    expectNoLeak(await reportTraffic(network, info));
  });
});

test.describe('an HTTP proxy that inspects TLS', () => {
  test('is refused and named where its authority is not known, and trusted where IT says so', async ({
    outside: { network, folder, authority },
    httpProxy,
    openManaged,
  }, info) => {
    const own = await TestAuthority.create(join(folder, 'inspection'), 'Company inspection CA');
    await httpProxy({
      inspection: { authority: own.files, trusted: authority.certificatePath },
    });
    const stranger = await openManaged({ httpProxy: MANUAL }, 'TCP_ONLY', PROXY.dnsName);
    await expectRefusal(
      stranger.window,
      'TLS_UNTRUSTED',
      /issued by “Company inspection CA”.*extraCaCertificates/,
    );
    await stranger.close();
    const extraCaCertificates = [await readFile(own.certificatePath, 'utf8')];
    const app = await openManaged(
      { httpProxy: MANUAL, extraCaCertificates },
      'TCP_ONLY',
      PROXY.dnsName,
    );
    await joinCall(app);
    await expect(callScreen(app.window).badge).toContainText(VIA);
    expectNoLeak(await reportTraffic(network, info));
    await expectMediaOn(network, 'http_proxy', 'proxy_udp', 'proxy_tcp');
  });
});
