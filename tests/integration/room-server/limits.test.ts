import { describe, expect, it, vi } from 'vitest';
import { testToken } from '../../fixtures/tokens.ts';
import { audioParameters, createTransport } from './media.ts';
import { refusal, SignalingClient } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';

describe('people and rooms', async () => {
  const server = await startTestServer({ maxPeersPerRoom: 2, maxRooms: 2 });

  it('a full meeting takes nobody more, until somebody leaves', async () => {
    const anna = await server.join({ room: 'full' });
    const ben = await server.join({ room: 'full' });
    const token = await testToken({ room: 'full' });
    expect(await refusal(server.url, { room: 'full', token })).toEqual({
      code: 4423,
      reason: 'The meeting has its limit of 2 people.',
    });
    await ben.leave();
    await anna.notification('peerClosed');
    const carol = await server.join({ room: 'full' });
    await Promise.all([anna.leave(), carol.leave()]);
  });

  it('in a full meeting one may still replace oneself', async () => {
    const anna = await server.join({ room: 'full', peer: 'anna' });
    const ben = await server.join({ room: 'full', peer: 'ben' });
    const again = await server.join({ room: 'full', peer: 'anna' });
    expect((await anna.closed).code).toBe(4409);
    await Promise.all([ben.leave(), again.leave()]);
  });

  it('who has a connection ready but does not join gives way to who does', async () => {
    const anna = await server.join({ room: 'full' });
    const waiting = await server.connect({ room: 'full' });
    const token = await testToken({ room: 'full' });
    // Somebody who is just joining is not turned out.
    expect((await refusal(server.url, { room: 'full', token })).code).toBe(4423);
    const carol = await vi.waitFor(async () => await server.join({ room: 'full' }), {
      timeout: 8_000,
      interval: 200,
    });
    await carol.leave();
    expect(await waiting.closed).toEqual({
      code: 4408,
      reason: 'Somebody else took the place in the meeting.',
    });
    await anna.leave();
  });

  it('a full server opens no more meetings, but admits to those that are open', async () => {
    const first = await server.join({ room: 'first' });
    const second = await server.join({ room: 'second' });
    const token = await testToken({ room: 'third' });
    expect(await refusal(server.url, { room: 'third', token })).toEqual({
      code: 4429,
      reason: 'The server has its limit of 2 meetings.',
    });
    const guest = await server.join({ room: 'second' });
    await Promise.all([first.leave(), second.leave(), guest.leave()]);
    const third = await server.join({ room: 'third' });
    await third.leave();
  });
});

describe('what one peer may have', async () => {
  const server = await startTestServer({
    maxTransportsPerPeer: 2,
    maxProducersPerPeer: 1,
    maxDataProducersPerPeer: 1,
  });

  it('transports, also when they are asked for all at once', async () => {
    const client = await server.join();
    const answers = await Promise.allSettled(
      [1, 2, 3].map(
        async () => await createTransport(client, { producing: true, consuming: false }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: {
        code: 403,
        message: 'createWebRtcTransport: this peer has its limit of 2 transports',
      },
    });
    await client.leave();
  });

  it('producers and data producers', async () => {
    const client = await server.join();
    const { id: transportId } = await createTransport(client, {
      producing: true,
      consuming: false,
      sctp: true,
    });
    const sound = async (): Promise<unknown> =>
      await client.request('produce', {
        transportId,
        kind: 'audio',
        rtpParameters: audioParameters(),
      });
    const data = async (streamId: number): Promise<unknown> =>
      await client.request('produceData', { transportId, sctpStreamParameters: { streamId } });
    const { id: producerId } = (await sound()) as { id: string };
    await data(1);
    await expect(sound()).rejects.toMatchObject({
      code: 403,
      message: 'produce: this peer has its limit of 1 producers',
    });
    await expect(data(2)).rejects.toMatchObject({
      code: 403,
      message: 'produceData: this peer has its limit of 1 data producers',
    });
    await client.request('closeProducer', { producerId });
    await sound();
    await client.leave();
  });
});

describe('requests', async () => {
  const RATE = 2;
  const BURST = RATE * 5;
  const PATIENCE = RATE * 10;
  const server = await startTestServer({ maxRequestsPerSecond: RATE });

  /** Sends without waiting and answers the outcomes' codes; 200 for an answer. */
  async function send(client: SignalingClient, count: number): Promise<number[]> {
    return await Promise.all(
      Array.from({ length: count }, async () => {
        try {
          await client.request('getRouterRtpCapabilities');
          return 200;
        } catch (error) {
          return (error as { code: number }).code;
        }
      }),
    );
  }

  it('beyond the rate are answered with 429', async () => {
    const client = await server.connect();
    const codes = await send(client, BURST + 5);
    expect(codes.filter((code) => code === 200).length).toBeGreaterThanOrEqual(BURST);
    expect(codes.at(-1)).toBe(429);
    await expect(client.request('getRouterRtpCapabilities')).rejects.toMatchObject({
      message: 'getRouterRtpCapabilities: more than 2 requests per second; wait and try again',
    });
    await client.leave();
  });

  it('far beyond it end the connection', async () => {
    const client = await server.connect();
    const codes = await send(client, BURST + PATIENCE + 20);
    expect(await client.closed).toEqual({
      code: 4429,
      reason: 'Far more than 2 requests per second.',
    });
    expect(codes.at(-1)).toBe(499);
  });

  it('frames that are no requests are limited too', async () => {
    const client = await server.connect();
    for (let index = 0; index < 200; index += 1) {
      client.sendRaw('{"notification":true,"method":"noise"}');
    }
    expect((await client.closed).code).toBe(4429);
  });
});

it('a client that does not read is closed before its messages fill the memory', async () => {
  const server = await startTestServer({
    maxSendBufferBytes: 65_536,
    maxRequestsPerSecond: 10_000,
  });
  const client = await server.connect();
  client.socket.pause();
  // Each answer has some 10 KB, and the kernel buffers a few MB of them: ask until that is full.
  const request = JSON.stringify({ request: true, id: 1, method: 'getRouterRtpCapabilities' });
  while ((await server.metric('causeway_room_peers')) === 1) {
    for (let sent = 0; sent < 200; sent += 1) client.sendRaw(request);
  }
  expect(await server.metric('causeway_room_connections_closed_total', '{code="4408"}')).toBe(1);
  expect(server.logLines.join('')).toContain('peer reads too slowly');
  client.socket.terminate();
});

it('who connects and does not join is sent away', async () => {
  const server = await startTestServer({ joinTimeoutSeconds: 1 });
  const idler = await server.connect();
  const joined = await server.join();
  expect(await idler.closed).toEqual({ code: 4408, reason: 'No join request within 1 s.' });
  expect(await joined.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
  await joined.leave();
});

it('one address holds a limited number of connections; loopback, where proxies sit, any', async () => {
  const server = await startTestServer({ behindTlsProxy: true, maxConnectionsPerAddress: 1 });
  const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
  const first = await server.connect(from('203.0.113.7'));
  const token = await testToken({ room: 'room' });
  expect(await refusal(server.url, { token, ...from('203.0.113.7') })).toEqual({
    code: 4429,
    reason: 'Your address has its limit of 1 connections.',
  });
  // The client wrote the first entry itself; only the proxy's own counts.
  expect((await refusal(server.url, { token, ...from('198.51.100.1, 203.0.113.7') })).code).toBe(
    4429,
  );
  const other = await server.connect(from('203.0.113.8'));
  const local = [await server.connect(), await server.connect()];
  await first.leave();
  await eventually(async () => await server.metric('causeway_room_peers')).toBe(3);
  const again = await server.connect(from('203.0.113.7'));
  await Promise.all([again, other, ...local].map(async (client) => await client.leave()));
});

it('who is refused again and again is refused the short way, and others are still let in', async () => {
  const server = await startTestServer();
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const client = new SignalingClient(server.url);
    client.socket.once('unexpected-response', (_request, response) => {
      statuses.push(response.statusCode ?? 0);
      client.socket.terminate();
    });
    client.socket.once('error', () => {
      // Terminating an unfinished handshake is reported as an error.
    });
    await client.closed;
  }
  expect(statuses.length).toBeGreaterThan(0);
  expect(new Set(statuses)).toEqual(new Set([429]));
  const welcome = await server.join();
  await welcome.leave();
});
