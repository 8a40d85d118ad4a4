import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { DiscoveryDocument } from '../../../src/shared/discovery.ts';
import { startRoomServer } from '../../fixtures/room-server.ts';
import { discover, eventually, startTestProxy } from './test-proxy.ts';
import type { TestProxy } from './test-proxy.ts';

/** A client sees the proxy alone: it tells what the room servers behind it can do. */

const open: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (one) => await one.close()));
});

async function proxyOf(...origin: string[]): Promise<TestProxy> {
  const proxy = await startTestProxy({ origin, turn: 'off' });
  open.push(proxy);
  return proxy;
}

async function featuresOf(proxy: TestProxy): Promise<string[]> {
  return DiscoveryDocument.parse((await discover(proxy)).body).features;
}

/** A room server of another make; answers its URL. */
async function otherServer(answer: RequestListener, port = 0): Promise<string> {
  const server: Server = createServer(answer).listen(port, '127.0.0.1');
  await once(server, 'listening');
  open.push({
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const document = (features: string[]): RequestListener => {
  return (_request, response) =>
    response.end(JSON.stringify({ version: 1, role: 'room', features }));
};

test('those of the real room server, but not what concerns the way to it', async () => {
  const room = await startRoomServer({ flags: ['--port=0', '--media-port=0'] });
  open.push({ close: async () => await room.stop() });
  expect(await featuresOf(await proxyOf(room.url))).toEqual([
    'token',
    'transport-migration',
    'peer-resume',
    'chat',
  ]);
});

test('of several room servers those that all have: a room may be on any', async () => {
  const newer = await otherServer(document(['token', 'chat', 'peer-resume', 'dev-token']));
  const older = await otherServer(document(['token', 'chat']));
  const plain = await otherServer((_request, response) => response.writeHead(404).end());
  expect(await featuresOf(await proxyOf(newer, older))).toEqual(['token', 'chat']);
  expect(await featuresOf(await proxyOf(newer, plain))).toEqual(['token']);
});

test.each<[string, RequestListener]>([
  ['is no JSON', (_request, response) => response.end('<html>')],
  ['is another document', (_request, response) => response.end('{"features":"chat"}')],
  ['is far too long', (_request, response) => response.end(' '.repeat(100_000))],
  ['has no end', (_request, response) => response.writeHead(200).write('{')],
  ['is an error', (_request, response) => response.writeHead(500).end()],
  ['never comes', () => undefined],
])('none when the answer %s, and within 3 s', async (_what, answer) => {
  const proxy = await proxyOf(await otherServer(answer));
  const startedAt = performance.now();
  expect(await featuresOf(proxy)).toEqual(['token']);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test('a room server that starts after the proxy is asked again', async () => {
  const url = await otherServer(() => undefined);
  await open.pop()?.close();
  const proxy = await proxyOf(url);
  expect(await featuresOf(proxy)).toEqual(['token']);
  await otherServer(document(['chat']), Number(new URL(url).port));
  await eventually('it is known', async () => (await featuresOf(proxy)).includes('chat'), 10_000);
});
