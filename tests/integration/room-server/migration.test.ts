import type { types } from 'mediasoup';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import {
  ClientRequests,
  type ConsumerOffer,
  type MediaKind,
} from '../../../src/shared/signaling.ts';
import { audioParameters, createTransport, produce } from './media.ts';
import { observeMedia } from './media-observer.ts';
import type { SignalingClient } from './signaling-client.ts';
import { eventually, startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** transport-migration, receiving side: what anna sends comes to ben on one transport, then another. */

const { consumers, transports } = observeMedia();
const server = await startTestServer();
const peers = useTwoPeers(server, ['transport-migration']);

/** Ben's first receiving transport. */
let first: string;

beforeEach(async () => {
  first = (await createTransport(peers.ben, { producing: false, consuming: true })).id;
});

async function standby(client: SignalingClient = peers.ben): Promise<string> {
  return (await createTransport(client, { producing: false, consuming: true, standby: true })).id;
}

async function mirror(
  transportId: string,
  client = peers.ben,
  kind?: MediaKind,
): Promise<ConsumerOffer[]> {
  const answer = await client.request('mirrorConsumers', { transportId, kind });
  return ClientRequests.mirrorConsumers.response.parse(answer).consumers;
}

async function receiveOn(transportId: string, alone: boolean, kind?: MediaKind): Promise<void> {
  await peers.ben.request('receiveOn', { transportId, alone, kind });
}

/** Anna's producer, and ben's consumer of it once media may flow in it. */
async function sendToBen(kind: 'audio' | 'video'): Promise<{ producerId: string; id: string }> {
  const { producerId } = await produce(peers.anna, kind);
  return { producerId, id: await acceptedBy(peers.ben, producerId) };
}

async function acceptedBy(client: SignalingClient, producerId: string): Promise<string> {
  const offered = await client.serverRequest(
    'newConsumer',
    (data) => data['producerId'] === producerId,
  );
  const id = offered['id'] as string;
  await client.notification('consumerScore', ({ consumerId }) => consumerId === id);
  return id;
}

const isPaused = (id: string): boolean | undefined => consumers.get(id)?.paused;

describe('a standby transport', () => {
  it('gets no consumer by itself, neither of what is sent already nor of what comes', async () => {
    const audio = await sendToBen('audio');
    const spare = await standby();
    const video = await sendToBen('video');
    for (const { id } of [audio, video]) {
      expect(
        await peers.ben.serverRequest('newConsumer', (data) => data['id'] === id),
      ).toMatchObject({ transportId: first });
    }
    expect(await peers.ben.request('getTransportStats', { transportId: spare })).toHaveLength(1);
    expect(peers.ben.requests).toHaveLength(2);
  });

  it('is for consuming, or refused', async () => {
    await expect(
      createTransport(peers.ben, { producing: true, consuming: false, standby: true }),
    ).rejects.toMatchObject({
      code: 400,
      message:
        'createWebRtcTransport: standby: a transport that is not for consuming cannot be one',
    });
  });

  it('does not take over by itself when the receiving one ends', async () => {
    const { id } = await sendToBen('audio');
    const spare = await standby();
    const [twin] = await mirror(spare);
    // As when the browser has closed it and the server hears of that (DTLS close).
    transports.get(first)?.close();
    expect(await peers.ben.notification('consumerClosed')).toEqual({ consumerId: id });
    expect(isPaused(twin?.id ?? '')).toBe(true);
    await receiveOn(spare, true);
    expect(isPaused(twin?.id ?? '')).toBe(false);
    expect(peers.ben.requests).toHaveLength(1);
  });
});

describe('mirrorConsumers', () => {
  it('makes a paused twin of each consumer, sound first, and says whose', async () => {
    const video = await sendToBen('video');
    const audio = await sendToBen('audio');
    await peers.anna.request('pauseProducer', { producerId: audio.producerId });
    const spare = await standby();
    const twins = await mirror(spare);
    expect(twins).toMatchObject([
      {
        peerId: 'anna',
        producerId: audio.producerId,
        kind: 'audio',
        transportId: spare,
        replaces: audio.id,
        producerPaused: true,
      },
      {
        peerId: 'anna',
        producerId: video.producerId,
        kind: 'video',
        type: 'simulcast',
        transportId: spare,
        replaces: video.id,
        producerPaused: false,
      },
    ]);
    expect(twins.map(({ id }) => isPaused(id))).toEqual([true, true]);
    expect([audio.id, video.id].map(isPaused)).toEqual([false, false]);
  });

  it('makes those of one kind where it is named; the others are offered when media is asked for', async () => {
    const video = await sendToBen('video');
    const audio = await sendToBen('audio');
    const spare = await standby();
    const twins = await mirror(spare, peers.ben, 'audio');
    expect(twins.map(({ replaces }) => replaces)).toEqual([audio.id]);
    expect(await mirror(spare, peers.ben, 'audio')).toEqual([]);
    const offered = peers.ben.requests.length;
    await receiveOn(spare, false);
    await eventually(() => peers.ben.requests.slice(offered)).toMatchObject([
      { method: 'newConsumer', data: { transportId: spare, replaces: video.id, kind: 'video' } },
    ]);
  });

  it('tells of each twin once, also when two are asked at once', async () => {
    const audio = await sendToBen('audio');
    const spare = await standby();
    const both = await Promise.all([mirror(spare), mirror(spare)]);
    expect(both.flat().map(({ replaces }) => replaces)).toEqual([audio.id]);
    expect(await mirror(spare)).toEqual([]);
    const video = await sendToBen('video');
    expect((await mirror(spare)).map(({ replaces }) => replaces)).toEqual([video.id]);
    expect(consumers.size).toBe(4);
  });

  it('has nothing to say of the receiving transport itself, nor where nothing comes in', async () => {
    const spare = await standby();
    expect(await mirror(spare)).toEqual([]);
    await sendToBen('audio');
    expect(await mirror(first)).toEqual([]);
    expect(consumers.size).toBe(1);
  });

  it('keeps layers and priority that the client has set', async () => {
    const { id: consumerId } = await sendToBen('video');
    const layers = { spatialLayer: 1, temporalLayer: 0 };
    await peers.ben.request('setConsumerPreferredLayers', { consumerId, ...layers });
    await peers.ben.request('setConsumerPriority', { consumerId, priority: 9 });
    const [twin] = await mirror(await standby());
    expect(consumers.get(twin?.id ?? '')).toMatchObject({ preferredLayers: layers, priority: 9 });
  });

  it('answers with no more than fits into a message; asked again, with the rest', async () => {
    const spacious = await startTestServer({
      maxProducersPerPeer: 64,
      maxRequestsPerSecond: 1_000,
    });
    const anna = await spacious.join();
    const transport = await createTransport(anna, { producing: true, consuming: false });
    const appData = { note: 'x'.repeat(4_000) };
    const ben = await spacious.join({ features: ['transport-migration'] });
    await createTransport(ben, { producing: false, consuming: true });
    const carol = await spacious.join();
    const carols = await createTransport(carol, { producing: true, consuming: false });
    for (let made = 0; made < 64; made += 1) {
      const sound = (transportId: string) => ({
        transportId,
        kind: 'audio',
        rtpParameters: audioParameters(),
        appData,
      });
      await anna.request('produce', sound(transport.id));
      await carol.request('produce', sound(carols.id));
    }
    await eventually(() => ben.requests.length).toBe(128);
    const spare = await standby(ben);
    const twins = [await mirror(spare, ben), await mirror(spare, ben)];
    expect(twins[0]?.length).toBeGreaterThan(64);
    expect(twins[1]?.length).toBeGreaterThan(0);
    expect(new Set(twins.flat().map(({ id }) => id)).size).toBe(128);
    expect(await mirror(spare, ben)).toEqual([]);
    await Promise.all([anna, ben, carol].map(async (client) => await client.leave()));
  });

  it('is limited: nobody holds twins on transport after transport', async () => {
    await sendToBen('audio');
    const spares = [await standby(), await standby(), await standby(), await standby()];
    for (const spare of spares.slice(0, 3)) expect(await mirror(spare)).toHaveLength(1);
    const refused = {
      code: 403,
      message: 'mirrorConsumers: this peer has consumers on 4 other transports; close one first',
    };
    await expect(mirror(spares[3] ?? '')).rejects.toMatchObject(refused);
    await expect(receiveOn(spares[3] ?? '', true)).rejects.toMatchObject({ code: 403 });
    await peers.ben.request('closeTransport', { transportId: spares[0] });
    expect(await mirror(spares[3] ?? '')).toHaveLength(1);
  });
});

describe('receiveOn', () => {
  it('lets media flow on both, or with alone on one; and back', async () => {
    const audio = await sendToBen('audio');
    const video = await sendToBen('video');
    const spare = await standby();
    const twins = (await mirror(spare)).map(({ id }) => id);
    const states = () => [[audio.id, video.id].map(isPaused), twins.map(isPaused)];
    await receiveOn(spare, false);
    expect(states()).toEqual([
      [false, false],
      [false, false],
    ]);
    await receiveOn(spare, true);
    await receiveOn(spare, true);
    expect(states()).toEqual([
      [true, true],
      [false, false],
    ]);
    await receiveOn(first, true);
    expect(states()).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  it('of calls that overlap, the newest wins', async () => {
    const { id } = await sendToBen('video');
    const spare = await standby();
    const [twin] = await mirror(spare);
    await Promise.all([
      receiveOn(spare, true),
      receiveOn(first, true),
      receiveOn(spare, false),
      receiveOn(spare, true),
      receiveOn(first, true),
    ]);
    expect([isPaused(id), isPaused(twin?.id ?? '')]).toEqual([false, true]);
  });

  it('makes it the transport that new consumers go to', async () => {
    const spare = await standby();
    await receiveOn(spare, true);
    const { producerId } = await sendToBen('audio');
    expect(
      await peers.ben.serverRequest('newConsumer', (data) => data['producerId'] === producerId),
    ).toMatchObject({ transportId: spare });
  });

  it('what has no twin goes on where it is, until it is offered and accepted there', async () => {
    const { id } = await sendToBen('video');
    const spare = await standby();
    let accept: (() => void) | undefined;
    peers.ben.onServerRequest = async () =>
      await new Promise((resolve) => (accept = () => resolve({})));
    await receiveOn(spare, true);
    const offered = await peers.ben.serverRequest('newConsumer', (data) => data['id'] !== id);
    expect(offered).toMatchObject({ transportId: spare, replaces: id });
    expect([isPaused(id), isPaused(offered['id'] as string)]).toEqual([false, true]);
    accept?.();
    await peers.ben.notification('consumerScore', (data) => data['consumerId'] === offered['id']);
    expect([isPaused(id), isPaused(offered['id'] as string)]).toEqual([true, false]);
  });

  it('offers only one kind there where it is named, and of the other what comes in nowhere', async () => {
    const audio = await sendToBen('audio');
    const video = await sendToBen('video');
    const spare = await standby();
    await mirror(spare, peers.ben, 'audio');
    const keyFrames = vi.spyOn(consumers.get(video.id) as types.Consumer, 'requestKeyFrame');
    const known = peers.ben.requests.length;
    const offers = () => peers.ben.requests.slice(known).map(({ data }) => data['replaces']);
    await receiveOn(spare, false, 'audio');
    expect(keyFrames, 'which tells a sender whose way out is cut').toHaveBeenCalledOnce();
    const late = await sendToBen('video');
    expect(offers(), 'only the one that has come just now').toEqual([undefined]);
    expect([audio, video, late].map(({ id }) => isPaused(id))).toEqual([false, false, false]);
    await receiveOn(spare, false);
    await eventually(offers).toEqual([undefined, video.id]);
  });

  it('while twins are being made: they flow once they are there', async () => {
    await sendToBen('audio');
    const spare = await standby();
    const [twins] = await Promise.all([mirror(spare), receiveOn(spare, true)]);
    expect(twins).toHaveLength(1);
    await eventually(() => isPaused(twins[0]?.id ?? '')).toBe(false);
    expect(peers.ben.requests).toHaveLength(1);
  });

  it('leaves paused what the client has paused, and a pause of one is a pause of all', async () => {
    const audio = await sendToBen('audio');
    const video = await sendToBen('video');
    await peers.ben.request('pauseConsumer', { consumerId: video.id });
    const spare = await standby();
    const [audioTwin, videoTwin] = (await mirror(spare)).map(({ id }) => id);
    await receiveOn(spare, false);
    expect([audioTwin, videoTwin].map((id) => isPaused(id ?? ''))).toEqual([false, true]);
    // Over the twin's id, and over the old one's.
    await peers.ben.request('resumeConsumer', { consumerId: videoTwin });
    expect([video.id, videoTwin].map((id) => isPaused(id ?? ''))).toEqual([false, false]);
    await peers.ben.request('pauseConsumer', { consumerId: audio.id });
    expect([audio.id, audioTwin].map((id) => isPaused(id ?? ''))).toEqual([true, true]);
  });

  it('resuming wakes no twin on a transport where no media flows', async () => {
    const { id } = await sendToBen('video');
    await peers.ben.request('pauseConsumer', { consumerId: id });
    const [twin] = await mirror(await standby());
    await peers.ben.request('resumeConsumer', { consumerId: twin?.id });
    expect([isPaused(id), isPaused(twin?.id ?? '')]).toEqual([false, true]);
  });

  it('a consumer that is refused there leaves its twin in its place', async () => {
    const { id } = await sendToBen('video');
    peers.ben.onServerRequest = async () => await Promise.reject(new Error('no decoder'));
    await receiveOn(await standby(), true);
    const offered = await peers.ben.serverRequest('newConsumer', (data) => data['id'] !== id);
    await peers.ben.notification('consumerClosed', (data) => data['consumerId'] === offered['id']);
    expect(isPaused(id)).toBe(false);
  });
});

describe('closeTransport', () => {
  it('ends what is on it, without a word for each; consumers elsewhere live on', async () => {
    await sendToBen('audio');
    const spare = await standby();
    const [twin] = await mirror(spare);
    await receiveOn(spare, true);
    await peers.ben.request('closeTransport', { transportId: first });
    await expect(
      peers.ben.request('getTransportStats', { transportId: first }),
    ).rejects.toMatchObject({ code: 404 });
    expect(consumers.size).toBe(1);
    expect(isPaused(twin?.id ?? '')).toBe(false);
    expect(peers.ben.notifications.map(({ method }) => method)).not.toContain('consumerClosed');
  });

  it('of the receiving one: an older one that media flowed on takes over', async () => {
    const { id } = await sendToBen('audio');
    const spare = await standby();
    await mirror(spare);
    await receiveOn(spare, true);
    expect(isPaused(id)).toBe(true);
    await peers.ben.request('closeTransport', { transportId: spare });
    await eventually(() => isPaused(id)).toBe(false);
  });

  it('frees its place in the peer’s limit', async () => {
    for (let made = 0; made < 9; made += 1) await standby();
    await expect(standby()).rejects.toMatchObject({ code: 403 });
    await peers.ben.request('closeTransport', { transportId: first });
    await standby();
  });
});

describe('refused', () => {
  it.each(['closeTransport', 'mirrorConsumers', 'receiveOn'])(
    '%s on a transport of somebody else, or of nobody',
    async (method) => {
      const theirs = await standby(peers.anna);
      for (const transportId of [theirs, 'nobody']) {
        await expect(peers.ben.request(method, { transportId, alone: true })).rejects.toMatchObject(
          {
            code: 404,
            message: `${method}: no transport “${transportId}” of this peer`,
          },
        );
      }
      expect(transports.get(theirs)?.closed).toBe(false);
    },
  );

  it.each(['mirrorConsumers', 'receiveOn'])('%s on a transport for producing', async (method) => {
    const { id } = await createTransport(peers.ben, { producing: true, consuming: false });
    await expect(peers.ben.request(method, { transportId: id, alone: true })).rejects.toMatchObject(
      {
        code: 403,
        message: `${method}: transport “${id}” was not made for consuming`,
      },
    );
  });

  it.each([
    ['receiveOn', { transportId: 'x' }, /^receiveOn: alone: /],
    ['mirrorConsumers', {}, /^mirrorConsumers: transportId: /],
    ['mirrorConsumers', { transportId: 'x', kind: 'smell' }, /^mirrorConsumers: kind: /],
    ['closeTransport', { transportId: '' }, /^closeTransport: transportId: /],
    ['createWebRtcTransport', { producing: false, consuming: true, standby: 1 }, /standby: /],
  ])('%s %j', async (method, data, message) => {
    await expect(peers.ben.request(method, data)).rejects.toMatchObject({
      code: 400,
      message: expect.stringMatching(message) as string,
    });
  });

  it.each(['mirrorConsumers', 'receiveOn'])('%s before join', async (method) => {
    const early = await server.connect({ room: peers.room });
    const transportId = await standby(early);
    await expect(early.request(method, { transportId, alone: true })).rejects.toMatchObject({
      code: 403,
      message: `${method}: join the room first`,
    });
    await early.request('closeTransport', { transportId });
    await early.leave();
  });
});

it('a client that did not name the extension is told nothing of it', async () => {
  const plain = await server.join({ room: peers.room });
  await createTransport(plain, { producing: false, consuming: true });
  const { producerId } = await sendToBen('audio');
  const offered = await plain.serverRequest('newConsumer');
  expect(offered).toMatchObject({ producerId });
  expect(Object.keys(offered)).not.toContain('transportId');
  await plain.leave();
});
