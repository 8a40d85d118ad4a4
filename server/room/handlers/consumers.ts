import type { HandlersOf } from './handler.ts';

/**
 * What a peer receives: paused, resumed, and how much of it. Naming one consumer of a producer
 * means all that the peer has of it, on whatever transport.
 */
export const consumerHandlers: HandlersOf<
  | 'pauseConsumer'
  | 'resumeConsumer'
  | 'requestConsumerKeyFrame'
  | 'setConsumerPreferredLayers'
  | 'setConsumerPriority'
  | 'getConsumerStats'
> = {
  async pauseConsumer({ peer }, { consumerId }) {
    const { subscription } = peer.subscriptions.consumer(consumerId);
    subscription.preferences.pausedByClient = true;
    await peer.subscriptions.settle([subscription]);
  },

  async resumeConsumer({ peer }, { consumerId }) {
    const { subscription } = peer.subscriptions.consumer(consumerId);
    subscription.preferences.pausedByClient = false;
    await peer.subscriptions.settle([subscription]);
  },

  async requestConsumerKeyFrame({ peer }, { consumerId }) {
    await peer.subscriptions.consumer(consumerId).subscription.requestKeyFrame();
  },

  async setConsumerPreferredLayers({ peer }, { consumerId, spatialLayer, temporalLayer }) {
    const { subscription } = peer.subscriptions.consumer(consumerId);
    await subscription.setLayers({
      spatialLayer,
      ...(temporalLayer === undefined ? {} : { temporalLayer }),
    });
  },

  async setConsumerPriority({ peer }, { consumerId, priority }) {
    await peer.subscriptions.consumer(consumerId).subscription.setPriority(priority);
  },

  async getConsumerStats({ peer }, { consumerId }) {
    return await peer.subscriptions.consumer(consumerId).consumer.getStats();
  },
};
