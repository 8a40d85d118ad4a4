import { expect, type Page } from '@playwright/test';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { PreferredProtocol } from '../../src/shared/protocol.ts';
import type { HttpProxy } from '../../src/shared/settings/http-proxy.ts';
import type { Settings } from '../../src/shared/settings.ts';
import { launchApp, type App } from '../fixtures/app.ts';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { callScreen, endedScreen } from '../fixtures/screens.ts';
import { CONNECTED, pressJoinAndTime, REFUSED } from '../fixtures/stopwatch.ts';
import type { FirewallPolicy } from '../network/edge-network.ts';
import { stop } from '../network/namespaces.ts';
import {
  squidUnavailable,
  startSquid,
  SQUID_PORTS,
  type Squid,
  type SquidOptions,
} from '../network/squid.ts';
import {
  CLOSED_PROXY,
  HTTP_PROXY,
  linkFor,
  MIXED_PROXY,
  startProxy,
  test as base,
} from './proxied-fixtures.ts';
import { expectNoLeak, restartTraffic } from './traffic.ts';

/** As the settings have it. */
export const HTTP_PROXY_SERVER = `${HTTP_PROXY.dnsName}:${SQUID_PORTS[0]}`;
/** Where the gateway of the proxy with closed relay ports listens itself. */
export const GATEWAY_PORT = 8443;
export const PAC_URL = `http://${HTTP_PROXY.dnsName}:8080/proxy.pac`;

/** The client can reach the HTTP proxy and nothing else. */
const HTTP_PROXY_ONLY: FirewallPolicy = [
  `ip daddr ${HTTP_PROXY.address} accept`,
  `ip saddr ${HTTP_PROXY.address} accept`,
  'drop',
];

/** Set by IT. */
export const MANUAL: HttpProxy = { mode: 'manual', server: HTTP_PROXY_SERVER, bypass: [] };
export const VIA = `via ${HTTP_PROXY_SERVER}`;

/** From the press of Join to media, or to the sentence that says why not, ms. */
const OUTCOME_LIMIT_MS = 6_000;

type SquidSetup = Omit<SquidOptions, 'namespaces' | 'name' | 'folder'>;

interface Fixtures {
  /** Starts the company's HTTP proxy, which ends with the test. */
  httpProxy: (setup?: SquidSetup) => Promise<Squid>;
  /** Serves a PAC file from the HTTP proxy's host. */
  pacFile: (script: string) => Promise<void>;
  /** Ada's app behind the firewall, under this policy of IT's. */
  openManaged: (
    policy: Partial<Settings>,
    mode: PreferredProtocol,
    ...proxies: string[]
  ) => Promise<App>;
}

interface WorkerFixtures {
  /** The Cloud Proxies with relay ports of their own. */
  ownRelayPorts: undefined;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  ownRelayPorts: [
    async ({ outside }, use) => {
      await startProxy(MIXED_PROXY, {
        ...outside,
        settings: { CAUSEWAY_PROXY_TURN_ADVERTISE: 'udp:3478,tcp:3478,tls:443' },
      });
      // Without nginx in front: squid, which tells a server no ALPN, would be taken for a TURN client.
      await startProxy(CLOSED_PROXY, {
        ...outside,
        settings: {
          CAUSEWAY_PROXY_TURN_ADVERTISE: 'udp:3478,tcp:3478,tls:5349',
          CAUSEWAY_PROXY_HOST: CLOSED_PROXY.address,
          CAUSEWAY_PROXY_PORT: String(GATEWAY_PORT),
        },
      });
      await use(undefined);
    },
    { scope: 'worker' },
  ],
  httpProxy: async ({ outside: { network, folder } }, use) => {
    const running: Squid[] = [];
    await use(async (setup = {}) => {
      const own = await mkdtemp(join(folder, 'squid-'));
      const squid = await startSquid({
        namespaces: network.namespaces,
        name: HTTP_PROXY.name,
        folder: own,
        ...setup,
      });
      running.push(squid);
      return squid;
    });
    await Promise.all(running.map((squid) => squid.stop()));
  },
  pacFile: async ({ outside: { network } }, use) => {
    const servers: ReturnType<typeof network.namespaces.spawn>[] = [];
    await use(async (script) => {
      const program = `require('node:http').createServer((request, response) =>
        response.setHeader('content-type', 'application/x-ns-proxy-autoconfig').end(process.argv[1])
      ).listen(8080, () => console.log('ready'))`;
      const server = network.namespaces.spawn(
        HTTP_PROXY.name,
        [process.execPath, '-e', program, script],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      servers.push(server);
      if (!server.stdout) throw new Error('the PAC server has no standard output');
      await once(createInterface({ input: server.stdout }), 'line');
    });
    await Promise.all(servers.map(stop));
  },
  openManaged: async ({ outside: { network, folder, home } }, use, info) => {
    await network.setPolicy(HTTP_PROXY_ONLY);
    await restartTraffic(network);
    const own = await mkdtemp(join(folder, 'ada-'));
    const apps: App[] = [];
    await use(async (policy, mode, ...proxies) => {
      const managedFolder = join(own, `managed-${apps.length}`);
      await mkdir(managedFolder, { mode: 0o755 });
      await writeFile(join(managedFolder, 'managed-settings.json'), JSON.stringify(policy), {
        mode: 0o644,
      });
      const app = await launchApp({
        userData: join(own, `ada-${apps.length}`),
        home,
        namespace: network.clientSystemName,
        managedFolder,
        args: [
          `--join=${await linkFor('Ada')}`,
          '--display-name=Ada',
          `--preferred-protocol=${mode}`,
          `--cloud-proxy=${proxies.join(',')}`,
        ],
      });
      apps.push(app);
      return app;
    });
    for (const app of apps) {
      await app.close();
      await info.attach('output of the app', { body: app.output.join('\n') });
    }
    // Also what was sent after a test had looked, and while its app ended.
    expectNoLeak(await network.traffic());
  },
});

test.beforeAll(() => {
  const reason = squidUnavailable();
  test.skip(reason !== undefined, reason ?? '');
});

/** Presses Join; sound and picture of Ben arrive. */
export async function joinCall({ window }: App): Promise<void> {
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
export async function expectRefusal(window: Page, code: string, detail: RegExp): Promise<void> {
  const took = await pressJoinAndTime(window, REFUSED);
  const { error } = endedScreen(window);
  await expect(error).toHaveAttribute('data-error-code', code);
  await error.getByText('For IT').click();
  await expect(error).toContainText(detail);
  const tookMs = await took();
  console.log(`    refused after ${tookMs.toFixed(0)} ms: ${code}`);
  expect(tookMs, 'ms from Join to the error').toBeLessThan(OUTCOME_LIMIT_MS);
}
