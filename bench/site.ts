import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatMeetingLink } from '../src/shared/meeting-link.ts';
import type { PreferredProtocol } from '../src/shared/protocol.ts';
import { launchApp } from '../tests/fixtures/app.ts';
import type { App } from '../tests/fixtures/app.ts';
import { makeTrustingHome, TestAuthority } from '../tests/fixtures/certificates.ts';
import { startRoomServer } from '../tests/fixtures/room-server.ts';
import type { RoomServerProcess } from '../tests/fixtures/room-server.ts';
import { testToken } from '../tests/fixtures/tokens.ts';
import { EdgeNetwork } from '../tests/network/edge-network.ts';
import { startOnePortProxy } from '../tests/network/one-port-proxy.ts';
import type { JoinOptions } from './baseline/page/main.ts';
import { buildPage } from './build-page.ts';
import type { BenchPage } from './build-page.ts';

export const ORIGIN = { name: 'origin', address: '203.0.113.20' };
export const SIGNALING_PORT = 443;
export const MEDIA_PORT = 44_444;
export const SERVER_URL = `https://${ORIGIN.address}`;
export const ROOM = 'bench';
const PAGE_PROGRAM = join(import.meta.dirname, 'page-window.mjs');

/** Cloud Proxies, each with the relays that clients are told of, and no more. */
export const PROXIES = {
  all: { name: 'all', address: '198.51.100.10', advertise: 'udp:443,tcp:443,tls:443' },
  tcp: { name: 'tcp', address: '198.51.101.10', advertise: 'tcp:443' },
  tls: { name: 'tls', address: '198.51.102.10', advertise: 'tls:443' },
  second: { name: 'second', address: '192.0.2.10', advertise: 'udp:443,tcp:443,tls:443' },
};
export type ProxyName = keyof typeof PROXIES;

/** What the app asks its camera for; the baseline gets the same, so that both encode as much. */
export const CLIENT_MEDIA = {
  audio: true,
  video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
} satisfies MediaStreamConstraints;

/** Passes of a benchmark last longer than any benchmark. */
const PASS_SECONDS = 86_400;

export interface AppOptions {
  mode: PreferredProtocol;
  /** Cloud Proxies in the order of the list; none: directly to the room server. */
  proxies: readonly ProxyName[];
}

/**
 * A room server and Cloud Proxies on the open side of a firewall, and clients on either side of it,
 * all on the same runtime.
 */
export class BenchSite {
  readonly network: EdgeNetwork;
  readonly #folder: string;
  readonly #authority: TestAuthority;
  readonly #home: string;
  readonly #apps = new Set<App>();
  #server: RoomServerProcess | undefined;
  #launches = 0;

  private constructor(
    folder: string,
    authority: TestAuthority,
    home: string,
    network: EdgeNetwork,
  ) {
    this.#folder = folder;
    this.#authority = authority;
    this.#home = home;
    this.network = network;
  }

  static async open(
    proxies: readonly ProxyName[],
    pages: readonly BenchPage[],
  ): Promise<BenchSite> {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-'));
    let site: BenchSite | undefined;
    try {
      for (const page of pages) await buildPage(page);
      const authority = await TestAuthority.create(join(folder, 'authority'));
      const home = await makeTrustingHome(join(folder, 'home'), authority);
      const network = await EdgeNetwork.create({
        hosts: [ORIGIN, ...proxies.map((name) => PROXIES[name])],
        watched: [],
      });
      site = new BenchSite(folder, authority, home, network);
      await site.#issueServerCertificate();
      await site.startServer();
      for (const proxy of proxies) await site.#startProxy(proxy);
      return site;
    } catch (error) {
      await site?.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      throw error;
    }
  }

  /** Pid of the room server's process. */
  get serverPid(): number {
    if (!this.#server) throw new Error('the room server is not running');
    return this.#server.pid;
  }

  /** The certificate of the test's authority, PEM: for programs that ask the servers. */
  get authorityCertificate(): string {
    return this.#authority.certificatePath;
  }

  /** Starts the room server on the ports it always has; resolves once it listens. */
  async startServer(): Promise<void> {
    const base = join(this.#folder, 'authority', ORIGIN.address);
    this.#server = await startRoomServer({
      inside: { namespaces: this.network.namespaces, name: ORIGIN.name },
      flags: [
        ...[`--host=${ORIGIN.address}`, `--port=${SIGNALING_PORT}`, `--media-port=${MEDIA_PORT}`],
        ...[`--tls-cert=${base}.pem`, `--tls-key=${base}.key`],
      ],
    });
  }

  async stopServer(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  /** The app behind the firewall, at its join screen. */
  async openApp({ mode, proxies }: AppOptions): Promise<App> {
    const link = formatMeetingLink({
      roomId: ROOM,
      serverUrl: SERVER_URL,
      token: await passFor('app'),
    });
    const addresses = proxies.map((name) => PROXIES[name].address);
    return await this.#launch(this.network.clientSystemName, {
      args: [
        ...[`--join=${link}`, '--display-name=Measured', `--preferred-protocol=${mode}`],
        ...(addresses.length > 0 ? [`--cloud-proxy=${addresses.join(',')}`] : []),
      ],
    });
  }

  /** A page of the benchmarks, behind the firewall or beside the room server. */
  async openPage(page: BenchPage, where: 'client' | 'origin'): Promise<App> {
    const { clientSystemName, namespaces } = this.network;
    return await this.#launch(
      where === 'client' ? clientSystemName : namespaces.systemName(ORIGIN.name),
      { program: PAGE_PROGRAM, args: [`--bench-page=${page}`] },
    );
  }

  async close(): Promise<void> {
    for (const app of this.#apps) await app.close();
    await this.network.destroy();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #launch(
    namespace: string,
    options: { program?: string; args: readonly string[] },
  ): Promise<App> {
    this.#launches += 1;
    const app = await launchApp({
      userData: join(this.#folder, `app-${this.#launches}`),
      home: this.#home,
      namespace,
      ...options,
      args: [...options.args],
    });
    this.#apps.add(app);
    return app;
  }

  async #issueServerCertificate(): Promise<void> {
    await this.#authority.issue([ORIGIN.address]);
  }

  async #startProxy(proxy: ProxyName): Promise<void> {
    const { name, address, advertise } = PROXIES[proxy];
    const folder = join(this.#folder, name);
    await mkdir(folder);
    await startOnePortProxy({
      ...{ namespaces: this.network.namespaces, name, address, folder },
      publicHosts: [address],
      origins: [SERVER_URL],
      peers: [ORIGIN.address],
      originCa: this.authorityCertificate,
      ...(await this.#authority.issue([address])),
      settings: { CAUSEWAY_PROXY_TURN_ADVERTISE: advertise },
    });
  }
}

/** A join of one of the benchmarks' own pages, straight to the room server. */
export function pageJoin(peerId: string, token: string): JoinOptions {
  return { serverUrl: SERVER_URL.replace('https:', 'wss:'), roomId: ROOM, peerId, token };
}

export async function passFor(who: string): Promise<string> {
  return await testToken({ room: ROOM, who, lifetimeSeconds: PASS_SECONDS });
}
