import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import { launchApp } from '../../tests/fixtures/app.ts';
import type { App } from '../../tests/fixtures/app.ts';
import { makeTrustingHome, TestAuthority } from '../../tests/fixtures/certificates.ts';
import { startRoomServer } from '../../tests/fixtures/room-server.ts';
import { testToken } from '../../tests/fixtures/tokens.ts';
import { EdgeNetwork } from '../../tests/network/edge-network.ts';
import { buildBaselinePage } from '../baseline/build.ts';
import type { JoinOptions } from '../baseline/page/main.ts';
import { publishBaseline, warmUpBaseline } from './baseline-client.ts';

const ORIGIN = { name: 'origin', address: '198.51.100.10' };
const SERVER_URL = `https://${ORIGIN.address}:4443`;
const ROOM = 'bench';
const BASELINE_PROGRAM = join(import.meta.dirname, '../baseline/electron-main.mjs');

/** What the app asks its camera for; the baseline gets the same, so that both encode as much. */
const CLIENT_MEDIA = {
  audio: true,
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
} satisfies MediaStreamConstraints;

/** The other participant costs this machine as little as it can. */
const SENDER_MEDIA = { audio: true, video: { width: 640, height: 480 } };

/**
 * Everything that both clients are measured in: a room server with a participant that sends moving
 * pictures, a firewall, and behind it the app and the baseline, both on the same runtime, with
 * cameras on.
 */
export interface JoinSituation {
  network: EdgeNetwork;
  app: App;
  baseline: App;
  /** Each join of the baseline is a new participant. */
  baselineJoin(): JoinOptions;
  close(): Promise<void>;
}

export async function openJoinSituation(): Promise<JoinSituation> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-'));
  const cleanUp: (() => Promise<unknown>)[] = [
    async () => await rm(folder, { recursive: true, force: true }),
  ];
  const close = async (): Promise<void> => {
    for (const step of cleanUp.toReversed()) await step();
  };
  try {
    await buildBaselinePage();
    const authority = await TestAuthority.create(join(folder, 'authority'));
    const certificate = await authority.issue([ORIGIN.address]);
    const home = await makeTrustingHome(join(folder, 'home'), authority);
    const network = await EdgeNetwork.create({ hosts: [ORIGIN], watched: [] });
    cleanUp.push(async () => await network.destroy());

    const server = await startRoomServer({
      inside: { namespaces: network.namespaces, name: ORIGIN.name },
      flags: [
        ...[`--host=${ORIGIN.address}`, '--port=4443', '--media-port=44444'],
        ...[`--tls-cert=${certificate.certificate}`, `--tls-key=${certificate.key}`],
        '--log-level=info',
      ],
    });
    cleanUp.push(async () => await server.stop());

    const launch = async (name: string, namespace: string, options: object): Promise<App> => {
      const app = await launchApp({
        userData: join(folder, name),
        home,
        namespace,
        ...options,
      });
      cleanUp.push(async () => await app.close());
      return app;
    };
    const baselineJoinAs = async (peerId: string): Promise<JoinOptions> => ({
      serverUrl: SERVER_URL.replace('https:', 'wss:'),
      roomId: ROOM,
      peerId,
      token: await testToken({ room: ROOM, who: peerId, lifetimeSeconds: 86_400 }),
    });

    const sender = await launch('sender', network.namespaces.systemName(ORIGIN.name), {
      program: BASELINE_PROGRAM,
    });
    await warmUpBaseline(sender.window, SENDER_MEDIA);
    await publishBaseline(sender.window, await baselineJoinAs('sender'));

    const baseline = await launch('baseline', network.clientSystemName, {
      program: BASELINE_PROGRAM,
    });
    await warmUpBaseline(baseline.window, CLIENT_MEDIA);
    const { token = '' } = await baselineJoinAs('app');
    const link = formatMeetingLink({ roomId: ROOM, serverUrl: SERVER_URL, token });
    const app = await launch('app', network.clientSystemName, {
      args: [`--join=${link}`, '--display-name=Measured'],
    });

    const { token: baselineToken = '' } = await baselineJoinAs('baseline');
    let joins = 0;
    return {
      network,
      app,
      baseline,
      baselineJoin: () => ({
        serverUrl: SERVER_URL.replace('https:', 'wss:'),
        roomId: ROOM,
        peerId: `baseline-${++joins}`,
        token: baselineToken,
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
