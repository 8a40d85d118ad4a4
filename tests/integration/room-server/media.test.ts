import { beforeEach, expect, it } from 'vitest';
import { observeMedia } from './media-observer.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { createTransport, produce } from './media.ts';
import { startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** Sound and picture from anna to ben: producers, consumers, and who is told what. */

const { consumers, transports } = observeMedia();
const server = await startTestServer();
const peers = useTwoPeers(server);

beforeEach(async () => {
  await createTransport(peers.ben, { producing: false, consuming: true });
});

it('produce makes a consumer for the others, with what they need to play it', async () => {
  const { producerId } = await produce(peers.anna, 'video', { source: 'camera' });
  expect(await peers.ben.serverRequest('newConsumer')).toMatchObject({
    peerId: 'anna',
    producerId,
    kind: 'video',
    type: 'simulcast',
    appData: { source: 'camera' },
    producerPaused: false,
    rtpParameters: { codecs: [{ mimeType: 'video/VP8' }, { mimeType: 'video/rtx' }] },
  });
  expect(peers.anna.requests).toEqual([]);
});

it('a newcomer gets consumers for all that is sent already', async () => {
  const audio = await produce(peers.anna, 'audio');
  const video = await produce(peers.anna, 'video');
  const carol = await server.connect({ room: peers.room });
  await createTransport(carol, { producing: false, consuming: true });
  await carol.request('join', {
    displayName: 'Carol',
    device: { name: 'test' },
    rtpCapabilities: await carol.request('getRouterRtpCapabilities'),
  });
  for (const { producerId } of [audio, video]) {
    await carol.serverRequest('newConsumer', (data) => data['producerId'] === producerId);
  }
  expect(carol.requests).toHaveLength(2);
  await carol.leave();
});

it('a peer whose receiving transport comes after join gets them then', async () => {
  const { producerId } = await produce(peers.anna, 'audio');
  const carol = await server.join({ room: peers.room });
  expect(carol.requests).toEqual([]);
  await createTransport(carol, { producing: false, consuming: true });
  expect(await carol.serverRequest('newConsumer')).toMatchObject({ producerId });
  await carol.leave();
});

it('asked all at once, without waiting for answers, joining works as well', async () => {
  const { producerId } = await produce(peers.anna, 'audio');
  const carol = await server.connect({ room: peers.room });
  const rtpCapabilities = await carol.request('getRouterRtpCapabilities');
  await Promise.all([
    carol.request('join', { displayName: 'C', device: { name: 'test' }, rtpCapabilities }),
    createTransport(carol, { producing: true, consuming: false }),
    createTransport(carol, { producing: false, consuming: true }),
  ]);
  expect(await carol.serverRequest('newConsumer')).toMatchObject({ producerId });
  expect(carol.requests).toHaveLength(1);
  await carol.leave();
});

it('a consumer is paused until the client has accepted it', async () => {
  let accept: (() => void) | undefined;
  peers.ben.onServerRequest = async () => {
    await new Promise<void>((resolve) => {
      accept = resolve;
    });
    return {};
  };
  await produce(peers.anna, 'video');
  const { id } = await peers.ben.serverRequest('newConsumer');
  const consumer = consumers.get(id as string);
  expect(consumer?.paused).toBe(true);
  accept?.();
  await peers.ben.notification('consumerScore', ({ consumerId }) => consumerId === id);
  expect(consumer?.paused).toBe(false);
});

it('a consumer that the client pauses while it accepts it stays paused', async () => {
  peers.ben.onServerRequest = async ({ data }) => {
    await peers.ben.request('pauseConsumer', { consumerId: data['id'] });
    return {};
  };
  await produce(peers.anna, 'video');
  const { id } = await peers.ben.serverRequest('newConsumer');
  await peers.ben.notification('consumerScore', ({ consumerId }) => consumerId === id);
  expect(consumers.get(id as string)?.paused).toBe(true);
});

it('a consumer that the client refuses is closed', async () => {
  peers.ben.onServerRequest = async () => await Promise.reject(new Error('no decoder'));
  await produce(peers.anna, 'video');
  const { id } = await peers.ben.serverRequest('newConsumer');
  expect(await peers.ben.notification('consumerClosed')).toEqual({ consumerId: id });
  await expect(peers.ben.request('getConsumerStats', { consumerId: id })).rejects.toMatchObject({
    code: 404,
  });
});

it('a peer that cannot decode a codec gets no consumer for it', async () => {
  const capabilities = await peers.anna.request<{ codecs: { mimeType: string }[] }>(
    'getRouterRtpCapabilities',
  );
  const deaf = await server.join({
    room: peers.room,
    rtpCapabilities: {
      ...capabilities,
      codecs: capabilities.codecs.filter(({ mimeType }) => mimeType !== 'audio/opus'),
    },
  });
  await createTransport(deaf, { producing: false, consuming: true });
  await produce(peers.anna, 'audio');
  const video = await produce(peers.anna, 'video');
  expect(await deaf.serverRequest('newConsumer')).toMatchObject({
    producerId: video.producerId,
    kind: 'video',
  });
  expect(deaf.requests).toHaveLength(1);
  await deaf.leave();
});

it('pauseProducer and resumeProducer are told to those who receive it', async () => {
  const { producerId } = await produce(peers.anna, 'audio');
  const { id: consumerId } = await peers.ben.serverRequest('newConsumer');
  await peers.anna.request('pauseProducer', { producerId });
  expect(await peers.ben.notification('consumerPaused')).toEqual({ consumerId });
  await peers.anna.request('resumeProducer', { producerId });
  expect(await peers.ben.notification('consumerResumed')).toEqual({ consumerId });
});

it('a newcomer is told that a producer is paused', async () => {
  const { producerId } = await produce(peers.anna, 'audio');
  await peers.anna.request('pauseProducer', { producerId });
  const carol = await server.join({ room: peers.room });
  await createTransport(carol, { producing: false, consuming: true });
  expect(await carol.serverRequest('newConsumer')).toMatchObject({ producerPaused: true });
  await carol.leave();
});

it('closeProducer closes its consumers', async () => {
  const { producerId } = await produce(peers.anna, 'audio');
  const { id: consumerId } = await peers.ben.serverRequest('newConsumer');
  await peers.anna.request('closeProducer', { producerId });
  expect(await peers.ben.notification('consumerClosed')).toEqual({ consumerId });
  await expect(peers.anna.request('closeProducer', { producerId })).rejects.toMatchObject({
    code: 404,
  });
});

it('a peer that leaves takes its producers along', async () => {
  await produce(peers.anna, 'audio');
  const { id: consumerId } = await peers.ben.serverRequest('newConsumer');
  await peers.anna.leave();
  expect(await peers.ben.notification('consumerClosed')).toEqual({ consumerId });
  expect(await peers.ben.notification('peerClosed')).toEqual({ peerId: 'anna' });
});

it('pauseConsumer, resumeConsumer and requestConsumerKeyFrame act on one’s own consumer', async () => {
  await produce(peers.anna, 'video');
  const { id } = await peers.ben.serverRequest('newConsumer');
  const consumerId = id as string;
  await peers.ben.notification('consumerScore');
  await peers.ben.request('pauseConsumer', { consumerId });
  expect(consumers.get(consumerId)?.paused).toBe(true);
  await peers.ben.request('resumeConsumer', { consumerId });
  expect(consumers.get(consumerId)?.paused).toBe(false);
  await peers.ben.request('requestConsumerKeyFrame', { consumerId });
});

it('setConsumerPreferredLayers and setConsumerPriority reach the media worker', async () => {
  await produce(peers.anna, 'video');
  const { id: consumerId } = await peers.ben.serverRequest('newConsumer');
  await peers.ben.request('setConsumerPreferredLayers', { consumerId, spatialLayer: 2 });
  await peers.ben.request('setConsumerPreferredLayers', {
    consumerId,
    spatialLayer: 1,
    temporalLayer: 0,
  });
  await peers.ben.request('setConsumerPriority', { consumerId, priority: 7 });
  const consumer = consumers.get(consumerId as string);
  expect(consumer?.preferredLayers).toEqual({ spatialLayer: 1, temporalLayer: 0 });
  expect(consumer?.priority).toBe(7);
});

it('getProducerStats and getConsumerStats answer about one’s own', async () => {
  const { producerId } = await produce(peers.anna, 'audio');
  const { id: consumerId } = await peers.ben.serverRequest('newConsumer');
  expect(await peers.anna.request('getProducerStats', { producerId })).toEqual(expect.any(Array));
  expect(await peers.ben.request('getConsumerStats', { consumerId })).toEqual([
    expect.objectContaining({ type: 'outbound-rtp', kind: 'audio' }),
  ]);
});

it('a peer whose token does not let it subscribe gets no consumers', async () => {
  const deaf = await server.join({
    room: peers.room,
    token: await testToken({ room: peers.room, who: 'deaf', permissions: { subscribe: false } }),
  });
  await createTransport(deaf, { producing: false, consuming: true });
  await produce(peers.anna, 'audio');
  await peers.ben.serverRequest('newConsumer');
  const seen = await deaf.request<{ codecs: unknown[] }>('getRouterRtpCapabilities');
  expect(seen.codecs.length).toBeGreaterThan(0);
  expect(deaf.requests).toEqual([]);
  await deaf.leave();
});

it('what came in on a receiving transport that ends comes in on another one', async () => {
  const fresh = await createTransport(peers.ben, { producing: false, consuming: true });
  const { producerId } = await produce(peers.anna, 'video');
  const { id: first } = await peers.ben.serverRequest('newConsumer');
  // As when the browser has closed it and the server hears of that (DTLS close).
  transports.get(fresh.id)?.close();
  expect(await peers.ben.notification('consumerClosed')).toEqual({ consumerId: first });
  expect(await peers.ben.serverRequest('newConsumer', ({ id }) => id !== first)).toMatchObject({
    producerId,
  });
});
