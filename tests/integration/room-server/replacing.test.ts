import { beforeEach, expect, it } from 'vitest';
import { audioParameters, createTransport, produce } from './media.ts';
import { observeMedia } from './media-observer.ts';
import type { SignalingClient } from './signaling-client.ts';
import { startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** transport-migration, sending side: a producer of anna's takes the place of another one. */

const { consumers } = observeMedia();
const server = await startTestServer();
const peers = useTwoPeers(server, ['transport-migration']);

beforeEach(async () => {
  await createTransport(peers.ben, { producing: false, consuming: true });
});

async function offerOf(client: SignalingClient, producerId: string) {
  return await client.serverRequest('newConsumer', (data) => data['producerId'] === producerId);
}

/** Anna's producer as ben has it, once media may flow in it. */
async function received(producerId: string): Promise<string> {
  const { id } = await offerOf(peers.ben, producerId);
  await peers.ben.notification('consumerScore', ({ consumerId }) => consumerId === id);
  return id as string;
}

it('others are told which consumer the new one replaces, and the old one lives on', async () => {
  const old = await produce(peers.anna, 'video', { source: 'camera' });
  const oldId = await received(old.producerId);
  const { producerId } = await produce(
    peers.anna,
    'video',
    { source: 'camera' },
    { replaces: old.producerId },
  );
  expect(await offerOf(peers.ben, producerId)).toMatchObject({
    peerId: 'anna',
    replaces: oldId,
    appData: { source: 'camera' },
  });
  const newId = await received(producerId);
  expect([oldId, newId].map((id) => consumers.get(id)?.paused)).toEqual([false, false]);
  await peers.anna.request('closeProducer', { producerId: old.producerId });
  expect(await peers.ben.notification('consumerClosed')).toEqual({ consumerId: oldId });
  expect(consumers.get(newId)?.closed).toBe(false);
});

it('what ben has asked of the old one holds for the new one', async () => {
  const old = await produce(peers.anna, 'video');
  const consumerId = await received(old.producerId);
  const layers = { spatialLayer: 1, temporalLayer: 1 };
  await peers.ben.request('setConsumerPreferredLayers', { consumerId, ...layers });
  await peers.ben.request('setConsumerPriority', { consumerId, priority: 5 });
  await peers.ben.request('pauseConsumer', { consumerId });
  const next = await produce(peers.anna, 'video', {}, { replaces: old.producerId });
  const newId = await received(next.producerId);
  expect(consumers.get(newId)).toMatchObject({
    paused: true,
    preferredLayers: layers,
    priority: 5,
  });
  // From now on each is its own.
  await peers.ben.request('resumeConsumer', { consumerId: newId });
  expect([consumerId, newId].map((id) => consumers.get(id)?.paused)).toEqual([true, false]);
});

it('a client without the extension gets a plain consumer, playing, and the old one’s end', async () => {
  const plain = await server.join({ room: peers.room });
  await createTransport(plain, { producing: false, consuming: true });
  const old = await produce(peers.anna, 'audio');
  const { id: consumerId } = await offerOf(plain, old.producerId);
  await plain.request('pauseConsumer', { consumerId });
  const next = await produce(peers.anna, 'audio', {}, { replaces: old.producerId });
  const offered = await offerOf(plain, next.producerId);
  expect(Object.keys(offered)).not.toContain('replaces');
  await plain.notification('consumerScore', (data) => data['consumerId'] === offered['id']);
  expect(consumers.get(offered['id'] as string)?.paused).toBe(false);
  await peers.anna.request('closeProducer', { producerId: old.producerId });
  expect(await plain.notification('consumerClosed')).toEqual({ consumerId });
  await plain.leave();
});

it('starts paused where that is asked for', async () => {
  const old = await produce(peers.anna, 'audio');
  await received(old.producerId);
  const next = await produce(peers.anna, 'audio', {}, { replaces: old.producerId, paused: true });
  expect(await offerOf(peers.ben, next.producerId)).toMatchObject({ producerPaused: true });
  const { id: consumerId } = await offerOf(peers.ben, next.producerId);
  await peers.anna.request('resumeProducer', { producerId: next.producerId });
  expect(await peers.ben.notification('consumerResumed')).toEqual({ consumerId });
});

it('a newcomer, who has not got the old one, is told of no replacement', async () => {
  const old = await produce(peers.anna, 'audio');
  const next = await produce(peers.anna, 'audio', {}, { replaces: old.producerId });
  await peers.anna.request('closeProducer', { producerId: old.producerId });
  const carol = await server.join({ room: peers.room, features: ['transport-migration'] });
  await createTransport(carol, { producing: false, consuming: true });
  const offered = await offerOf(carol, next.producerId);
  expect(Object.keys(offered)).not.toContain('replaces');
  expect(carol.requests).toHaveLength(1);
  await carol.leave();
});

it('only one’s own, living, and of the same kind is replaced', async () => {
  const bens = await produce(peers.ben, 'audio');
  const gone = await produce(peers.anna, 'audio');
  await peers.anna.request('closeProducer', { producerId: gone.producerId });
  for (const replaces of [bens.producerId, gone.producerId, 'nobody’s']) {
    await expect(produce(peers.anna, 'audio', {}, { replaces })).rejects.toMatchObject({
      code: 404,
      message: `produce: no producer “${replaces}” of this peer`,
    });
  }
  const sound = await produce(peers.anna, 'audio');
  await expect(
    produce(peers.anna, 'video', {}, { replaces: sound.producerId }),
  ).rejects.toMatchObject({
    code: 400,
    message: `produce: replaces: producer “${sound.producerId}” is not of kind video`,
  });
  await expect(
    peers.anna.request('produce', {
      transportId: sound.transportId,
      kind: 'audio',
      rtpParameters: audioParameters(),
      replaces: sound.producerId,
      paused: 'yes',
    }),
  ).rejects.toMatchObject({ code: 400 });
  expect(await peers.ben.request('getProducerStats', bens)).toEqual(expect.any(Array));
});
