import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import { localAddresses } from '../fixtures/local-addresses.ts';
import { joinScreen } from '../fixtures/screens.ts';
import { testToken } from '../fixtures/tokens.ts';
import { startTestProxy } from '../integration/proxy/test-proxy.ts';
import type { TestProxy } from '../integration/proxy/test-proxy.ts';
import { test as withApp, expect } from './fixtures.ts';

interface ForeignHost {
  origin: string;
  /** Requests and upgrades that reached it. */
  reached: string[];
}

/** A host that notes whatever comes to it. */
async function watchedHost(use: (host: ForeignHost) => Promise<void>): Promise<void> {
  const reached: string[] = [];
  const server = createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('taken');
  });
  server.on('upgrade', (request, socket) => {
    reached.push(`upgrade ${request.url}`);
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await use({ origin: `http://127.0.0.1:${port}`, reached });
  server.closeAllConnections();
  server.close();
}

const test = withApp.extend<{
  foreignHost: ForeignHost;
  /** Stands where the room server of a proxied meeting would. */
  roomServer: ForeignHost;
  cloudProxy: TestProxy;
}>({
  foreignHost: async ({}, use) => await watchedHost(use),
  roomServer: async ({}, use) => await watchedHost(use),
  cloudProxy: async ({ server }, use) => {
    const proxy = await startTestProxy({ origin: [server.url], turn: 'off' });
    await use(proxy);
    await proxy.close();
  },
});

/**
 * Has the page ask a host that it may reach, and waits for the answer: what it has asked of others
 * before has been sent by then, if it ever is.
 */
async function untilSent(page: Page, allowed: string): Promise<void> {
  const type = await page.evaluate(
    async (url) => (await fetch(url, { mode: 'no-cors' })).type,
    `${allowed}/healthz`,
  );
  expect(type).toBe('opaque');
}

/** What a hostile page would try, as text so that nothing of the test's own leaks in. */
const TRY_TO_REACH = (origin: string): string => `(async () => {
  const outcome = {};
  const attempt = async (name, act) => {
    try { await act(); outcome[name] = 'reached'; } catch { outcome[name] = 'refused'; }
  };
  await attempt('fetch', () => fetch('${origin}/fetch'));
  await attempt('xhr', () => new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.onload = done;
    request.onerror = failed;
    request.open('GET', '${origin}/xhr');
    request.send();
  }));
  await attempt('image', () => new Promise((done, failed) => {
    const image = new Image();
    image.onload = done;
    image.onerror = failed;
    image.src = '${origin}/image.png';
  }));
  await attempt('websocket', () => new Promise((done, failed) => {
    const socket = new WebSocket('${origin.replace('http:', 'ws:')}/socket');
    socket.onopen = done;
    socket.onerror = failed;
  }));
  await attempt('beacon', () => {
    if (!navigator.sendBeacon('${origin}/beacon', 'x')) throw new Error('refused');
  });
  return outcome;
})()`;

test.describe("the app's page", () => {
  test('has nothing of Node and nothing of Electron but the bridge', async ({ launch }) => {
    const { window: page } = await launch();
    await joinScreen(page).title.waitFor();
    const found = await page.evaluate(() =>
      [
        ...['require', 'module', 'exports', 'process', 'Buffer', 'global', 'setImmediate'],
        ...['ipcRenderer', 'electron', 'contextBridge', '__dirname'],
      ].filter((name) => name in globalThis),
    );
    expect(found).toEqual([]);
    expect(await page.evaluate(() => Object.keys(window.causeway).toSorted())).toEqual(
      [
        ...['app', 'call', 'clipboard', 'endpoint', 'httpProxy', 'meeting', 'menu', 'notices'],
        ...['policy', 'settings'],
      ].toSorted(),
    );
  });

  test('learns no local address from WebRTC, which takes the one route that HTTP takes', async ({
    launch,
  }) => {
    const { window: page } = await launch();
    await joinScreen(page).title.waitFor();
    expect(await page.evaluate(localAddresses)).toEqual([]);
  });

  test('cannot change the bridge', async ({ launch }) => {
    const { window: page } = await launch();
    await joinScreen(page).title.waitFor();
    const outcome = await page.evaluate(() => {
      const { settings } = window.causeway;
      const before = Object.getOwnPropertyDescriptor(settings, 'get')?.value as unknown;
      try {
        Object.assign(settings, { get: () => 'changed' });
      } catch {
        // A frozen object throws in strict mode; both ways are fine.
      }
      return Object.getOwnPropertyDescriptor(settings, 'get')?.value === before;
    });
    expect(outcome).toBe(true);
  });

  test('goes nowhere else and opens no window', async ({ launch, foreignHost }) => {
    const { window: page, electron } = await launch();
    await joinScreen(page).title.waitFor();
    const before = page.url();
    const opened = await page.evaluate((url) => window.open(url) !== null, foreignHost.origin);
    expect(opened).toBe(false);
    await page.evaluate((url) => {
      location.href = `${url}/navigated`;
    }, foreignHost.origin);
    await page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = `${url}/clicked`;
      link.target = '_blank';
      document.body.append(link);
      link.click();
    }, foreignHost.origin);
    await expect(joinScreen(page).title).toBeVisible();
    expect(page.url()).toBe(before);
    expect(electron.windows()).toHaveLength(1);
    expect(foreignHost.reached).toEqual([]);
  });

  test('reaches no other host: its content security policy', async ({
    launch,
    foreignHost,
    link,
    server,
  }) => {
    const { window: page } = await launch({ args: [link] });
    await joinScreen(page).title.waitFor();
    const outcome = await page.evaluate(TRY_TO_REACH(foreignHost.origin));
    expect(outcome).toMatchObject({
      fetch: 'refused',
      xhr: 'refused',
      image: 'refused',
      websocket: 'refused',
    });
    await untilSent(page, server.url);
    expect(foreignHost.reached).toEqual([]);
  });

  test('reaches no other host even without that policy: the request filter', async ({
    launch,
    foreignHost,
    link,
    server,
  }) => {
    const { window: page, output } = await launch({ args: [link] });
    await joinScreen(page).title.waitFor();
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Page.setBypassCSP', { enabled: true });
    await page.reload();
    await joinScreen(page).title.waitFor();
    const outcome = await page.evaluate(TRY_TO_REACH(foreignHost.origin));
    expect(outcome).toMatchObject({
      fetch: 'refused',
      xhr: 'refused',
      image: 'refused',
      websocket: 'refused',
    });
    await untilSent(page, server.url);
    expect(foreignHost.reached).toEqual([]);
    expect(output.join('\n')).toContain(`refused a request to ${foreignHost.origin}`);
  });

  for (const [guard, bypassesPolicy] of [
    ['its content security policy', false],
    ['the request filter alone', true],
  ] as const) {
    test(`reaches the Cloud Proxy and not the room server behind it: ${guard}`, async ({
      launch,
      foreignHost,
      roomServer,
      cloudProxy,
    }) => {
      const token = await testToken({ room: 'proxied' });
      const link = formatMeetingLink({ roomId: 'proxied', serverUrl: roomServer.origin, token });
      const { window: page } = await launch({ args: [`--cloud-proxy=${cloudProxy.origin}`, link] });
      await joinScreen(page).title.waitFor();
      if (bypassesPolicy) {
        const devTools = await page.context().newCDPSession(page);
        await devTools.send('Page.setBypassCSP', { enabled: true });
        await page.reload();
        await joinScreen(page).title.waitFor();
      }
      for (const { origin } of [roomServer, foreignHost]) {
        expect(await page.evaluate(TRY_TO_REACH(origin)), origin).toMatchObject({
          fetch: 'refused',
          xhr: 'refused',
          image: 'refused',
          websocket: 'refused',
        });
      }
      await untilSent(page, cloudProxy.origin);
      expect([roomServer.reached, foreignHost.reached]).toEqual([[], []]);
    });
  }

  test('runs no script made from text', async ({ launch }) => {
    const { window: page } = await launch();
    await joinScreen(page).title.waitFor();
    const outcome = await page.evaluate(() => {
      const script = document.createElement('script');
      try {
        script.textContent = 'window.injected = true';
        document.body.append(script);
      } catch {
        // Trusted Types refuse already the text.
      }
      return 'injected' in window;
    });
    expect(outcome).toBe(false);
  });

  test('gets a clear refusal for a message that is not in the contract', async ({ launch }) => {
    const { window: page } = await launch();
    await joinScreen(page).title.waitFor();
    const settings = await page.evaluate(
      async () =>
        await window.causeway.settings.update({ preferredProtocol: 'CARRIER_PIGEON' as never }),
    );
    expect(settings).toMatchObject({
      status: 'refused',
      problems: [{ key: 'preferredProtocol', problem: expect.stringContaining('UDP_OVER_TCP') }],
    });
    for (const payload of [42, 'x'.repeat(10_000), null]) {
      const problem = await page.evaluate(
        async (input) =>
          await window.causeway.meeting.open(input as string).then(
            () => 'accepted',
            (error: unknown) => (error as Error).message,
          ),
        payload,
      );
      expect(problem).toContain('meeting:open');
      expect(problem).not.toContain('accepted');
    }
  });
});
