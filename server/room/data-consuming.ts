import type { types } from 'mediasoup';
import type { Peer } from './peer.ts';
import type { PeerDataProducer } from './peer-media.ts';
import type { Room } from './room.ts';

/** Brings data channels (SCTP) of one peer to the others. */

/** As for media consumers: clients take them one after the other, ms. */
const ACCEPT_TIMEOUT_MS = 20_000;

/** Starts, all at once, the data consumers that `peer` lacks. */
export function consumeAllData(room: Room, peer: Peer): void {
  for (const other of room.joinedPeers(peer)) {
    for (const producer of other.dataProducers) void consumeData(room, peer, producer);
  }
}

/** Starts a data consumer for every other peer that has joined. */
export function offerDataToEverybody(room: Room, owner: Peer, producer: PeerDataProducer): void {
  for (const other of room.joinedPeers(owner)) void consumeData(room, other, producer);
}

/** Never throws: what goes wrong concerns this one data consumer, and is logged. */
async function consumeData(room: Room, peer: Peer, producer: PeerDataProducer): Promise<void> {
  const transport = peer.receivingTransport?.transport;
  if (!peer.joined || peer.isAbsent || !transport?.sctpParameters) return;
  if (!peer.identity.permissions.subscribe) return;
  if (producer.closed || peer.consumedData.has(producer.id)) return;
  peer.consumedData.add(producer.id);
  try {
    const consumer = await transport.consumeData({ dataProducerId: producer.id });
    consumer.observer.once('close', () => {
      peer.consumedData.delete(producer.id);
      if (!peer.closed) {
        peer.connection.notify('dataConsumerClosed', { dataConsumerId: consumer.id });
      }
    });
    await offer(room, peer, producer, consumer);
  } catch (error) {
    peer.consumedData.delete(producer.id);
    room.logger.warn({ peerId: peer.id, err: error }, 'no data consumer could be made');
  }
}

async function offer(
  room: Room,
  peer: Peer,
  producer: PeerDataProducer,
  consumer: types.DataConsumer,
): Promise<void> {
  const { sctpStreamParameters } = consumer;
  if (!sctpStreamParameters) return;
  try {
    await peer.connection.request(
      'newDataConsumer',
      {
        peerId: producer.appData.peerId,
        dataProducerId: producer.id,
        id: consumer.id,
        sctpStreamParameters: { ...sctpStreamParameters },
        label: consumer.label,
        protocol: consumer.protocol,
        appData: producer.appData.shared,
      },
      ACCEPT_TIMEOUT_MS,
    );
  } catch (error) {
    if (peer.closed || consumer.closed) return;
    room.logger.info({ peerId: peer.id, problem: String(error) }, 'data consumer not taken');
    consumer.close();
  }
}
