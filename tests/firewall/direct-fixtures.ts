import { test as base } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
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
import { namespacesUnavailable } from '../network/namespaces.ts';
import { OPEN } from '../network/policies.ts';
import { CAMERA_FPS } from './call-in-trouble.ts';
import { restartTraffic } from './traffic.ts';

export { expect } from '@playwright/test';

export const ORIGIN = { name: 'origin', address: '198.51.100.10' };
export const SIGNALING_PORT = 4443;
export const MEDIA_PORT = 44_444;
const SERVER_URL = `https://${ORIGIN.address}:${SIGNALING_PORT}`;
const ROOM = 'firewall';

/** The kinds of packet that a direct call is made of. */
const WATCHED = [
  { name: 'signaling', match: `ip daddr ${ORIGIN.address} tcp dport ${SIGNALING_PORT}` },
  { name: 'media_udp', match: `ip daddr ${ORIGIN.address} udp dport ${MEDIA_PORT}` },
  { name: 'media_tcp', match: `ip daddr ${ORIGIN.address} tcp dport ${MEDIA_PORT}` },
  // To packets that come for a socket which has just been closed.
  { name: 'port_closed', match: `ip daddr ${ORIGIN.address} icmp type destination-unreachable` },
];

/** A room server outside the company, and Ben, who sits outside as well. */
interface Outside {
  network: EdgeNetwork;
  home: string;
  ben: App;
}

interface Fixtures {
  /** Ada's app behind the firewall, its window at the join screen, with all counters at 0. */
  openAda: (mode: PreferredProtocol) => Promise<App>;
}

export const test = base.extend<Fixtures, { outside: Outside }>({
  outside: [
    async ({}, use) => {
      const folder = await mkdtemp(join(tmpdir(), 'causeway-firewall-'));
      const authority = await TestAuthority.create(join(folder, 'authority'));
      const { certificate, key } = await authority.issue([ORIGIN.address]);
      const home = await makeTrustingHome(join(folder, 'home'), authority);
      const network = await EdgeNetwork.create({ hosts: [ORIGIN], watched: WATCHED });
      try {
        const server = await startRoomServer({
          inside: { namespaces: network.namespaces, name: ORIGIN.name },
          flags: [
            ...[`--host=${ORIGIN.address}`, `--port=${SIGNALING_PORT}`],
            ...[`--media-port=${MEDIA_PORT}`, `--tls-cert=${certificate}`, `--tls-key=${key}`],
          ],
        });
        const ben = await launchApp({
          userData: join(folder, 'ben'),
          home,
          cameraFps: CAMERA_FPS,
          namespace: network.namespaces.systemName(ORIGIN.name),
          args: [`--join=${await linkFor('Ben')}`, '--display-name=Ben', '--auto-join'],
        });
        await callScreen(ben.window).badge.waitFor();
        await use({ network, home, ben });
        await ben.close();
        await server.stop();
      } finally {
        await network.destroy();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      }
    },
    { scope: 'worker', timeout: 60_000 },
  ],
  openAda: async ({ outside: { network, home } }, use, info) => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-ada-'));
    const apps: App[] = [];
    await use(async (mode) => {
      const app = await launchApp({
        userData: join(folder, 'ada'),
        home,
        cameraFps: CAMERA_FPS,
        namespace: network.clientSystemName,
        args: [
          `--join=${await linkFor('Ada')}`,
          '--display-name=Ada',
          `--preferred-protocol=${mode}`,
        ],
      });
      apps.push(app);
      return app;
    });
    await network.setPolicy(OPEN);
    for (const app of apps) {
      await app.close();
      await info.attach('output of the app', { body: app.output.join('\n') });
    }
    // Also what was sent after a test had looked, and while its app ended.
    await restartTraffic(network);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
});

test.beforeAll(() => {
  const reason = namespacesUnavailable();
  test.skip(reason !== undefined, reason ?? '');
});

async function linkFor(who: string): Promise<string> {
  return formatMeetingLink({
    roomId: ROOM,
    serverUrl: SERVER_URL,
    token: await testToken({ room: ROOM, who }),
  });
}
