import { readFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { selfSigned } from '../fixtures/certificates.ts';
import { expect, test, type Launched } from './runtime.ts';

const listen = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

interface Wanted {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  redirect?: 'manual' | 'follow' | 'error';
  timeoutMs?: number;
}

/** net.fetch in the main process: what came, or the error's message. */
const fetchInMain = ({ app }: Launched, url: string, { timeoutMs, ...init }: Wanted = {}) =>
  app.evaluate(
    async ({ net }, [target, options, timeout]) => {
      try {
        const response = await net.fetch(target, {
          ...options,
          ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout) }),
        });
        return {
          status: response.status,
          type: response.headers.get('content-type'),
          text: await response.text(),
        };
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
    },
    [url, init, timeoutMs] as const,
  );

test.describe('net.fetch', () => {
  const received: { method: string; url: string; header: string; body: string }[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, header: String(headers['x-test']), body });
      if (url === '/redirect') response.writeHead(302, { location: '/target' }).end();
      else if (url === '/never') return;
      else if (url === '/empty') response.writeHead(204).end();
      else if (url === '/forbidden') response.writeHead(403).end('no');
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
  });
  let origin = '';

  test.beforeAll(async () => {
    origin = `http://127.0.0.1:${await listen(server)}`;
  });
  test.afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  test.beforeEach(() => {
    received.length = 0;
  });

  test('brings status, headers and body', async ({ launched }) => {
    expect(await fetchInMain(launched, `${origin}/json`)).toEqual({
      status: 200,
      type: 'application/json',
      text: '{"ok":true}',
    });
    expect(await fetchInMain(launched, `${origin}/forbidden`)).toMatchObject({
      status: 403,
      text: 'no',
    });
    expect(await fetchInMain(launched, `${origin}/empty`)).toMatchObject({ status: 204, text: '' });
  });

  test('sends method, headers and body, with no question to the server before', async ({
    launched,
  }) => {
    await fetchInMain(launched, `${origin}/put`, {
      method: 'PUT',
      headers: { 'X-Test': 'yes', Authorization: 'Bearer none' },
      body: 'ünï',
    });
    expect(received).toEqual([{ method: 'PUT', url: '/put', header: 'yes', body: 'ünï' }]);
  });

  test('follows a redirect, or refuses it when told to', async ({ launched }) => {
    expect(await fetchInMain(launched, `${origin}/redirect`)).toMatchObject({ status: 200 });
    expect(received.map(({ url }) => url)).toEqual(['/redirect', '/target']);
    received.length = 0;
    const refused = await fetchInMain(launched, `${origin}/redirect`, { redirect: 'manual' });
    expect(refused).toMatch(/redirect was cancelled/i);
    expect(received.map(({ url }) => url)).toEqual(['/redirect']);
  });

  test('ends when its signal says so', async ({ launched }) => {
    const outcome = await fetchInMain(launched, `${origin}/never`, { timeoutMs: 300 });
    expect(outcome).toMatch(/TimeoutError|AbortError/);
  });

  test("reaches the app's own scheme by its handler", async ({ launched }) => {
    expect(await fetchInMain(launched, 'app://fixture/start.js')).toMatchObject({ status: 200 });
  });

  test("names the network's errors as Chromium does", async ({ launched }) => {
    const unused = createTcpServer();
    const closedPort = await listen(unused);
    unused.close();
    expect(await fetchInMain(launched, `http://127.0.0.1:${closedPort}/`)).toContain(
      'net::ERR_CONNECTION_REFUSED',
    );
    expect(await fetchInMain(launched, 'http://nowhere.invalid/')).toContain(
      'net::ERR_NAME_NOT_RESOLVED',
    );
  });

  test('names what is wrong with a certificate', async ({ launched, userData }) => {
    const files = await selfSigned(userData, ['localhost', '127.0.0.1']);
    const [cert, key] = await Promise.all([readFile(files.certificate), readFile(files.key)]);
    const secure = createHttpsServer({ cert, key }, (_request, response) => response.end('secret'));
    const port = await listen(secure);
    expect(await fetchInMain(launched, `https://127.0.0.1:${port}/`)).toContain(
      'net::ERR_CERT_AUTHORITY_INVALID',
    );
    secure.close();
  });
});
