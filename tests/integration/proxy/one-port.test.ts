import { chromium } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeTrustingHome, TestAuthority } from '../../fixtures/certificates.ts';
import { startRoomServer } from '../../fixtures/room-server.ts';
import type { RoomServerProcess } from '../../fixtures/room-server.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { CLIENT, EdgeNetwork } from '../../network/edge-network.ts';
import { browserInNamespace } from '../../network/launch-in-namespace.ts';
import { namespacesUnavailable } from '../../network/namespaces.ts';
import { startOnePortProxy } from '../../network/one-port-proxy.ts';
import type { OnePortProxy } from '../../network/one-port-proxy.ts';
import { onlyTcp, OPEN, udpPortBlocked } from '../../network/policies.ts';
import { findChromium } from '../../../tools/electron-on-chromium/chromium/find-chromium.ts';
import { OnePortReport } from './one-port-client.ts';
import { eventually } from './test-proxy.ts';

const NGINX = '/usr/sbin/nginx';
const unavailable =
  namespacesUnavailable() ??
  (existsSync(NGINX) ? undefined : `${NGINX} is not installed`) ??
  whyNoChromium();

function whyNoChromium(): string | undefined {
  try {
    findChromium();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What Node itself does to run a TypeScript file, for a browser. */
const PAGE_SCRIPT = stripTypeScriptTypes(
  readFileSync(join(import.meta.dirname, 'page/gather.ts'), 'utf8'),
);

const PROXY = { name: 'proxy', address: '198.51.100.10' };
const ROOM = { name: 'room', address: '203.0.113.20' };
const NAME = 'proxy.example.com';

/** The files of deploy/ behind a firewall: what IT sets up is what is tested. */
describe('everything on port 443, with nginx and nftables of deploy/', () => {
  let folder = '';
  let network: EdgeNetwork;
  let room: RoomServerProcess;
  let proxy: OnePortProxy;
  let browser: Browser;
  let ca = '';

  beforeEach(({ skip }) => {
    skip(Boolean(unavailable), unavailable);
  });
  beforeAll(async () => {
    if (unavailable) return;
    folder = await mkdtemp(join(tmpdir(), 'causeway-one-port-'));
    const authority = await TestAuthority.create(join(folder, 'authority'));
    ca = readFileSync(authority.certificatePath, 'utf8');
    const proxyFiles = await authority.issue([NAME, PROXY.address]);
    const roomFiles = await authority.issue([ROOM.address]);
    const home = await makeTrustingHome(join(folder, 'home'), authority);
    network = await EdgeNetwork.create({
      hosts: [{ ...PROXY, dnsNames: [NAME] }, ROOM],
      watched: [],
    });
    room = await startRoomServer({
      inside: { namespaces: network.namespaces, name: ROOM.name },
      flags: [
        ...[`--host=${ROOM.address}`, '--port=443', '--media-port=44444'],
        ...[`--tls-cert=${roomFiles.certificate}`, `--tls-key=${roomFiles.key}`],
      ],
    });
    proxy = await startOnePortProxy({
      namespaces: network.namespaces,
      name: PROXY.name,
      address: PROXY.address,
      publicHosts: [NAME, PROXY.address],
      origins: [`https://${ROOM.address}`],
      peers: [ROOM.address],
      certificate: proxyFiles.certificate,
      key: proxyFiles.key,
      originCa: authority.certificatePath,
      folder,
    });
    browser = await chromium.launch({
      executablePath: browserInNamespace(
        folder,
        network.namespaces.systemName(CLIENT),
        findChromium(),
      ),
      env: { ...process.env, HOME: home },
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
    });
  });
  afterAll(async () => {
    if (unavailable) return;
    await browser.close();
    await room.stop();
    await network.destroy();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function report(host: string): Promise<OnePortReport> {
    const task = {
      host,
      ca,
      room: 'demo',
      token: await testToken({ room: 'demo' }),
      allowed: ROOM.address,
      denied: PROXY.address,
    };
    const { stdout } = await network.namespaces.exec(
      CLIENT,
      [process.execPath, join(import.meta.dirname, 'one-port-client.ts'), JSON.stringify(task)],
      { timeoutMs: 40_000 },
    );
    return OnePortReport.parse(JSON.parse(stdout));
  }

  const urlsOf = (host: string) => [
    `turn:${host}:443?transport=udp`,
    `turn:${host}:443?transport=tcp`,
    `turns:${host}:443?transport=tcp`,
  ];

  test.each([NAME, PROXY.address])(
    'discovery, signaling and all three forms of TURN, reached as %s',
    async (host) => {
      await network.setPolicy(OPEN);
      const { urls, relays, codecs } = await report(host);
      expect(urls).toEqual(urlsOf(host));
      expect(relays).toEqual(Object.fromEntries(urls.map((url) => [url, 'relayed, 403'])));
      expect(codecs).toContain('audio/opus');
    },
  );

  test('only TCP 443 open: everything but TURN over UDP', async () => {
    await network.setPolicy(onlyTcp(443));
    const { relays, codecs } = await report(NAME);
    const [udp = '', tcp = '', tls = ''] = urlsOf(NAME);
    expect(relays[udp]).toMatch(/^failed: no answer/);
    expect(relays[tcp]).toBe('relayed, 403');
    expect(relays[tls]).toBe('relayed, 403');
    expect(codecs).toContain('audio/opus');
  });

  test('the gateway and coturn see the client’s address, not nginx’s', async () => {
    await network.setPolicy(OPEN);
    const token = await testToken({ room: 'demo', secret: 'x'.repeat(40) });
    await network.namespaces.exec(CLIENT, [
      process.execPath,
      '--input-type=module',
      '-e',
      `import { WebSocket } from ${JSON.stringify(import.meta.resolve('ws'))};
       const socket = new WebSocket('wss://${NAME}/?roomId=demo&peerId=p', ['protoo', 'causeway.token.${token}'],
         { ca: ${JSON.stringify(ca)}, ALPNProtocols: ['http/1.1'] });
       socket.on('close', (code) => { if (code !== 4401) process.exitCode = 1; });`,
    ]);
    expect(proxy.said.join('\n')).toMatch(/"address":"10\.10\.0\.2".*signaling refused/);
  });

  async function openPage(host: string): Promise<Page> {
    const page = await browser.newPage();
    // Served by the gateway itself: a secure page of its origin, where scripts can be run.
    await page.goto(`https://${host}/healthz`);
    await page.addScriptTag({ content: PAGE_SCRIPT });
    return page;
  }

  describe('a real browser', () => {
    async function gather(page: Page, host: string, count: number): Promise<unknown> {
      const task = JSON.stringify({ host, token: await testToken({ room: 'demo' }), count });
      return await page.evaluate(`gatherThroughProxy(${task})`);
    }

    test.each([NAME, PROXY.address])(
      'gets signaling and a relay candidate of each kind, reached as %s',
      async (host) => {
        await network.setPolicy(OPEN);
        const page = await openPage(host);
        expect(await gather(page, host, 3)).toEqual({
          socket: 'open, protoo',
          urls: urlsOf(host).toSorted(),
        });
        await page.close();
      },
    );

    test('UDP 443 closed: TURN over TCP and TLS are left', async () => {
      await network.setPolicy(udpPortBlocked(443));
      const page = await openPage(NAME);
      expect(await gather(page, NAME, 2)).toEqual({
        socket: 'open, protoo',
        urls: urlsOf(NAME).slice(1).toSorted(),
      });
      await page.close();
    });
  });

  test('nginx reloads without ending a call', async () => {
    await network.setPolicy(OPEN);
    const page = await openPage(NAME);
    const task = JSON.stringify({ host: NAME, token: await testToken({ room: 'demo' }) });
    await page.evaluate(`stayConnected(${task}).then((state) => { globalThis.state = state; })`);
    process.kill(proxy.nginxPid, 'SIGHUP');
    await eventually('new workers', () => proxy.nginxSaid.join('\n').includes('gracefully'));
    // The new workers serve newcomers, the old ones their connections.
    expect((await report(NAME)).relays[urlsOf(NAME)[2] ?? '']).toBe('relayed, 403');
    expect(await page.evaluate('state()')).toBe(1);
    await page.close();
  });

  test('the proxy is healthy after all that', async () => {
    expect(await proxy.health()).toEqual({ status: 'ok', relay: 'up' });
  });
});
