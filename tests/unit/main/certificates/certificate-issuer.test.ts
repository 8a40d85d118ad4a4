import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { certificateIssuer } from '../../../../src/main/certificates/certificate-issuer.ts';
import { CertificateWorkshop, opensslUnavailable, SERVER } from './chains.ts';

const unavailable = opensslUnavailable();
const HOST = '127.0.0.1';
const ADA = { user: 'ada', password: 'right' };

let workshop: CertificateWorkshop;
const servers: Server[] = [];
const received: string[] = [];
let secure: number;
let proxy: number;
let silent: number;

beforeEach(({ skip }) => skip(unavailable !== undefined, unavailable));
beforeAll(async () => {
  if (unavailable !== undefined) return;
  workshop = new CertificateWorkshop();
  const root = workshop.make({ name: 'Company inspection CA' });
  const own = workshop.make({ name: 'x', issuer: root, extensions: SERVER });
  secure = await listen(
    createTlsServer({ cert: own.pem, key: readFileSync(own.paths.key) }, (socket) => {
      socket.setEncoding('utf8').on('data', (text: string) => received.push(text));
      socket.on('error', () => undefined);
    }),
  );
  silent = await listen(createServer());
  const httpProxy = createHttpServer();
  httpProxy.on('connect', (request, socket) => {
    socket.on('error', () => undefined);
    const isAda =
      request.headers['proxy-authorization'] ===
      `Basic ${Buffer.from('ada:right').toString('base64')}`;
    if (!isAda) {
      socket.end('HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const upstream = connect(secure, HOST, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => undefined);
  });
  proxy = await listen(httpProxy);
});
afterAll(() => {
  for (const server of servers) server.close();
  if (unavailable === undefined) workshop.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return (server.address() as AddressInfo).port;
}

const direct = { host: HOST, proxy: undefined, credentials: undefined };

test('is read from the server itself, and nothing is sent to it', async () => {
  expect(await certificateIssuer({ ...direct, port: secure })).toBe('Company inspection CA');
  expect(received).toEqual([]);
});

test('is read through an HTTP proxy, with its password', async () => {
  const through = { kind: 'http' as const, host: HOST, port: proxy };
  const place = { host: 'proxy.example.com', port: 443, proxy: through };
  expect(await certificateIssuer({ ...place, credentials: ADA })).toBe('Company inspection CA');
  expect(await certificateIssuer({ ...place, credentials: undefined })).toBeUndefined();
});

test.each([
  ['nothing listens', () => 1],
  ['nothing answers', () => silent],
  ['no TLS is spoken', () => proxy],
])('is unknown where %s', async (_where, port) => {
  const startedAt = performance.now();
  expect(await certificateIssuer({ ...direct, port: port() })).toBeUndefined();
  expect(performance.now() - startedAt).toBeLessThan(3000);
});
