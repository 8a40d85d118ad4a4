import type { Peer } from './peer.ts';
import type { SubscribedConsumer } from './subscription.ts';

/** Tells a peer what happens to one of its consumers. */
export function reportConsumer(peer: Peer, subscribed: SubscribedConsumer): void {
  const { consumer, transport, subscription } = subscribed;
  const consumerId = consumer.id;
  consumer.observer.once('close', () => {
    if (peer.closed) return;
    if (!transport.closedByClient) peer.connection.notify('consumerClosed', { consumerId });
    // A twin that stood back for it takes over.
    peer.settle([subscription]);
  });
  consumer.on('producerpause', () => peer.connection.notify('consumerPaused', { consumerId }));
  consumer.on('producerresume', () => peer.connection.notify('consumerResumed', { consumerId }));
  consumer.on('score', (score) => {
    // Every twin is told the same of its producer.
    if (transport.flow !== 'flowing') return;
    peer.connection.notify('consumerScore', { consumerId, score });
  });
  consumer.on('layerschange', (layers) => {
    peer.connection.notify('consumerLayersChanged', {
      consumerId,
      spatialLayer: layers?.spatialLayer ?? null,
      temporalLayer: layers?.temporalLayer ?? null,
    });
  });
}
