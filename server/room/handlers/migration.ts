import { ProtooError } from '../../../src/shared/protoo.ts';
import type { ConsumerOffer, MediaKind } from '../../../src/shared/signaling.ts';
import { bringToReceivingTransport, describeConsumer } from '../consuming.ts';
import type { Peer } from '../peer.ts';
import type { PeerTransport } from '../peer-media.ts';
import type { Room } from '../room.ts';
import type { SubscribedConsumer } from '../subscription.ts';
import { consumeAllData } from '../data-consuming.ts';
import type { HandlersOf } from './handler.ts';

/** `transport-migration`: what a peer receives moves from one of its transports to another. */

/**
 * Transports on which one peer may have consumers at once: the receiving one, a standby, one that
 * is tried for the way back, and one that is being given up. Each holds a twin of everything.
 */
const MAX_TRANSPORTS_WITH_CONSUMERS = 4;

/**
 * Characters of one answer to `mirrorConsumers`: half of what relays and this server's own send
 * buffer take at once. Some 300 consumers have room in it.
 */
const MAX_ANSWER_LENGTH = 524_288;

export const migrationHandlers: HandlersOf<'mirrorConsumers' | 'receiveOn'> = {
  async mirrorConsumers({ room, peer, connection }, { transportId, kind }) {
    const target = consumingTransport(peer, transportId);
    await mirror(room, peer, target, kind);
    if (target.transport.closed) {
      throw new ProtooError(404, `transport “${transportId}” was closed in the meantime`);
    }
    // Told over this connection: an answer that went out over one that broke may be lost.
    const untold = peer.subscriptions.consumers
      .filter(({ transport, toldOver }) => transport === target && toldOver !== connection)
      .toSorted((one, other) => rank(one) - rank(other));
    const source = peer.receivingTransport;
    const consumers: ConsumerOffer[] = [];
    let length = 0;
    for (const twin of untold) {
      const original = source && twin.subscription.on(source);
      const offer = describeConsumer(peer, twin, original === twin ? undefined : original);
      length += JSON.stringify(offer).length;
      if (length > MAX_ANSWER_LENGTH) break;
      twin.toldOver = connection;
      twin.accepted = true;
      consumers.push(offer);
    }
    peer.settle(untold.map(({ subscription }) => subscription));
    return { consumers };
  },

  async receiveOn({ room, peer }, { transportId, alone, kind }) {
    const target = consumingTransport(peer, transportId);
    peer.receiveOn(target, alone);
    if (kind) askForPictures(room, peer, target, kind);
    await peer.subscriptions.settle();
    bringToReceivingTransport(room, peer, kind);
    consumeAllData(room, peer);
  },
};

/** Never throws: a twin that cannot be made is left out, and logged. */
async function mirror(
  room: Room,
  peer: Peer,
  target: PeerTransport,
  kind: MediaKind | undefined,
): Promise<void> {
  const { joined, receivingTransport: source } = peer;
  if (!joined || !source || source === target) return;
  const { rtpCapabilities } = joined;
  await Promise.all(
    [...peer.subscriptions].map(async (subscription) => {
      if (!subscription.on(source)) return;
      if (kind && subscription.producer.kind !== kind) return;
      try {
        await peer.subscriptions.consumerOn(subscription.producer, target, rtpCapabilities);
      } catch (error) {
        if (subscription.producer.closed || target.transport.closed) return;
        room.logger.warn({ peerId: peer.id, err: error }, 'no twin could be made');
      }
    }),
  );
}

/**
 * What may be wanted on `target` in a moment gets a key frame there sooner; and whoever sends in vain
 * learns by it that the way out is shut, not the way in.
 */
function askForPictures(room: Room, peer: Peer, target: PeerTransport, kind: MediaKind): void {
  for (const subscription of peer.subscriptions) {
    if (subscription.producer.kind === kind || subscription.isOn(target)) continue;
    subscription.requestKeyFrame().catch((error: unknown) => {
      if (subscription.producer.closed || target.transport.closed) return;
      room.logger.warn({ peerId: peer.id, err: error }, 'no key frame could be asked for');
    });
  }
}

/** @throws {ProtooError} 403 not for consuming, or too many at once; 404. */
function consumingTransport(peer: Peer, transportId: string): PeerTransport {
  const target = peer.transports.get(transportId);
  if (!target.consuming) {
    throw new ProtooError(403, `transport “${transportId}” was not made for consuming`);
  }
  const others = [...peer.transports].filter(
    (transport) =>
      transport !== target &&
      [...peer.subscriptions].some((subscription) => subscription.isOn(transport)),
  );
  if (others.length >= MAX_TRANSPORTS_WITH_CONSUMERS) {
    throw new ProtooError(
      403,
      `this peer has consumers on ${others.length} other transports; close one first`,
    );
  }
  return target;
}

function rank({ consumer }: SubscribedConsumer): number {
  return consumer.kind === 'audio' ? 0 : 1;
}
