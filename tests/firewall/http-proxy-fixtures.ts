import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { PreferredProtocol } from '../../src/shared/protocol.ts';
import type { Settings } from '../../src/shared/settings.ts';
import { launchApp, type App } from '../fixtures/app.ts';
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

export { expect } from '@playwright/test';

/** As the settings have it. */
export const HTTP_PROXY_SERVER = `${HTTP_PROXY.dnsName}:${SQUID_PORTS[0]}`;
export const PAC_URL = `http://${HTTP_PROXY.dnsName}:8080/proxy.pac`;

/** The client can reach the HTTP proxy and nothing else. */
const HTTP_PROXY_ONLY: FirewallPolicy = [
  `ip daddr ${HTTP_PROXY.address} accept`,
  `ip saddr ${HTTP_PROXY.address} accept`,
  'drop',
];

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
      const start = (host: typeof MIXED_PROXY, ports: string) =>
        startProxy(host, { ...outside, settings: { CAUSEWAY_PROXY_TURN_ADVERTISE: ports } });
      await start(MIXED_PROXY, 'udp:3478,tcp:3478,tls:443');
      await start(CLOSED_PROXY, 'udp:3478,tcp:3478,tls:5349');
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
