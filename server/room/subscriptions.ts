import type { types } from 'mediasoup';
import { ProtooError } from '../../src/shared/protoo.ts';
import type { PeerProducer, PeerTransport } from './peer-media.ts';
import { type SubscribedConsumer, Subscription } from './subscription.ts';

/** All that one peer receives, by producer and by consumer. */
export class Subscriptions implements Iterable<Subscription> {
  readonly #onMade: (made: SubscribedConsumer) => void;
  readonly #byProducer = new Map<string, Subscription>();
  readonly #byConsumer = new Map<string, SubscribedConsumer>();

  /** @param onMade Hears of each new consumer, before anything can happen to it. */
  constructor(onMade: (made: SubscribedConsumer) => void) {
    this.#onMade = onMade;
  }

  [Symbol.iterator](): Iterator<Subscription> {
    return this.#byProducer.values();
  }

  /** @throws {ProtooError} 404. */
  consumer(consumerId: string): SubscribedConsumer {
    const consumer = this.#byConsumer.get(consumerId);
    if (!consumer) throw new ProtooError(404, `no consumer “${consumerId}” of this peer`);
    return consumer;
  }

  get consumers(): SubscribedConsumer[] {
    return [...this.#byConsumer.values()];
  }

  of(producerId: string): Subscription | undefined {
    return this.#byProducer.get(producerId);
  }

  /**
   * The consumer of `producer` on `transport`, made if need be; paused when new.
   * @param like The subscription whose preferences a new one takes over.
   * @throws what mediasoup throws.
   */
  async consumerOn(
    producer: PeerProducer,
    transport: PeerTransport,
    rtpCapabilities: types.RtpCapabilities,
    like?: Subscription,
  ): Promise<SubscribedConsumer> {
    const subscription =
      this.#byProducer.get(producer.id) ?? new Subscription(producer, like?.preferences);
    this.#byProducer.set(producer.id, subscription);
    try {
      return await subscription.consumerOn(transport, rtpCapabilities, (made) => this.#add(made));
    } finally {
      this.#forgetIfOver(subscription);
    }
  }

  /**
   * Pauses and resumes so that media flows where it should. All requests to the worker go out at
   * once: sound first, then picture, and pauses last, so that nothing waits for what is in time.
   */
  async settle(subscriptions: Iterable<Subscription> = this): Promise<void> {
    const changes = [...subscriptions].flatMap((subscription) => subscription.changes());
    changes.sort((one, other) => rank(one) - rank(other));
    await Promise.all(changes.map(async ({ consumer, run }) => await consumer.run(run)));
  }

  #add(made: SubscribedConsumer): void {
    this.#byConsumer.set(made.id, made);
    made.consumer.observer.once('close', () => {
      this.#byConsumer.delete(made.id);
      this.#forgetIfOver(made.subscription);
    });
    this.#onMade(made);
  }

  #forgetIfOver(subscription: Subscription): void {
    const { id } = subscription.producer;
    if (subscription.isOver && this.#byProducer.get(id) === subscription) {
      this.#byProducer.delete(id);
    }
  }
}

function rank({ consumer, run }: { consumer: SubscribedConsumer; run: boolean }): number {
  if (!run) return 2;
  return consumer.consumer.kind === 'audio' ? 0 : 1;
}
