import type { types } from 'mediasoup';
import { ProtooError } from '../../../src/shared/protoo.ts';
import { offerToEverybody } from '../consuming.ts';
import { offerDataToEverybody } from '../data-consuming.ts';
import type { Peer } from '../peer.ts';
import type { PeerTransport, ProducerData } from '../peer-media.ts';
import { type HandlersOf, withClientParameters } from './handler.ts';

/** What a peer sends: sound, picture, data. */
export const producerHandlers: HandlersOf<
  | 'produce'
  | 'closeProducer'
  | 'pauseProducer'
  | 'resumeProducer'
  | 'produceData'
  | 'getProducerStats'
> = {
  async produce({ room, peer }, data) {
    const { transportId, kind, rtpParameters, appData, replaces, paused } = data;
    const { transport } = sendingTransport(peer, transportId);
    if (replaces !== undefined && peer.producers.get(replaces).kind !== kind) {
      throw new ProtooError(400, `replaces: producer “${replaces}” is not of kind ${kind}`);
    }
    const producer = await peer.producers.create(
      async () =>
        await withClientParameters(
          async () =>
            await transport.produce<ProducerData>({
              kind,
              rtpParameters: rtpParameters as types.RtpParameters,
              paused: paused ?? false,
              appData: {
                peerId: peer.id,
                shared: appData,
                ...(replaces === undefined ? {} : { replaces }),
              },
            }),
        ),
    );
    producer.observer.once('close', () => peer.producers.delete(producer.id));
    producer.on('score', (score) =>
      peer.connection.notify('producerScore', { producerId: producer.id, score }),
    );
    if (kind === 'audio') {
      room.listenTo(producer).catch((error: unknown) => {
        if (!producer.closed)
          room.logger.warn({ err: error }, 'speaker detection lacks a producer');
      });
    }
    offerToEverybody(room, peer, producer);
    return { id: producer.id };
  },

  closeProducer({ peer }, { producerId }) {
    peer.producers.get(producerId).close();
  },

  async pauseProducer({ peer }, { producerId }) {
    await peer.producers.get(producerId).pause();
  },

  async resumeProducer({ peer }, { producerId }) {
    await peer.producers.get(producerId).resume();
  },

  async produceData(
    { room, peer },
    { transportId, sctpStreamParameters, label, protocol, appData },
  ) {
    const { transport } = sendingTransport(peer, transportId);
    if (!transport.sctpParameters) {
      throw new ProtooError(403, `transport “${transportId}” was made without sctpCapabilities`);
    }
    const producer = await peer.dataProducers.create(
      async () =>
        await withClientParameters(
          async () =>
            await transport.produceData<ProducerData>({
              sctpStreamParameters: sctpStreamParameters as types.SctpStreamParameters,
              label,
              protocol,
              appData: { peerId: peer.id, shared: appData },
            }),
        ),
    );
    producer.observer.once('close', () => peer.dataProducers.delete(producer.id));
    offerDataToEverybody(room, peer, producer);
    return { id: producer.id };
  },

  async getProducerStats({ peer }, { producerId }) {
    return await peer.producers.get(producerId).getStats();
  },
};

/** @throws {ProtooError} 403 may not publish, or the transport is not for producing; 404. */
function sendingTransport(peer: Peer, transportId: string): PeerTransport {
  if (!peer.identity.permissions.publish) {
    throw new ProtooError(403, 'the join token does not allow this peer to publish');
  }
  const owned = peer.transports.get(transportId);
  if (!owned.producing) {
    throw new ProtooError(403, `transport “${transportId}” was not made for producing`);
  }
  return owned;
}
