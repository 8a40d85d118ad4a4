import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws';
import {
  ChannelOpenError,
  ProtocolViolation,
  SignalingChannel,
  type ChannelEnd,
  type ChannelHandlers,
} from '../../../src/renderer/room/signaling-channel.ts';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { ProtooError } from '../../../src/shared/protoo.ts';
import { closedPort, tcpServer } from './loopback-servers.ts';

let server: WebSocketServer;
let url: string;
let abort: AbortController;

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/?roomId=r&peerId=p`;
  abort = new AbortController();
});

afterEach(async () => {
  abort.abort();
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, 'close');
});

/** Opens a channel and returns it with the server's end of it. */
async function open(
  protocols = ['protoo'],
): Promise<{ channel: SignalingChannel; peer: ServerSocket; offered: string }> {
  const accepted = once(server, 'connection') as Promise<
    [ServerSocket, { headers: Record<string, string> }]
  >;
  const options = { url, protocols, openBudgetMs: 2000, signal: abort.signal };
  const channel = await SignalingChannel.open(options);
  const [peer, request] = await accepted;
  return { channel, peer, offered: request.headers['sec-websocket-protocol'] ?? '' };
}

function openAt(port: number, openBudgetMs = 2000): Promise<SignalingChannel> {
  return SignalingChannel.open({
    url: `ws://127.0.0.1:${port}/`,
    protocols: ['protoo'],
    openBudgetMs,
    signal: abort.signal,
  });
}

async function nextFrame(peer: ServerSocket): Promise<Record<string, unknown>> {
  const [data] = (await once(peer, 'message')) as [Buffer];
  return JSON.parse(data.toString()) as Record<string, unknown>;
}

/** Answers the next request, whatever it is. */
async function answerNext(peer: ServerSocket, answer: object): Promise<Record<string, unknown>> {
  const request = await nextFrame(peer);
  peer.send(JSON.stringify({ response: true, id: request['id'], ...answer }));
  return request;
}

function handlers(over: Partial<ChannelHandlers> = {}): ChannelHandlers {
  return {
    requests: {
      newConsumer: () => Promise.resolve(),
      newDataConsumer: () => Promise.reject(new ProtooError(403, 'no data')),
    },
    notifications: {},
    onEnd: () => undefined,
    ...over,
  };
}

describe('opening', () => {
  test('offers the sub-protocols it is given, in order', async () => {
    const { offered } = await open(['protoo', 'causeway.token.a.b.c']);
    expect(offered).toBe('protoo, causeway.token.a.b.c');
  });

  test('fails as refused when nothing listens', async () => {
    const { port } = await closedPort();
    await expect(openAt(port)).rejects.toMatchObject({ name: 'ChannelOpenError', why: 'refused' });
  });

  test('fails as refused when something else than a WebSocket server answers', async () => {
    const port = await tcpServer((socket) => {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    });
    await expect(openAt(port)).rejects.toMatchObject({ why: 'refused' });
  });

  test('fails as timeout when the server takes the connection and says nothing', async () => {
    const port = await tcpServer(() => undefined);
    await expect(openAt(port, 100)).rejects.toMatchObject({ why: 'timeout' });
  });

  test('ends when it is aborted, before and while it opens', async () => {
    const opening = SignalingChannel.open({
      url,
      protocols: ['protoo'],
      openBudgetMs: 2000,
      signal: abort.signal,
    });
    abort.abort();
    await expect(opening).rejects.toThrow(ChannelOpenError);
    await expect(open()).rejects.toMatchObject({ why: 'aborted' });
  });
});

describe('a request', () => {
  test('goes out as protoo and comes back checked', async () => {
    const { channel, peer } = await open();
    const answer = channel.request('produce', {
      transportId: 't',
      kind: 'audio',
      rtpParameters: { codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000 }] },
    });
    const request = await answerNext(peer, { ok: true, data: { id: 'producer', more: 1 } });
    expect(request).toMatchObject({ request: true, method: 'produce', data: { kind: 'audio' } });
    await expect(answer).resolves.toEqual({ id: 'producer' });
  });

  test('fails as a protocol violation, with the place, when the answer does not fit', async () => {
    const { channel, peer } = await open();
    const answer = channel.request('restartIce', { transportId: 't' });
    await Promise.all([
      answerNext(peer, { ok: true, data: { usernameFragment: 'u' } }),
      expect(answer).rejects.toThrow(ProtocolViolation),
      expect(answer).rejects.toThrow(/restartIce: password/),
    ]);
  });

  test('fails with the code and reason of a refusal', async () => {
    const { channel, peer } = await open();
    const answer = channel.request('closeProducer', { producerId: 'p' });
    await Promise.all([
      answerNext(peer, { ok: false, errorCode: 404, errorReason: 'no such producer' }),
      expect(answer).rejects.toMatchObject({ code: 404, message: 'no such producer' }),
    ]);
  });

  test('fails with 408 after its own time limit', async () => {
    const { channel } = await open();
    await expect(channel.request('getRouterRtpCapabilities', {}, 50)).rejects.toMatchObject({
      code: 408,
    });
  });

  test('fails with 499 when the connection ends, whose code is then known', async () => {
    const { channel, peer } = await open();
    const answer = channel.request('getRouterRtpCapabilities', {});
    peer.close(CLOSE.ROOM_FULL, 'full');
    await expect(answer).rejects.toMatchObject({ code: 499 });
    expect(channel.end).toEqual({ code: CLOSE.ROOM_FULL, reason: 'full' });
  });
});

describe('from the server', () => {
  const OFFER = {
    peerId: 'ada',
    producerId: 'p',
    id: 'c',
    kind: 'audio',
    rtpParameters: { codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000 }] },
    type: 'simple',
    producerPaused: false,
  };

  test('a request reaches its handler checked, and its answer goes back', async () => {
    const { channel, peer } = await open();
    const offered = new Promise((resolve) => {
      const base = handlers();
      channel.setHandlers({
        ...base,
        requests: {
          ...base.requests,
          newConsumer: (offer) => {
            resolve(offer.peerId);
            return Promise.resolve();
          },
        },
      });
    });
    peer.send(JSON.stringify({ request: true, id: 5, method: 'newConsumer', data: OFFER }));
    expect(await offered).toBe('ada');
    expect(await nextFrame(peer)).toMatchObject({ response: true, id: 5, ok: true });
  });

  test.each([
    ['unknown', 'selfDestruct', {}, 404],
    ['malformed', 'newConsumer', { ...OFFER, kind: 'smell' }, 400],
    ['inherited from Object', 'toString', {}, 404],
  ])('a request that is %s is refused', async (_what, method, data, errorCode) => {
    const { channel, peer } = await open();
    channel.setHandlers(handlers());
    peer.send(JSON.stringify({ request: true, id: 6, method, data }));
    expect(await nextFrame(peer)).toMatchObject({ response: true, id: 6, errorCode });
  });

  test('a notification reaches its handler; unknown ones pass; malformed ones are reported', async () => {
    const { channel, peer } = await open();
    const seen: string[] = [];
    const done = new Promise<void>((resolve) => {
      channel.setHandlers(
        handlers({
          notifications: {
            peerClosed: ({ peerId }) => {
              seen.push(peerId);
              resolve();
            },
          },
          onMalformed: (problem) => seen.push(problem),
        }),
      );
    });
    const notify = (method: string, data: unknown): void =>
      peer.send(JSON.stringify({ notification: true, method, data }));
    notify('weather', { sunny: true });
    notify('peerClosed', { peer: 'ada' });
    peer.send('not JSON');
    peer.send(Buffer.from([1, 2, 3]));
    notify('peerClosed', { peerId: 'ada' });
    await done;
    expect(seen).toEqual([
      expect.stringMatching(/^peerClosed: peerId/),
      'the frame is not JSON',
      'a binary frame',
      'ada',
    ]);
  });
});

describe('the end', () => {
  test('is told with its code, once', async () => {
    const { channel, peer } = await open();
    const ends: ChannelEnd[] = [];
    const ended = new Promise<void>((resolve) => {
      channel.setHandlers(handlers({ onEnd: (end) => resolve(void ends.push(end)) }));
    });
    peer.close(CLOSE.ROOM_RESTARTED, 'worker died');
    await ended;
    channel.close();
    expect(ends).toEqual([{ code: CLOSE.ROOM_RESTARTED, reason: 'worker died' }]);
  });

  test('that came before the handlers is told to them', async () => {
    const { channel, peer } = await open();
    const answer = channel.request('getRouterRtpCapabilities', {});
    peer.terminate();
    await expect(answer).rejects.toThrow();
    const end = await new Promise<ChannelEnd>((resolve) => {
      channel.setHandlers(handlers({ onEnd: resolve }));
    });
    expect(end.code).toBe(1006);
  });

  test('that was asked for here is not told, and reaches the server', async () => {
    const { channel, peer } = await open();
    let isTold = false;
    channel.setHandlers(handlers({ onEnd: () => (isTold = true) }));
    const atServer = once(peer, 'close');
    channel.close();
    channel.close();
    expect((await atServer)[0]).toBe(4000);
    expect(isTold).toBe(false);
    await expect(channel.request('getRouterRtpCapabilities', {})).rejects.toMatchObject({
      code: 499,
    });
  });
});
