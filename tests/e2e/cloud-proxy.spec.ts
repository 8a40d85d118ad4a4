import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { callScreen, readBadge } from '../fixtures/screens.ts';
import { CONNECTED, pressJoinAndTime } from '../fixtures/stopwatch.ts';
import { startTestProxy } from '../integration/proxy/test-proxy.ts';
import type { TestProxy } from '../integration/proxy/test-proxy.ts';
import { expect, test as base } from './fixtures.ts';

interface SilentHost {
  origin: string;
  /** Connections that came to it so far. */
  connections(): number;
}

const test = base.extend<{ silent: SilentHost; cloudProxy: TestProxy }>({
  silent: async ({}, use) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await use({ origin: `http://127.0.0.1:${port}`, connections: () => sockets.size });
    for (const socket of sockets) socket.destroy();
    server.close();
  },
  cloudProxy: async ({ server }, use) => {
    const proxy = await startTestProxy({ origin: [server.url] });
    await use(proxy);
    await proxy.close();
  },
});

test('the Cloud Proxy that worked is tried first after a restart: the dead one gets no packet', async ({
  launch,
  folder,
  link,
  silent,
  cloudProxy,
}) => {
  const joinOnce = async (): Promise<number> => {
    const app = await launch({
      userData: join(folder, 'profile'),
      args: ['--display-name=Ada', `--cloud-proxy=${silent.origin},${cloudProxy.origin}`, link],
    });
    const took = await pressJoinAndTime(app.window, CONNECTED);
    await expect(callScreen(app.window).badge).toHaveAttribute('data-phase', 'connected');
    expect((await readBadge(app.window))[1]).toBe('proxy 127.0.0.1');
    const tookMs = await took();
    await app.close();
    return tookMs;
  };
  const first = await joinOnce();
  const asked = silent.connections();
  expect(asked, 'connections to the dead proxy, which comes first').toBeGreaterThan(0);
  const second = await joinOnce();
  console.log(
    `    connected after ${first.toFixed(0)} ms, after a restart ${second.toFixed(0)} ms`,
  );
  expect(silent.connections() - asked, 'connections to the dead proxy after the restart').toBe(0);
  expect(second).toBeLessThan(first);
});
