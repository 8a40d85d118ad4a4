import { test as base } from '@playwright/test';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import type { PreferredProtocol } from '../../src/shared/protocol.ts';
import { launchApp } from '../fixtures/app.ts';
import type { App } from '../fixtures/app.ts';
import { makeTrustingHome, TestAuthority } from '../fixtures/certificates.ts';
import { startRoomServer } from '../fixtures/room-server.ts';
import { callScreen } from '../fixtures/screens.ts';
import { testToken } from '../fixtures/tokens.ts';
import { EdgeNetwork } from '../network/edge-network.ts';
import type { FirewallPolicy, WatchedTraffic } from '../network/edge-network.ts';
import { namespacesUnavailable } from '../network/namespaces.ts';
import { startOnePortProxy } from '../network/one-port-proxy.ts';
import { CAMERA_FPS } from './call-in-trouble.ts';
import { expectNoLeak, restartTraffic } from './traffic.ts';

export { expect } from '@playwright/test';

export interface ProxyHost {
  name: string;
  address: string;
  dnsName: string;
}

export const PROXY: ProxyHost = {
  name: 'proxy',
  address: '198.51.100.10',
  dnsName: 'proxy.example.com',
};
export const SECOND_PROXY: ProxyHost = {
  name: 'second',
  address: '192.0.2.10',
  dnsName: 'second.example.com',
};
/** Cloud Proxies with their relay on ports of its own; running only where a test wants them. */
export const MIXED_PROXY: ProxyHost = {
  name: 'mixed',
  address: '198.51.101.10',
  dnsName: 'mixed.example.com',
};
export const CLOSED_PROXY: ProxyHost = {
  name: 'closed',
  address: '198.51.102.10',
  dnsName: 'closed.example.com',
};
/** The company's HTTP proxy, in its own network; running only where a test wants it. */
export const HTTP_PROXY: ProxyHost = {
  name: 'squid',
  address: '10.20.0.3',
  dnsName: 'http-proxy.example.com',
};
const ORIGIN = { name: 'origin', address: '203.0.113.20' };
const ROOM = 'proxied';

/** How long the second proxy's relay credentials are good for, s: several lifetimes fit in a test. */
export const BRIEF_CREDENTIAL_SECONDS = 6;

/** coturn's own, for TCP and for TLS: see deploy/proxy.env.example. */
const RELAY_TCP_PORTS = '3478, 5349';
const RELAY_CONNECTIONS = 'relay_connections';

/** Only port 443 counts as the proxy's; anything else of it is "elsewhere", and a leak. */
const WATCHED: WatchedTraffic[] = [
  { name: 'http_proxy', match: `ip daddr ${HTTP_PROXY.address} tcp dport { 3128, 3129 }` },
  { name: 'pac_file', match: `ip daddr ${HTTP_PROXY.address} tcp dport 8080` },
].concat(
  [PROXY, SECOND_PROXY].flatMap(({ name, address }) => [
    { name: `${name}_udp`, match: `ip daddr ${address} udp dport 443` },
    { name: `${name}_tcp`, match: `ip daddr ${address} tcp dport 443` },
    // To packets that come for a socket which has just been closed.
    { name: `${name}_port_closed`, match: `ip daddr ${address} icmp type destination-unreachable` },
  ]),
);

/** The client can reach the proxies and nothing else, whatever `more` closes on top. */
export function proxiesOnly(...more: FirewallPolicy): FirewallPolicy {
  const addresses = `{ ${PROXY.address}, ${SECOND_PROXY.address} }`;
  return [...more, `ip daddr ${addresses} accept`, `ip saddr ${addresses} accept`, 'drop'];
}

interface Outside {
  network: EdgeNetwork;
  /** Of the whole run; anybody may enter it. */
  folder: string;
  authority: TestAuthority;
  home: string;
  /** Ben, at the origin. */
  ben: App;
}

interface Fixtures {
  /** Ada's app behind the firewall, with these Cloud Proxies in its settings. */
  openAda: (mode: PreferredProtocol, ...proxies: string[]) => Promise<App>;
}

export const test = base.extend<Fixtures, { outside: Outside }>({
  outside: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'causeway-proxied-'));
      // squid gives root up and still has to reach its files below.
      await chmod(folder, 0o755);
      const authority = await TestAuthority.create(join(folder, 'authority'));
      const home = await makeTrustingHome(join(folder, 'home'), authority);
      const network = await EdgeNetwork.create({
        hosts: [
          ...[PROXY, SECOND_PROXY, MIXED_PROXY, CLOSED_PROXY, HTTP_PROXY].map((host) => ({
            ...host,
            dnsNames: [host.dnsName],
          })),
          ORIGIN,
        ],
        watched: WATCHED,
      });
      try {
        const { namespaces } = network;
        const certificate = await authority.issue([ORIGIN.address]);
        const server = await startRoomServer({
          inside: { namespaces, name: ORIGIN.name },
          flags: [
            ...[`--host=${ORIGIN.address}`, '--port=443', '--media-port=44444'],
            ...[`--tls-cert=${certificate.certificate}`, `--tls-key=${certificate.key}`],
          ],
        });
        await startProxy(PROXY, { folder, authority, network });
        await startProxy(SECOND_PROXY, {
          ...{ folder, authority, network },
          settings: { CAUSEWAY_PROXY_TURN_CREDENTIAL_SECONDS: String(BRIEF_CREDENTIAL_SECONDS) },
        });
        const ben = await launchApp({
          userData: join(folder, 'ben'),
          home,
          cameraFps: CAMERA_FPS,
          namespace: namespaces.systemName(ORIGIN.name),
          args: [`--join=${await linkFor('Ben')}`, '--display-name=Ben', '--auto-join'],
        });
        await callScreen(ben.window).badge.waitFor();
        await use({ network, folder, authority, home, ben });
        await ben.close();
        await server.stop();
      } finally {
        await network.destroy();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  openAda: async ({ outside: { network, home } }, use, info) => {
    await network.setPolicy(proxiesOnly());
    await restartTraffic(network);
    await network.namespaces.resetCounters(PROXY.name);
    const folder = await mkdtemp(join(tmpdir(), 'causeway-ada-'));
    const apps: App[] = [];
    await use(async (mode, ...proxies) => {
      const app = await launchApp({
        userData: join(folder, `ada-${apps.length}`),
        home,
        cameraFps: CAMERA_FPS,
        namespace: network.clientSystemName,
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
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
});

test.beforeAll(() => {
  const missing = ['/usr/sbin/nginx', '/usr/bin/turnserver'].find((path) => !existsSync(path));
  const reason = namespacesUnavailable() ?? (missing && `${missing} is not installed`);
  test.skip(reason !== undefined, reason ?? '');
});

export async function startProxy(
  host: ProxyHost,
  context: {
    folder: string;
    authority: TestAuthority;
    network: EdgeNetwork;
    settings?: Record<string, string>;
  },
): Promise<void> {
  const { authority, network, settings } = context;
  const { certificate, key } = await authority.issue([host.dnsName, host.address]);
  const folder = join(context.folder, host.name);
  await mkdir(folder);
  await startOnePortProxy({
    namespaces: network.namespaces,
    name: host.name,
    address: host.address,
    publicHosts: [host.dnsName, host.address],
    origins: [`https://${ORIGIN.address}`],
    peers: [ORIGIN.address],
    originCa: authority.certificatePath,
    ...{ certificate, key, folder },
    ...(settings ? { settings } : {}),
  });
  // What nginx passes on to coturn: on port 443 of the wire it looks like signaling.
  await network.namespaces.nft(
    host.name,
    `table inet relay {
      counter ${RELAY_CONNECTIONS} {}
      chain input {
        type filter hook input priority -300; policy accept;
        iifname "lo" tcp dport { ${RELAY_TCP_PORTS} } tcp flags & (syn | ack) == syn counter name ${RELAY_CONNECTIONS}
      }
    }`,
  );
}

/** TCP and TLS connections to the relay of the first proxy since the test began, printed. */
export async function relayConnections(network: EdgeNetwork): Promise<number> {
  const { [RELAY_CONNECTIONS]: counter } = await network.namespaces.counters(PROXY.name);
  // A counter that does not exist would count nothing for ever.
  if (!counter) throw new TypeError(`there is no counter ${RELAY_CONNECTIONS}`);
  console.log(`    TCP and TLS connections to the relay, counted at the proxy: ${counter.packets}`);
  return counter.packets;
}

export async function linkFor(who: string): Promise<string> {
  return formatMeetingLink({
    roomId: ROOM,
    serverUrl: `https://${ORIGIN.address}`,
    token: await testToken({ room: ROOM, who, lifetimeSeconds: 3600 }),
  });
}
