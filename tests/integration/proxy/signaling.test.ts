import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { Origins } from '../../../server/proxy/signaling/origins.ts';
import { testToken } from '../../fixtures/tokens.ts';
import {
  closeOf,
  connectThrough,
  eventually,
  nextMessage,
  openSignaling,
  startTestOrigin,
  startTestProxy,
} from './test-proxy.ts';
import type { TestOrigin, TestProxy } from './test-proxy.ts';

describe('signaling through the proxy', () => {
  let origin: TestOrigin;
  let proxy: TestProxy;
  beforeAll(async () => {
    origin = await startTestOrigin();
    proxy = await startTestProxy({ origin: [origin.url], turn: 'off' });
  });
  afterAll(async () => {
    await proxy.close();
    await origin.stop();
  });
  afterEach(() => {
    origin.requests.length = 0;
  });

  test('carries messages both ways, in order, text and binary as they are', async () => {
    const { client, server } = await connectThrough(proxy, origin);
    expect(client.protocol).toBe('protoo');
    const atServer: string[] = [];
    server.on('message', (data: Buffer, isBinary) =>
      atServer.push(`${isBinary}:${data.toString()}`),
    );
    for (let index = 0; index < 100; index += 1) client.send(`message ${index}`);
    client.send(Buffer.from('bytes'), { binary: true });
    await eventually('all at the server', () => atServer.length === 101);
    expect(atServer[99]).toBe('false:message 99');
    expect(atServer[100]).toBe('true:bytes');
    const answer = nextMessage(client);
    server.send('answer');
    expect(await answer).toBe('answer');
    client.close();
  });

  test('a message sent before the room server listens is not lost', async () => {
    const client = await openSignaling(proxy, { peer: 'early' });
    await once(client, 'open');
    client.send('first words');
    const server = await origin.nextConnection();
    expect(await nextMessage(server)).toBe('first words');
    client.close();
  });

  test('asks the room server anew: room, peer, token, the client’s address, nothing else', async () => {
    const token = await testToken({ room: 'demo' });
    const { client } = await connectThrough(proxy, origin, {
      token,
      query: 'roomId=demo&peerId=p9&target=http://169.254.169.254/',
      client: {
        headers: {
          'X-Forwarded-For': '6.6.6.6',
          'X-Real-IP': '6.6.6.6',
          Forwarded: 'for=6.6.6.6',
          Cookie: 'session=1',
          'X-Custom': 'smuggled',
          'Proxy-Authorization': 'Basic eA==',
          'Keep-Alive': 'timeout=99',
          Te: 'trailers',
        },
      },
    });
    const [request] = origin.requests;
    expect(request?.url).toBe('/?roomId=demo&peerId=p9');
    expect(request?.headers['sec-websocket-protocol']).toBe(`protoo,causeway.token.${token}`);
    expect(request?.headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(Object.keys(request?.headers ?? {}).toSorted()).toEqual([
      'connection',
      'host',
      'sec-websocket-key',
      'sec-websocket-protocol',
      'sec-websocket-version',
      'upgrade',
      'x-forwarded-for',
      'x-forwarded-proto',
    ]);
    client.close();
  });

  describe('close codes pass through', () => {
    test.each([1000, 1001, 3000, 4000, 4409, 4999])('%i from the room server', async (code) => {
      const { client, server } = await connectThrough(proxy, origin);
      const closed = closeOf(client);
      server.close(code, `because ${code}`);
      expect(await closed).toEqual({ code, reason: `because ${code}` });
    });

    test.each([1000, 1001, 4500])('%i from the client', async (code) => {
      const { client, server } = await connectThrough(proxy, origin);
      const closed = closeOf(server);
      client.close(code, 'leaving');
      expect(await closed).toEqual({ code, reason: 'leaving' });
    });

    test('none stays none', async () => {
      const { client, server } = await connectThrough(proxy, origin);
      const closed = closeOf(server);
      client.close();
      expect((await closed).code).toBe(1005);
    });

    test('a connection that breaks breaks on the other side too, so that a peer may resume', async () => {
      const one = await connectThrough(proxy, origin);
      const lostByServer = closeOf(one.server);
      one.client.terminate();
      expect((await lostByServer).code).toBe(1006);

      const other = await connectThrough(proxy, origin);
      const lostByClient = closeOf(other.client);
      other.server.terminate();
      expect((await lostByClient).code).toBe(1006);
    });
  });

  describe('refuses, before the room server hears of it', () => {
    test.each<[string, () => Promise<Parameters<typeof openSignaling>[1]>, number]>([
      ['no token', () => Promise.resolve({ token: null }), CLOSE.TOKEN_MISSING],
      [
        'a forged token',
        async () => ({ token: await testToken({ room: 'demo', secret: 'x'.repeat(40) }) }),
        CLOSE.TOKEN_INVALID,
      ],
      [
        'an expired token',
        async () => ({ token: await testToken({ room: 'demo', lifetimeSeconds: -60 }) }),
        CLOSE.TOKEN_EXPIRED,
      ],
      [
        'a token for another room',
        async () => ({ token: await testToken({ room: 'other' }) }),
        CLOSE.TOKEN_WRONG_ROOM,
      ],
      ['no room', () => Promise.resolve({ query: 'peerId=p1' }), CLOSE.BAD_REQUEST],
      ['a bad room', () => Promise.resolve({ query: 'roomId=..&peerId=p1' }), CLOSE.BAD_REQUEST],
      [
        'a bad peer',
        () => Promise.resolve({ query: 'roomId=demo&peerId=a%2Fb' }),
        CLOSE.BAD_REQUEST,
      ],
    ])('%s', async (_what, make, code) => {
      const client = await openSignaling(proxy, await make());
      expect((await closeOf(client)).code).toBe(code);
      expect(origin.requests).toHaveLength(0);
    });
  });

  test('a message over the limit ends the connection with 4413 on both sides', async () => {
    const { client, server } = await connectThrough(proxy, origin);
    const received: unknown[] = [];
    server.on('message', (data) => received.push(data));
    const closed = Promise.all([closeOf(client), closeOf(server)]);
    client.send('x'.repeat(65_537));
    expect((await closed).map(({ code }) => code)).toEqual([
      CLOSE.MESSAGE_TOO_BIG,
      CLOSE.MESSAGE_TOO_BIG,
    ]);
    expect(received).toHaveLength(0);
  });

  test('a far larger one is cut off before it is read', async () => {
    const { client, server } = await connectThrough(proxy, origin);
    const lost = closeOf(server);
    const closed = closeOf(client);
    client.send('x'.repeat(2_000_000));
    expect((await closed).code).toBe(1009);
    expect((await lost).code).toBe(1006);
  });

  test('a message of just the limit passes', async () => {
    const { client, server } = await connectThrough(proxy, origin);
    const received = nextMessage(server);
    client.send('x'.repeat(65_536));
    expect((await received).length).toBe(65_536);
    client.close();
  });

  test('does not read on while the other side takes nothing', async () => {
    const { client, server } = await connectThrough(proxy, origin);
    // A client that stops reading: what the room server sends piles up only so far in the proxy.
    client.pause();
    const chunk = 'x'.repeat(60_000);
    const before = process.memoryUsage().rss;
    let sent = 0;
    // 64 MB: kernel buffers hold a few, the proxy a few hundred KB; the rest must wait here.
    while (sent < 64_000_000) {
      server.send(chunk);
      sent += chunk.length;
    }
    await eventually('the server cannot send on', () => server.bufferedAmount > 30_000_000);
    let waiting = server.bufferedAmount;
    await eventually('it stays so', () => {
      const same = server.bufferedAmount === waiting;
      waiting = server.bufferedAmount;
      return same;
    });
    const relayed = await proxy.metric(
      'causeway_proxy_signaling_bytes_total{direction="to-client"}',
    );
    expect(relayed).toBeLessThan(32_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000);
    // Reading again, everything arrives.
    let received = 0;
    client.on('message', (data: Buffer) => (received += data.length));
    client.resume();
    await eventually('all arrived', () => received === sent, 30_000);
    client.close();
  });

  test('a room server that is not there is 4502, and is logged', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    await once(free, 'close');
    const lonely = await startTestProxy({ origin: [`http://127.0.0.1:${port}`], turn: 'off' });
    const client = await openSignaling(lonely);
    expect(await closeOf(client)).toEqual({
      code: CLOSE.ORIGIN_UNREACHABLE,
      reason: 'The room server cannot be reached.',
    });
    expect(lonely.log.join('\n')).toContain('ECONNREFUSED');
    await lonely.close();
  });

  test('a room server that accepts and then says nothing is 4502 while a client still waits', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const stuck = await startTestProxy({ origin: [`http://127.0.0.1:${port}`], turn: 'off' });
    const startedAt = performance.now();
    const client = await openSignaling(stuck);
    expect((await closeOf(client)).code).toBe(CLOSE.ORIGIN_UNREACHABLE);
    expect(performance.now() - startedAt).toBeLessThan(3_500);
    await stuck.close();
    silent.close();
  });

  test('of two room servers, one that says nothing leaves time for the other', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const silentUrl = `http://127.0.0.1:${port}`;
    const room = Array.from({ length: 20 }, (_, index) => `room-${index}`).find(
      (name) => new Origins([silentUrl, origin.url]).inOrderFor(name)[0] === silentUrl,
    );
    const both = await startTestProxy({ origin: [silentUrl, origin.url], turn: 'off' });
    const startedAt = performance.now();
    const { client } = await connectThrough(both, origin, { room: room ?? '' });
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    // Known to be down now, it costs nobody anything.
    const again = performance.now();
    const { client: second } = await connectThrough(both, origin, { room: room ?? '', peer: 'p2' });
    expect(performance.now() - again).toBeLessThan(500);
    for (const one of [client, second]) one.close();
    await both.close();
    silent.close();
  });

  test('a room keeps to one server; when that is gone the next one takes over', async () => {
    const second = await startTestOrigin();
    const both = await startTestProxy({ origin: [origin.url, second.url], turn: 'off' });
    const used = async (room: string) => {
      const counts = [origin.requests.length, second.requests.length];
      const client = await openSignaling(both, { room });
      await once(client, 'open');
      await eventually(
        'a server was asked',
        () =>
          origin.requests.length > (counts[0] ?? 0) || second.requests.length > (counts[1] ?? 0),
      );
      client.close();
      return origin.requests.length > (counts[0] ?? 0) ? 'first' : 'second';
    };
    const rooms = Array.from({ length: 12 }, (_, index) => `room-${index}`);
    const places = new Map<string, string>();
    for (const room of rooms) places.set(room, await used(room));
    for (const room of rooms) expect(await used(room)).toBe(places.get(room));
    expect(new Set(places.values()).size).toBe(2);
    await second.stop();
    for (const room of rooms) expect(await used(room)).toBe('first');
    await both.close();
  });

  test('a client over its rate gets 4429', async () => {
    const strict = await startTestProxy({
      origin: [origin.url],
      turn: 'off',
      maxRequestsPerSecond: 1,
    });
    const codes: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      const client = await openSignaling(strict, { token: null });
      codes.push((await closeOf(client)).code);
    }
    expect(codes.slice(0, 10)).toEqual(Array<number>(10).fill(CLOSE.TOKEN_MISSING));
    expect(codes[11]).toBe(CLOSE.TOO_MANY_REQUESTS);
    await strict.close();
  });
});
