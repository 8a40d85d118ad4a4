import { observer, type types } from 'mediasoup';

/**
 * What mediasoup itself holds, seen through its observer interface: lets a test look at a
 * consumer's state, which the protocol does not tell. Call before the server starts.
 */
export function observeConsumers(): Map<string, types.Consumer> {
  const consumers = new Map<string, types.Consumer>();
  observer.on('newworker', (worker) => {
    worker.observer.on('newrouter', (router) => {
      router.observer.on('newtransport', (transport) => {
        transport.observer.on('newconsumer', (consumer) => {
          consumers.set(consumer.id, consumer);
          consumer.observer.once('close', () => consumers.delete(consumer.id));
        });
      });
    });
  });
  return consumers;
}
