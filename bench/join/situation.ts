import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import type { PreferredProtocol } from '../../src/shared/protocol.ts';
import { launchApp } from '../../tests/fixtures/app.ts';
import type { App } from '../../tests/fixtures/app.ts';
import { makeTrustingHome, TestAuthority } from '../../tests/fixtures/certificates.ts';
import { startRoomServer } from '../../tests/fixtures/room-server.ts';
import { testToken } from '../../tests/fixtures/tokens.ts';
import { EdgeNetwork } from '../../tests/network/edge-network.ts';
import { startOnePortProxy } from '../../tests/network/one-port-proxy.ts';
import { buildBaselinePage } from '../baseline/build.ts';
import type { JoinOptions } from '../baseline/page/main.ts';
import { publishBaseline, warmUpBaseline } from './baseline-client.ts';

const ORIGIN = { name: 'origin', address: '203.0.113.20' };
const SERVER_URL = `https://${ORIGIN.address}`;
const ROOM = 'bench';
const BASELINE_PROGRAM = join(import.meta.dirname, '../baseline/electron-main.mjs');

/** One Cloud Proxy for each set of relays that is measured: what clients are told of, and no more. */
const PROXIES = {
  all: { name: 'all', address: '198.51.100.10', advertise: 'udp:443,tcp:443,tls:443' },
  tcp: { name: 'tcp', address: '198.51.101.10', advertise: 'tcp:443' },
  tls: { name: 'tls', address: '198.51.102.10', advertise: 'tls:443' },
};
export type ProxyName = keyof typeof PROXIES;

/** What the app asks its camera for; the baseline gets the same, so that both encode as much. */
export const CLIENT_MEDIA = {
  audio: true,
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
} satisfies MediaStreamConstraints;

/** The other participant costs this machine as little as it can. */
const SENDER_MEDIA = { audio: true, video: { width: 320, height: 240, frameRate: 15 } };

/** Passes of a benchmark last longer than any benchmark. */
const PASS_SECONDS = 86_400;

/**
 * Everything that both clients are measured in: a room server with a participant that sends moving
 * pictures, Cloud Proxies, a firewall, and behind it the app and the baseline, both on the same
 * runtime, with cameras on.
 */
export interface JoinSituation {
  network: EdgeNetwork;
  baseline: App;
  /** Each join of the baseline is a new participant. */
  baselineJoin(): JoinOptions;
  /** A fresh instance of the app, direct or through a proxy. */
  openApp(options: { mode: PreferredProtocol; proxy: ProxyName | undefined }): Promise<App>;
  close(): Promise<void>;
}

export async function openJoinSituation(proxies: readonly ProxyName[]): Promise<JoinSituation> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-'));
  const cleanUp: (() => Promise<unknown>)[] = [
    async () => await rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  ];
  const close = async (): Promise<void> => {
    for (const step of cleanUp.toReversed()) await step();
  };
  try {
    await buildBaselinePage();
    const authority = await TestAuthority.create(join(folder, 'authority'));
    const home = await makeTrustingHome(join(folder, 'home'), authority);
    const network = await EdgeNetwork.create({
      hosts: [ORIGIN, ...proxies.map((name) => PROXIES[name])],
      watched: [],
    });
    cleanUp.push(async () => await network.destroy());
    await startServers({ network, authority, folder, proxies });

    let launches = 0;
    const launch = async (namespace: string, options: object): Promise<App> => {
      launches += 1;
      const userData = join(folder, `app-${launches}`);
      const app = await launchApp({ userData, home, namespace, ...options });
      cleanUp.push(async () => await app.close());
      return app;
    };

    const sender = await launch(network.namespaces.systemName(ORIGIN.name), {
      program: BASELINE_PROGRAM,
    });
    await warmUpBaseline(sender.window, SENDER_MEDIA);
    await publishBaseline(sender.window, baselineJoin('sender', await passFor('sender')));

    const baseline = await launch(network.clientSystemName, { program: BASELINE_PROGRAM });
    const baselinePass = await passFor('baseline');
    let joins = 0;
    return {
      network,
      baseline,
      baselineJoin: () => baselineJoin(`baseline-${++joins}`, baselinePass),
      openApp: async ({ mode, proxy }) => {
        const link = formatMeetingLink({
          roomId: ROOM,
          serverUrl: SERVER_URL,
          token: await passFor('app'),
        });
        const viaProxy = proxy === undefined ? [] : [`--cloud-proxy=${PROXIES[proxy].address}`];
        const args = [`--join=${link}`, '--display-name=Measured', `--preferred-protocol=${mode}`];
        return await launch(network.clientSystemName, { args: [...args, ...viaProxy] });
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Site {
  network: EdgeNetwork;
  authority: TestAuthority;
  folder: string;
  proxies: readonly ProxyName[];
}

/** The room server and the proxies; they end with the network. */
async function startServers({ network, authority, folder, proxies }: Site): Promise<void> {
  const { namespaces } = network;
  const files = await authority.issue([ORIGIN.address]);
  await startRoomServer({
    inside: { namespaces, name: ORIGIN.name },
    flags: [
      ...[`--host=${ORIGIN.address}`, '--port=443', '--media-port=44444'],
      ...[`--tls-cert=${files.certificate}`, `--tls-key=${files.key}`],
    ],
  });
  for (const proxy of proxies) {
    const { name, address, advertise } = PROXIES[proxy];
    const own = join(folder, name);
    await mkdir(own);
    await startOnePortProxy({
      ...{ namespaces, name, address, folder: own },
      publicHosts: [address],
      origins: [SERVER_URL],
      peers: [ORIGIN.address],
      originCa: authority.certificatePath,
      ...(await authority.issue([address])),
      settings: { CAUSEWAY_PROXY_TURN_ADVERTISE: advertise },
    });
  }
}

function baselineJoin(peerId: string, token: string): JoinOptions {
  return { serverUrl: SERVER_URL.replace('https:', 'wss:'), roomId: ROOM, peerId, token };
}

async function passFor(who: string): Promise<string> {
  return await testToken({ room: ROOM, who, lifetimeSeconds: PASS_SECONDS });
}
