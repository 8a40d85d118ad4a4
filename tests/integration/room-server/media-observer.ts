import { observer, type types } from 'mediasoup';

export interface ObservedMedia {
  transports: Map<string, types.Transport>;
  consumers: Map<string, types.Consumer>;
}

/**
 * What mediasoup itself holds, seen through its observer interface: lets a test look at a
 * consumer's state, which the protocol does not tell. Call before the server starts.
 */
export function observeMedia(): ObservedMedia {
  const transports = new Map<string, types.Transport>();
  const consumers = new Map<string, types.Consumer>();
  observer.on('newworker', (worker) => {
    worker.observer.on('newrouter', (router) => {
      router.observer.on('newtransport', (transport) => {
        transports.set(transport.id, transport);
        transport.observer.once('close', () => transports.delete(transport.id));
        transport.observer.on('newconsumer', (consumer) => {
          consumers.set(consumer.id, consumer);
          consumer.observer.once('close', () => consumers.delete(consumer.id));
        });
      });
    });
  });
  return { transports, consumers };
}
