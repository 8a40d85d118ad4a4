import { once } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { audioParameters, createTransport, DTLS_PARAMETERS, produce } from './media.ts';
import { observeMedia } from './media-observer.ts';
import { eventually, startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** Malformed, oversized, out of order, and other people's things. */

const { consumers } = observeMedia();
const server = await startTestServer({ maxMessageBytes: 8_192 });
const peers = useTwoPeers(server);

describe('a malformed frame ends the connection', () => {
  it.each([
    ['no JSON', 'hello', 'Malformed message: the frame is not JSON.'],
    [
      'no protoo message',
      '{"hello":1}',
      'Malformed message: the frame is no protoo request, response or notification.',
    ],
    [
      'a request without an id',
      '{"request":true,"method":"join"}',
      'Malformed message: the frame is no protoo request, response or notification.',
    ],
    ['binary', Buffer.from([1, 2, 3]), 'Malformed message: a binary frame; protoo is text.'],
    [
      'larger than the limit',
      JSON.stringify({ request: true, id: 1, method: 'join', data: 'x'.repeat(9_000) }),
      /^A message of 90\d\d bytes; the limit is 8192\.$/,
    ],
  ])('%s', async (what, frame, reason) => {
    peers.anna.sendRaw(frame);
    const closed = await peers.anna.closed;
    expect(closed.code).toBe(what === 'larger than the limit' ? 4413 : 4400);
    if (typeof reason === 'string') expect(closed.reason).toBe(reason);
    else expect(closed.reason).toMatch(reason);
    expect(await peers.ben.notification('peerClosed')).toEqual({ peerId: 'anna' });
  });

  it('far larger than the limit: it is not even received', async () => {
    peers.anna.sendRaw('x'.repeat(5 * 1024 * 1024));
    expect((await peers.anna.closed).code).toBe(1009);
    expect(await peers.ben.notification('peerClosed')).toEqual({ peerId: 'anna' });
  });
});

describe('malformed data is answered with what is wrong with it, and the connection goes on', () => {
  it.each([
    ['nonsense', {}, 404, 'unknown method “nonsense”'],
    ['toString', {}, 404, 'unknown method “toString”'],
    ['createWebRtcTransport', { producing: 'yes' }, 400, /^createWebRtcTransport: producing: /],
    ['createWebRtcTransport', null, 400, /^createWebRtcTransport: producing: /],
    ['createWebRtcTransport', 'x', 400, /^createWebRtcTransport: Invalid input/],
    ['produce', { transportId: 'x', kind: 'smell' }, 400, /^produce: kind: /],
    [
      'produce',
      { transportId: 'x', kind: 'audio', rtpParameters: { codecs: [] } },
      400,
      /^produce: rtpParameters\.codecs: /,
    ],
    [
      'produce',
      {
        transportId: 'x',
        kind: 'audio',
        rtpParameters: audioParameters(),
        appData: { note: 'x'.repeat(4_100) },
      },
      400,
      'produce: appData: too much data',
    ],
    [
      'setConsumerPreferredLayers',
      { consumerId: 'x', spatialLayer: 99 },
      400,
      /^setConsumerPreferredLayers: spatialLayer: /,
    ],
    [
      'setConsumerPriority',
      { consumerId: 'x', priority: 0 },
      400,
      /^setConsumerPriority: priority: /,
    ],
    [
      'changeDisplayName',
      { displayName: '' },
      400,
      'changeDisplayName: displayName: Enter the name that others will see.',
    ],
  ])('%s %j', async (method, data, code, message) => {
    const error = await peers.anna.request(method, data).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    if (typeof message === 'string') expect((error as Error).message).toBe(message);
    else expect((error as Error).message).toMatch(message);
    expect(await peers.anna.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
  });
});

describe('out of order', () => {
  it.each([
    ['produce', { transportId: 'x', kind: 'audio', rtpParameters: audioParameters() }],
    ['produceData', { transportId: 'x', sctpStreamParameters: { streamId: 1 } }],
    ['closeProducer', { producerId: 'x' }],
    ['pauseConsumer', { consumerId: 'x' }],
    ['changeDisplayName', { displayName: 'X' }],
  ])('%s before join is refused', async (method, data) => {
    const client = await server.connect({ room: peers.room });
    await expect(client.request(method, data)).rejects.toMatchObject({
      code: 403,
      message: `${method}: join the room first`,
    });
    await client.leave();
  });

  it('a second join is refused', async () => {
    await expect(
      peers.anna.request('join', {
        displayName: 'Anna',
        device: { name: 'test' },
        rtpCapabilities: {},
      }),
    ).rejects.toMatchObject({ code: 403, message: 'join: this peer has joined already' });
  });

  it('producing on a transport that was made for consuming is refused', async () => {
    const { id } = await createTransport(peers.anna, { producing: false, consuming: true });
    await expect(
      peers.anna.request('produce', {
        transportId: id,
        kind: 'audio',
        rtpParameters: audioParameters(),
      }),
    ).rejects.toMatchObject({
      code: 403,
      message: `produce: transport “${id}” was not made for producing`,
    });
  });

  it('notifications of the client, and answers to nothing, are ignored', async () => {
    peers.anna.sendRaw('{"notification":true,"method":"hello","data":{}}');
    peers.anna.sendRaw('{"response":true,"id":77,"ok":true,"data":{}}');
    expect(await peers.anna.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
  });
});

describe('what belongs to another peer does not exist', () => {
  let theirs: { transportId: string; producerId: string; consumerId: string };

  beforeEach(async () => {
    await createTransport(peers.ben, { producing: false, consuming: true });
    const made = await produce(peers.anna, 'video');
    const { id } = await peers.ben.serverRequest('newConsumer');
    theirs = { ...made, consumerId: id as string };
  });

  it.each(['connectWebRtcTransport', 'restartIce', 'getTransportStats', 'produce', 'produceData'])(
    '%s on its transport',
    async (method) => {
      await expect(
        peers.ben.request(method, {
          transportId: theirs.transportId,
          dtlsParameters: DTLS_PARAMETERS,
          kind: 'audio',
          rtpParameters: audioParameters(),
          sctpStreamParameters: { streamId: 1 },
        }),
      ).rejects.toMatchObject({
        code: 404,
        message: `${method}: no transport “${theirs.transportId}” of this peer`,
      });
    },
  );

  it.each(['closeProducer', 'pauseProducer', 'resumeProducer', 'getProducerStats'])(
    '%s on its producer',
    async (method) => {
      await expect(
        peers.ben.request(method, { producerId: theirs.producerId }),
      ).rejects.toMatchObject({
        code: 404,
        message: `${method}: no producer “${theirs.producerId}” of this peer`,
      });
      expect(await peers.anna.request('getProducerStats', theirs)).toEqual(expect.any(Array));
    },
  );

  it.each([
    'pauseConsumer',
    'resumeConsumer',
    'requestConsumerKeyFrame',
    'setConsumerPreferredLayers',
    'setConsumerPriority',
    'getConsumerStats',
  ])('%s on its consumer', async (method) => {
    await peers.ben.notification('consumerScore');
    await expect(
      peers.anna.request(method, {
        consumerId: theirs.consumerId,
        spatialLayer: 0,
        priority: 1,
      }),
    ).rejects.toMatchObject({
      code: 404,
      message: `${method}: no consumer “${theirs.consumerId}” of this peer`,
    });
    expect(consumers.get(theirs.consumerId)).toMatchObject({ paused: false, closed: false });
  });

  it('nor do rooms know of each other', async () => {
    const stranger = await server.join({ room: `${peers.room}-other` });
    await createTransport(stranger, { producing: false, consuming: true });
    await produce(peers.anna, 'audio');
    await peers.ben.serverRequest('newConsumer', ({ kind }) => kind === 'audio');
    expect(stranger.requests).toEqual([]);
    expect(stranger.notifications.map(({ method }) => method)).toEqual(['mediasoup-version']);
    await stranger.leave();
  });
});

it('a client that vanishes in the middle of its requests leaves nothing behind', async () => {
  const rooms = await server.metric('causeway_room_rooms');
  const ghost = await server.join({ room: 'ghost' });
  for (let index = 0; index < 3; index += 1) {
    ghost.sendRaw(
      JSON.stringify({
        request: true,
        id: 100 + index,
        method: 'createWebRtcTransport',
        data: { producing: true, consuming: true },
      }),
    );
  }
  ghost.socket.terminate();
  await once(ghost.socket, 'close');
  // The next visitor of the room is alone in it.
  const next = await server.connect({ room: 'ghost' });
  const { peers: others } = await next.request<{ peers: unknown[] }>('join', {
    displayName: 'Next',
    device: { name: 'test' },
    rtpCapabilities: {},
  });
  expect(others).toEqual([]);
  await next.leave();
  await eventually(async () => await server.metric('causeway_room_rooms')).toBe(rooms);
  expect(await server.metric('causeway_room_transports', '{protocol="none"}')).toBe(0);
});
