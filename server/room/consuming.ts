import type { ClientRequestParsed } from '../../src/shared/signaling.ts';
import { ProtooError } from '../../src/shared/protoo.ts';
import type { ConsumerData, Peer, PeerConsumer, PeerProducer } from './peer.ts';
import type { Room } from './room.ts';

/**
 * Brings what one peer sends to another. The consumer starts paused; it is resumed when the client
 * has accepted it, so that the key frame (which mediasoup asks for on resuming) finds a decoder.
 */

/**
 * How long a client may take to accept a consumer, ms. It applies them one after the other, so in
 * a full room, on a slow computer, the last one waits for many.
 */
const ACCEPT_TIMEOUT_MS = 20_000;

/** Starts, all at once, the consumers that `peer` lacks for what the others send. */
export function consumeEverything(room: Room, peer: Peer): void {
  for (const other of room.joinedPeers(peer)) {
    for (const producer of other.producers) void consume(room, peer, producer);
  }
}

/** Starts a consumer of `producer` for every other peer that has joined. */
export function offerToEverybody(room: Room, owner: Peer, producer: PeerProducer): void {
  for (const other of room.joinedPeers(owner)) void consume(room, other, producer);
}

/**
 * Makes a consumer, offers it, and resumes it once accepted. Does nothing where there is nothing
 * to do: no permission, no transport yet, consumed already, or a codec that the peer lacks.
 * Never throws: what goes wrong concerns this one consumer, and is logged.
 */
async function consume(room: Room, peer: Peer, producer: PeerProducer): Promise<void> {
  const { joined, receivingTransport } = peer;
  if (!joined || !receivingTransport || !peer.identity.permissions.subscribe) return;
  if (producer.closed || peer.consumed.has(producer.id)) return;
  const { rtpCapabilities } = joined;
  if (!room.router.canConsume({ producerId: producer.id, rtpCapabilities })) {
    room.logger.info({ peerId: peer.id, kind: producer.kind }, 'peer cannot decode this producer');
    return;
  }
  peer.consumed.add(producer.id);
  let consumer: PeerConsumer;
  try {
    consumer = await receivingTransport.transport.consume<ConsumerData>({
      producerId: producer.id,
      rtpCapabilities,
      paused: true,
      // Retransmission for sound too: a lost word costs more than a late one.
      enableRtx: true,
      ignoreDtx: true,
      appData: { pausedByClient: false },
    });
  } catch (error) {
    peer.consumed.delete(producer.id);
    room.logger.warn({ peerId: peer.id, err: error }, 'no consumer could be made');
    return;
  }
  peer.consumers.add(consumer);
  watch(peer, consumer);
  await offer(room, peer, producer, consumer);
}

function watch(peer: Peer, consumer: PeerConsumer): void {
  const { connection } = peer;
  const consumerId = consumer.id;
  consumer.observer.once('close', () => {
    peer.consumers.delete(consumerId);
    peer.consumed.delete(consumer.producerId);
    if (!peer.closed) connection.notify('consumerClosed', { consumerId });
  });
  consumer.on('producerpause', () => connection.notify('consumerPaused', { consumerId }));
  consumer.on('producerresume', () => connection.notify('consumerResumed', { consumerId }));
  consumer.on('score', (score) => connection.notify('consumerScore', { consumerId, score }));
  consumer.on('layerschange', (layers) => {
    connection.notify('consumerLayersChanged', {
      consumerId,
      spatialLayer: layers?.spatialLayer ?? null,
      temporalLayer: layers?.temporalLayer ?? null,
    });
  });
}

async function offer(
  room: Room,
  peer: Peer,
  producer: PeerProducer,
  consumer: PeerConsumer,
): Promise<void> {
  try {
    await peer.connection.request(
      'newConsumer',
      {
        peerId: producer.appData.peerId,
        producerId: producer.id,
        id: consumer.id,
        kind: consumer.kind,
        rtpParameters: consumer.rtpParameters,
        type: consumer.type,
        appData: producer.appData.shared,
        producerPaused: consumer.producerPaused,
      },
      ACCEPT_TIMEOUT_MS,
    );
    if (consumer.closed) return;
    if (!consumer.appData.pausedByClient) await consumer.resume();
    peer.connection.notify('consumerScore', { consumerId: consumer.id, score: consumer.score });
  } catch (error) {
    if (peer.closed || consumer.closed) return;
    const problem = error instanceof ProtooError ? error.message : String(error);
    room.logger.info({ peerId: peer.id, problem }, 'the client did not take a consumer');
    consumer.close();
  }
}

/** `setConsumerPreferredLayers` without the fields that are absent. */
export function preferredLayers(data: ClientRequestParsed<'setConsumerPreferredLayers'>): {
  spatialLayer: number;
  temporalLayer?: number;
} {
  const { spatialLayer, temporalLayer } = data;
  return { spatialLayer, ...(temporalLayer === undefined ? {} : { temporalLayer }) };
}
