import type { ConsumerOffer, MediaKind } from '../../src/shared/signaling.ts';
import { ProtooError } from '../../src/shared/protoo.ts';
import type { Peer } from './peer.ts';
import type { PeerProducer } from './peer-media.ts';
import type { Room } from './room.ts';
import type { SubscribedConsumer, Subscription } from './subscription.ts';

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
  const transport = peer.receivingTransport;
  if (!transport) return;
  for (const producer of producersFor(room, peer)) {
    if (!comesIn(peer.subscriptions.of(producer.id), peer)) void consume(room, peer, producer);
  }
}

/**
 * Offers on the receiving transport what is not on it yet, though it may come in on another one,
 * whose place it then takes.
 * @param kind What is of another one stays where it comes in.
 */
export function bringToReceivingTransport(room: Room, peer: Peer, kind?: MediaKind): void {
  const transport = peer.receivingTransport;
  if (!transport) return;
  for (const producer of producersFor(room, peer)) {
    const subscription = peer.subscriptions.of(producer.id);
    if (subscription?.isOn(transport)) continue;
    const mayStay = kind !== undefined && producer.kind !== kind;
    if (!mayStay || !comesIn(subscription, peer)) void consume(room, peer, producer);
  }
}

/** Starts a consumer of `producer` for every other peer that has joined. */
export function offerToEverybody(room: Room, owner: Peer, producer: PeerProducer): void {
  for (const other of room.joinedPeers(owner)) void consume(room, other, producer);
}

/** What `newConsumer` and `mirrorConsumers` tell of a consumer. */
export function describeConsumer(
  peer: Peer,
  { consumer, transport, subscription }: SubscribedConsumer,
  replaces: SubscribedConsumer | undefined,
): ConsumerOffer {
  const { producer } = subscription;
  return {
    peerId: producer.appData.peerId,
    producerId: producer.id,
    id: consumer.id,
    kind: consumer.kind,
    rtpParameters: consumer.rtpParameters,
    type: consumer.type,
    appData: producer.appData.shared,
    producerPaused: consumer.producerPaused,
    ...(peer.understands('transport-migration')
      ? { transportId: transport.id, ...(replaces ? { replaces: replaces.id } : {}) }
      : {}),
  };
}

function producersFor(room: Room, peer: Peer): PeerProducer[] {
  return room.joinedPeers(peer).flatMap((other) => [...other.producers]);
}

/** Whether it comes in, or will, on a transport that is no mere standby. */
function comesIn(subscription: Subscription | undefined, peer: Peer): boolean {
  if (!subscription) return false;
  return [...peer.transports].some(
    (transport) => transport.flow !== 'silent' && subscription.isOn(transport),
  );
}

/**
 * Makes a consumer on the receiving transport, offers it, and lets media flow once accepted. Does
 * nothing where there is nothing to do: nobody there to accept, no permission, no transport yet,
 * consumed already, or a codec that the peer lacks.
 * Never throws: what goes wrong concerns this one consumer, and is logged.
 */
async function consume(room: Room, peer: Peer, producer: PeerProducer): Promise<void> {
  const { joined, receivingTransport: transport } = peer;
  if (!joined || !transport || peer.isAbsent || !peer.identity.permissions.subscribe) return;
  if (producer.closed || peer.subscriptions.of(producer.id)?.isOn(transport)) return;
  const { rtpCapabilities } = joined;
  if (!room.router.canConsume({ producerId: producer.id, rtpCapabilities })) {
    room.logger.info({ peerId: peer.id, kind: producer.kind }, 'peer cannot decode this producer');
    return;
  }
  const replaced = replacedBy(peer, producer);
  let made: SubscribedConsumer;
  try {
    made = await peer.subscriptions.consumerOn(producer, transport, rtpCapabilities, replaced);
  } catch (error) {
    room.logger.warn({ peerId: peer.id, err: error }, 'no consumer could be made');
    return;
  }
  await offer(room, peer, made);
}

/** The subscription whose place one of `producer` takes, for a client that can make use of that. */
function replacedBy(peer: Peer, producer: PeerProducer): Subscription | undefined {
  const { replaces } = producer.appData;
  if (replaces === undefined || !peer.understands('transport-migration')) return undefined;
  return peer.subscriptions.of(replaces);
}

/** The consumer of `subscription` whose place `made` takes. */
function predecessor(
  subscription: Subscription,
  made: SubscribedConsumer,
): SubscribedConsumer | undefined {
  const others = subscription.consumers.filter((other) => other !== made);
  return (
    others.find(({ transport }) => transport === made.transport) ??
    others.find(({ isRunning }) => isRunning) ??
    others[0]
  );
}

async function offer(room: Room, peer: Peer, made: SubscribedConsumer): Promise<void> {
  const { consumer, subscription } = made;
  const { connection } = peer;
  const replaced = replacedBy(peer, subscription.producer);
  const replaces = predecessor(subscription, made) ?? (replaced && predecessor(replaced, made));
  made.toldOver = connection;
  try {
    await connection.request(
      'newConsumer',
      describeConsumer(peer, made, replaces),
      ACCEPT_TIMEOUT_MS,
    );
    if (consumer.closed) return;
    made.accepted = true;
    await peer.subscriptions.settle([subscription]);
    connection.notify('consumerScore', { consumerId: consumer.id, score: consumer.score });
  } catch (error) {
    if (peer.closed || consumer.closed) return;
    const problem = error instanceof ProtooError ? error.message : String(error);
    room.logger.info({ peerId: peer.id, problem }, 'the client did not take a consumer');
    consumer.close();
  }
}
