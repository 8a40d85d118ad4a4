import { preferredLayers } from '../consuming.ts';
import type { HandlersOf } from './handler.ts';

/** What a peer receives: paused, resumed, and how much of it. */
export const consumerHandlers: HandlersOf<
  | 'pauseConsumer'
  | 'resumeConsumer'
  | 'requestConsumerKeyFrame'
  | 'setConsumerPreferredLayers'
  | 'setConsumerPriority'
  | 'getConsumerStats'
> = {
  async pauseConsumer({ peer }, { consumerId }) {
    const consumer = peer.consumers.get(consumerId);
    consumer.appData.pausedByClient = true;
    await consumer.pause();
  },

  async resumeConsumer({ peer }, { consumerId }) {
    const consumer = peer.consumers.get(consumerId);
    consumer.appData.pausedByClient = false;
    await consumer.resume();
  },

  async requestConsumerKeyFrame({ peer }, { consumerId }) {
    await peer.consumers.get(consumerId).requestKeyFrame();
  },

  async setConsumerPreferredLayers({ peer }, data) {
    await peer.consumers.get(data.consumerId).setPreferredLayers(preferredLayers(data));
  },

  async setConsumerPriority({ peer }, { consumerId, priority }) {
    await peer.consumers.get(consumerId).setPriority(priority);
  },

  async getConsumerStats({ peer }, { consumerId }) {
    return await peer.consumers.get(consumerId).getStats();
  },
};
