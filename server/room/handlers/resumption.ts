import { ProtooError } from '../../../src/shared/protoo.ts';
import { consumeEverything } from '../consuming.ts';
import { consumeAllData } from '../data-consuming.ts';
import type { HandlersOf } from './handler.ts';

/** `peer-resume`: a peer is back, and both sides find out what stands. */
export const resumptionHandlers: HandlersOf<'resume'> = {
  resume({ room, peer, connection, metrics }) {
    if (!peer.isAbsent) {
      throw new ProtooError(403, 'this connection took no place again: there is nothing to resume');
    }
    peer.returnOver(connection);
    metrics.peerResumed();
    room.logger.info({ peerId: peer.id }, 'peer is back');
    // What was never accepted, and what came meanwhile. The offers take a round trip to the media
    // worker first, so the answer goes out before.
    consumeEverything(room, peer);
    consumeAllData(room, peer);
    return {
      peers: room.joinedPeers(peer).flatMap(({ info }) => info ?? []),
      transports: [...peer.transports].map(({ id }) => ({ id })),
      producers: [...peer.producers].map(({ id, paused }) => ({ id, paused })),
      consumers: peer.subscriptions.consumers
        .filter(({ accepted }) => accepted)
        .map(({ id, consumer }) => ({ id, producerPaused: consumer.producerPaused })),
    };
  },
};
