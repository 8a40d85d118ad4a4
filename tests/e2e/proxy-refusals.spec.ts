import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProxyConfigInput } from '../../server/proxy/options.ts';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import type { App } from '../fixtures/app.ts';
import {
  makeTrustingHome,
  selfSigned,
  TestAuthority,
  type CertificateFiles,
} from '../fixtures/certificates.ts';
import { expectRefusal } from '../fixtures/refusal.ts';
import { testToken } from '../fixtures/tokens.ts';
import { eventually, startTestProxy, type TestProxy } from '../integration/proxy/test-proxy.ts';
import { expect, test as base } from './fixtures.ts';

const ROOM = 'proxied';

interface Watched {
  port: number;
  /** Connections that came to it. */
  connections: number;
}

const test = base.extend<{
  /** Listens on loopback until the test ends; counts its connections. */
  listen: (server: Server) => Promise<Watched>;
  /** Stands where the room server would: nobody may come to it past the proxy. */
  roomServer: Watched;
  startProxy: (config?: Partial<ProxyConfigInput>) => Promise<TestProxy>;
  /** Opens the app for a meeting at `roomServer`, through a Cloud Proxy. */
  openThrough: (
    cloudProxy: string,
    more?: { home?: string; args?: string[]; token?: string },
  ) => Promise<App>;
}>({
  listen: async ({}, use) => {
    const running: { server: Server; sockets: Set<Socket> }[] = [];
    await use(async (server) => {
      const sockets = new Set<Socket>();
      const watched = { port: 0, connections: 0 };
      server.on('connection', (socket) => {
        watched.connections += 1;
        sockets.add(socket);
        socket.on('error', () => undefined);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      running.push({ server, sockets });
      watched.port = (server.address() as AddressInfo).port;
      return watched;
    });
    for (const { server, sockets } of running) {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  },
  roomServer: async ({ listen }, use) => {
    const watched = await listen(createServer());
    await use(watched);
    expect(watched.connections, 'connections to the room server past the proxy').toBe(0);
  },
  startProxy: async ({ server }, use) => {
    const started: TestProxy[] = [];
    await use(async (config = {}) => {
      const proxy = await startTestProxy({ origin: [server.url], ...config });
      started.push(proxy);
      return proxy;
    });
    for (const proxy of started) await proxy.close();
  },
  openThrough: async ({ launch, roomServer }, use) => {
    await use(async (cloudProxy, { home, args = [], token } = {}) => {
      const link = formatMeetingLink({
        roomId: ROOM,
        serverUrl: `http://127.0.0.1:${roomServer.port}`,
        token: token ?? (await testToken({ room: ROOM })),
      });
      return await launch({
        args: ['--display-name=Ada', `--cloud-proxy=${cloudProxy}`, ...args, link],
        ...(home === undefined ? {} : { home }),
      });
    });
  },
});

/** Answers as any page may read it. */
function answer(status: number, body: string, type = 'application/json'): RequestListener {
  return (request, response) => {
    const isPreflight = request.method === 'OPTIONS';
    response.writeHead(isPreflight ? 204 : status, {
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'authorization',
      'content-type': type,
    });
    response.end(isPreflight ? undefined : body);
  };
}

test.describe('a Cloud Proxy whose certificate', () => {
  const cases: [
    string,
    RegExp,
    (authority: TestAuthority, folder: string) => Promise<CertificateFiles>,
  ][] = [
    [
      'has expired',
      /it has expired: renew it/,
      (authority) => authority.issue(['127.0.0.1'], { endsInDays: -1 }),
    ],
    [
      'is for another name',
      /issued for another name/,
      (authority) => authority.issue(['proxy.example.com']),
    ],
    [
      'vouches for itself',
      /issuer is not trusted/,
      (_authority, folder) => selfSigned(join(folder, 'self-signed'), ['127.0.0.1']),
    ],
  ];
  for (const [what, detail, make] of cases) {
    test(`${what}: told so, and nothing is sent to it`, async ({ openThrough, listen, folder }) => {
      const authority = await TestAuthority.create(join(folder, 'authority'));
      const home = await makeTrustingHome(join(folder, 'home'), authority);
      const { certificate, key } = await make(authority, folder);
      let requests = 0;
      const web = createTlsServer(
        { cert: await readFile(certificate), key: await readFile(key) },
        (_request, response) => {
          requests += 1;
          response.end();
        },
      );
      const { port } = await listen(web);
      const app = await openThrough(`https://127.0.0.1:${port}`, { home });
      await expectRefusal(app, 'TLS_UNTRUSTED', detail);
      expect(requests).toBe(0);
    });
  }
});

test.describe('a Cloud Proxy that', () => {
  test('is not there is told apart', async ({ openThrough }) => {
    const nobody = createServer().listen(0, '127.0.0.1');
    await once(nobody, 'listening');
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, 'close');
    const app = await openThrough(`http://127.0.0.1:${port}`);
    await expectRefusal(app, 'PROXY_UNREACHABLE', /the connection was refused/);
  });

  test('takes connections and says nothing is given up on', async ({ openThrough, listen }) => {
    const { port } = await listen(createServer());
    const app = await openThrough(`https://127.0.0.1:${port}`);
    await expectRefusal(app, 'PROXY_UNREACHABLE', /no discovery document in time/);
  });

  test('is some web page', async ({ openThrough, listen }) => {
    const page = createHttpServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<h1>Welcome</h1>');
    });
    const { port } = await listen(page);
    const app = await openThrough(`http://127.0.0.1:${port}`);
    await expectRefusal(app, 'PROXY_INVALID', /HTTP status 200/);
  });

  test('is a room server', async ({ openThrough, server }) => {
    await expectRefusal(await openThrough(server.url), 'PROXY_INVALID', /this is a room server/);
  });

  test('is behind an HTTP proxy that wants a password', async ({ openThrough, listen }) => {
    const httpProxy = createHttpServer((_request, response) => {
      response.writeHead(407, { 'proxy-authenticate': 'Basic realm="office"' }).end();
    });
    httpProxy.on('connect', (_request, socket) => {
      socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="office"\r\nContent-Length: 0\r\n\r\n',
      );
    });
    const watched = await listen(httpProxy);
    const app = await openThrough('https://proxy.example.com', {
      args: [`--proxy-server=http://127.0.0.1:${watched.port}`],
    });
    await expectRefusal(app, 'HTTP_PROXY_AUTH');
    expect(watched.connections).toBeGreaterThan(0);
  });

  test('restarts takes no newcomers', async ({ openThrough, startProxy }) => {
    const proxy = await startProxy({ drainSeconds: 0 });
    await proxy.drain();
    await expectRefusal(await openThrough(proxy.origin), 'SERVER_BUSY');
  });

  test('has lost its relay', async ({ openThrough, startProxy, folder }) => {
    const broken = join(folder, 'broken');
    const turnserver = join(folder, 'turnserver');
    await writeFile(turnserver, `#!/bin/sh\n[ -e '${broken}' ] && exit 1\nexec turnserver "$@"\n`);
    await chmod(turnserver, 0o755);
    const proxy = await startProxy({ turnserver });
    await writeFile(broken, '');
    process.kill(proxy.turn?.pid() ?? 0, 'SIGKILL');
    await eventually('the gateway knows', async () => {
      return (await fetch(`${proxy.origin}/healthz`)).status === 503;
    });
    await expectRefusal(await openThrough(proxy.origin), 'PROXY_RELAY_DOWN', /names no relay/);
    await rm(broken);
  });

  test('has a relay that hangs, of which it does not know yet', async ({
    openThrough,
    startProxy,
  }) => {
    const proxy = await startProxy();
    const app = await openThrough(proxy.origin);
    const pid = proxy.turn?.pid() ?? 0;
    process.kill(pid, 'SIGSTOP');
    await expectRefusal(app, 'PROXY_RELAY_DOWN', /answers for signaling, but no relay did/);
    process.kill(pid, 'SIGCONT');
  });

  test('leads to no room server', async ({ openThrough, startProxy, listen }) => {
    const { port } = await listen(createServer());
    const proxy = await startProxy({ origin: [`http://127.0.0.1:${port}`] });
    await expectRefusal(await openThrough(proxy.origin), 'SERVER_UNREACHABLE', /4502/);
  });
});

test.describe('a pass that', () => {
  const OTHER_SECRET = 'the secret of somebody else entirely';

  test('has expired', async ({ openThrough, startProxy }) => {
    const proxy = await startProxy();
    const token = await testToken({ room: ROOM, lifetimeSeconds: -60 });
    const app = await openThrough(proxy.origin, { token });
    await expectRefusal(app, 'TOKEN_EXPIRED');
    expect(await app.window.locator('body').innerText()).not.toContain(token);
    expect(app.output.join('\n')).not.toContain(token);
  });

  test('is for another meeting', async ({ openThrough, startProxy }) => {
    const proxy = await startProxy();
    const token = await testToken({ room: 'another' });
    await expectRefusal(await openThrough(proxy.origin, { token }), 'TOKEN_WRONG_ROOM');
  });

  test('the proxy takes and the room server refuses', async ({ openThrough, startProxy }) => {
    const proxy = await startProxy({ tokenSecret: OTHER_SECRET });
    const token = await testToken({ room: ROOM, secret: OTHER_SECRET });
    await expectRefusal(await openThrough(proxy.origin, { token }), 'TOKEN_INVALID', /4401/);
  });

  test('the room server would take and the proxy refuses', async ({ openThrough, startProxy }) => {
    const proxy = await startProxy({ tokenSecret: OTHER_SECRET });
    await expectRefusal(await openThrough(proxy.origin), 'TOKEN_INVALID', /HTTP status 401/);
  });
});

test.describe('a discovery document with', () => {
  const documentWith = (iceServers: unknown): string =>
    JSON.stringify({
      ...{ version: 1, role: 'proxy', features: ['token', 'relay-credentials'] },
      iceServers,
    });
  const relay = (...urls: string[]) => [{ urls, username: 'u', credential: 'c' }];

  for (const [what, body, detail] of [
    ['iceServers that are no list', documentWith('turn:127.0.0.1'), /malformed/],
    ['a relay without credentials', documentWith([{ urls: ['turn:127.0.0.1'] }]), /malformed/],
    ['a STUN server', documentWith(relay('stun:127.0.0.1')), /malformed/],
    ['a web address as relay', documentWith(relay('turn:127.0.0.1/../')), /cannot be read/],
    ['no JSON', 'turn:127.0.0.1', /not JSON/],
    ['70,000 characters', documentWith(relay(`turn:${'a'.repeat(70_000)}`)), /too long/],
  ] as const) {
    test(`${what} is refused`, async ({ openThrough, listen }) => {
      const { port } = await listen(createHttpServer(answer(200, body)));
      const app = await openThrough(`http://127.0.0.1:${port}`);
      await expectRefusal(app, 'PROXY_INVALID', detail);
    });
  }

  test('a relay on another host is refused, and that host gets no packet', async ({
    openThrough,
    listen,
  }) => {
    const elsewhere = createSocket('udp4');
    let packets = 0;
    elsewhere.on('message', () => (packets += 1));
    elsewhere.bind(0, '127.0.0.2');
    await once(elsewhere, 'listening');
    const { port: relayPort } = elsewhere.address();
    const body = documentWith(
      relay(`turn:127.0.0.1:${relayPort}`, `turn:127.0.0.2:${relayPort}?transport=udp`),
    );
    const { port } = await listen(createHttpServer(answer(200, body)));
    const app = await openThrough(`http://127.0.0.1:${port}`);
    await expectRefusal(app, 'PROXY_INVALID', /a relay on another host: 127\.0\.0\.2/);
    // Nothing announces a packet that does not come: a TURN client retransmits after 250 ms.
    await delay(1_000);
    expect(packets).toBe(0);
    elsewhere.close();
  });
});
