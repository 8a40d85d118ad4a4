import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { TestAuthority } from '../fixtures/certificates.ts';
import { expect, test, type Launched } from './runtime.ts';

const PASSWORD = 'correct horse';

/** An HTTP proxy that carries everything to one place, whatever it is asked for. */
class TestProxy {
  readonly asked: string[] = [];
  /** Undefined: anybody may. */
  password: string | undefined;
  target = 0;
  port = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      if (this.#refuses(request.headers['proxy-authorization'])) {
        response.writeHead(407, { 'proxy-authenticate': 'Basic realm="test"' }).end();
        return;
      }
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('by the proxy');
    });
    this.#server.on('connect', (request, socket) => {
      this.asked.push(`CONNECT ${request.url}`);
      socket.on('error', () => socket.destroy());
      if (this.#refuses(request.headers['proxy-authorization'])) {
        socket.end(
          'HTTP/1.1 407 Who\r\nproxy-authenticate: Basic realm="test"\r\ncontent-length: 0\r\n\r\n',
        );
        return;
      }
      const upstream = connect(this.target, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(upstream).pipe(socket);
      });
      upstream.on('error', () => socket.destroy());
    });
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.port = (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #refuses(header: string | undefined): boolean {
    const expected = `Basic ${Buffer.from(`ada:${this.password}`).toString('base64')}`;
    return this.password !== undefined && header !== expected;
  }
}

function pageFetch({ page }: Launched, url: string): Promise<string> {
  return page.evaluate(
    (target) =>
      fetch(target, { cache: 'no-store' }).then(
        (response) => response.text(),
        () => 'failed',
      ),
    url,
  );
}

function mainFetch({ app }: Launched, url: string): Promise<string> {
  return app.evaluate(
    ({ net }, target) =>
      net.fetch(target, { cache: 'no-store' }).then(
        (response) => `status ${response.status}`,
        (error: unknown) => String(error),
      ),
    url,
  );
}

function setProxy({ app }: Launched, config: Electron.ProxyConfig): Promise<void> {
  return app.evaluate(async ({ session }, given) => {
    await session.defaultSession.setProxy(given);
    await session.defaultSession.closeAllConnections();
  }, config);
}

function resolveProxy({ app }: Launched, url: string): Promise<string> {
  return app.evaluate(({ session }, target) => session.defaultSession.resolveProxy(target), url);
}

test.describe('an HTTP proxy', () => {
  let proxy: TestProxy;
  let pac: Server;
  let pacUrl: string;

  test.beforeEach(async () => {
    proxy = new TestProxy();
    await proxy.listen();
    pac = createServer((_request, response) =>
      response.end(`function FindProxyForURL(url, host) {
        return shExpMatch(host, '*.direct.test') ? 'DIRECT' : 'PROXY 127.0.0.1:${proxy.port}';
      }`),
    );
    await new Promise<void>((resolve) => pac.listen(0, '127.0.0.1', resolve));
    pacUrl = `http://127.0.0.1:${(pac.address() as AddressInfo).port}/proxy.pac`;
  });
  test.afterEach(async ({ launched }) => {
    await setProxy(launched, { mode: 'system' });
    proxy.close();
    pac.close();
    pac.closeAllConnections();
  });

  test('is set and taken back while the app runs', async ({ launched }) => {
    const rules = { mode: 'fixed_servers', proxyRules: `127.0.0.1:${proxy.port}` } as const;
    await setProxy(launched, rules);
    expect(await pageFetch(launched, 'http://far.test/a')).toBe('by the proxy');
    expect(await mainFetch(launched, 'http://far.test/b')).toBe('status 200');
    expect(await resolveProxy(launched, 'https://far.test:3478')).toBe(
      `PROXY 127.0.0.1:${proxy.port}`,
    );
    expect(proxy.asked).toEqual(['GET http://far.test/a', 'GET http://far.test/b']);
    await setProxy(launched, { mode: 'direct' });
    expect(await mainFetch(launched, 'http://far.test/c')).toContain('ERR_NAME_NOT_RESOLVED');
    expect(await resolveProxy(launched, 'https://far.test')).toBe('DIRECT');
    expect(proxy.asked).toHaveLength(2);
  });

  test('is asked for WebSockets and for a relay over TCP, by name', async ({ launched }) => {
    await setProxy(launched, {
      mode: 'fixed_servers',
      proxyRules: `127.0.0.1:${proxy.port}`,
    });
    await launched.page.evaluate(async () => {
      await new Promise((resolve) => {
        new WebSocket('ws://signal.test/x').onerror = resolve;
      });
      const connection = new RTCPeerConnection({
        iceTransportPolicy: 'relay',
        iceServers: [
          {
            urls: ['turn:turn.test:3478?transport=tcp', 'turns:turn.test:5349?transport=tcp'],
            username: 'u',
            credential: 'c',
          },
        ],
      });
      connection.createDataChannel('x');
      const gathered = new Promise<void>((resolve) => {
        connection.onicegatheringstatechange = () => {
          if (connection.iceGatheringState === 'complete') resolve();
        };
      });
      await connection.setLocalDescription(await connection.createOffer());
      await gathered;
      connection.close();
    });
    expect(new Set(proxy.asked)).toEqual(
      new Set(['CONNECT signal.test:80', 'CONNECT turn.test:3478', 'CONNECT turn.test:5349']),
    );
  });

  test('follows a PAC script, and never goes on without one that does not come', async ({
    launched,
  }) => {
    await setProxy(launched, { mode: 'pac_script', pacScript: pacUrl });
    expect(await resolveProxy(launched, 'https://a.far.test')).toBe(
      `PROXY 127.0.0.1:${proxy.port}`,
    );
    expect(await resolveProxy(launched, 'https://a.direct.test')).toBe('DIRECT');
    expect(await pageFetch(launched, 'http://far.test/')).toBe('by the proxy');
    expect(await mainFetch(launched, 'http://a.direct.test/')).toContain('ERR_NAME_NOT_RESOLVED');
    await setProxy(launched, { mode: 'pac_script', pacScript: 'http://127.0.0.1:9/none.pac' });
    expect(await mainFetch(launched, 'http://far.test/')).toContain(
      'ERR_MANDATORY_PROXY_CONFIGURATION_FAILED',
    );
  });

  test('asks the app for a password, as often as it is wrong', async ({ launched }) => {
    proxy.password = PASSWORD;
    await setProxy(launched, { mode: 'fixed_servers', proxyRules: `127.0.0.1:${proxy.port}` });
    expect(await pageFetch(launched, 'http://far.test/unasked')).not.toBe('by the proxy');
    const asked = await launched.app.evaluateHandle(({ app }, right) => {
      const seen: { isProxy: boolean; host: string; realm: string; first: boolean }[] = [];
      app.on('login', (event, _contents, details, info, callback) => {
        event.preventDefault();
        const { isProxy, host, realm } = info;
        seen.push({ isProxy, host, realm, first: details.firstAuthAttempt });
        callback('ada', seen.length === 1 ? 'wrong' : right);
      });
      return seen;
    }, PASSWORD);
    expect(await pageFetch(launched, 'http://far.test/asked')).toBe('by the proxy');
    const info = { isProxy: true, host: '127.0.0.1', realm: 'test' };
    expect(await asked.jsonValue()).toEqual([
      { ...info, first: true },
      { ...info, first: false },
    ]);
    await launched.app.evaluate(({ app }) => {
      app.removeAllListeners('login');
    });
    // What was right once is known to the whole session.
    expect(await mainFetch(launched, 'http://far.test/again')).toBe('status 200');
  });
});

test('an authority that the app adds is trusted, and only by the app', async ({
  launch,
  userData,
}) => {
  const authority = await TestAuthority.create(`${userData}/authority`);
  const files = await authority.issue(['localhost', '127.0.0.1']);
  const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
  const server = createHttpsServer({ cert, key }, (_request, response) => response.end('secret'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const untrusting = await launch();
  expect(await mainFetch(untrusting, url)).toContain('ERR_CERT_AUTHORITY_INVALID');
  await untrusting.app.evaluate(
    ({ session }, pem) => {
      const tls = process.getBuiltinModule('node:tls');
      tls.setDefaultCACertificates([...tls.getCACertificates('default'), pem]);
      session.defaultSession.setCertificateVerifyProc((request, callback) => {
        callback(request.certificate.issuerName === 'Causeway test authority' ? 0 : -3);
      });
    },
    await readFile(authority.certificatePath, 'utf8'),
  );
  const other = url.replace('127.0.0.1', 'localhost');
  expect(await mainFetch(untrusting, other)).toBe('status 200');
  server.close();
  server.closeAllConnections();
});
