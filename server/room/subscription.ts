import { setImmediate } from 'node:timers/promises';
import type { types } from 'mediasoup';
import type { SignalingConnection } from './connection.ts';
import type { PeerProducer, PeerTransport } from './peer-media.ts';

/**
 * What one peer receives of one producer: how it wants it, and a consumer on each transport that
 * it may come in on. Pauses, layers and priority belong to the pair of them, not to a consumer.
 */

/** How a peer wants a producer; undefined: as mediasoup has it by default. */
export interface ReceptionPreferences {
  pausedByClient: boolean;
  layers: types.ConsumerLayers | undefined;
  /** 1 to 255. */
  priority: number | undefined;
}

/** A consumer of a subscription, with what this server knows of it. */
export class SubscribedConsumer {
  readonly consumer: types.Consumer;
  readonly transport: PeerTransport;
  readonly subscription: Subscription;
  /** The client is ready for its media. */
  accepted = false;
  /** The connection over which the client was told of it, last. */
  toldOver: SignalingConnection | undefined;
  /** What the worker was asked for last; its answers come later, in the order of the requests. */
  #askedToRun = false;

  constructor(consumer: types.Consumer, transport: PeerTransport, subscription: Subscription) {
    this.consumer = consumer;
    this.transport = transport;
    this.subscription = subscription;
  }

  get id(): string {
    return this.consumer.id;
  }

  /** Whether the worker was last asked to let media through. */
  get isRunning(): boolean {
    return this.#askedToRun;
  }

  /** Asks the worker at once. Its consumer may be gone by then, which is no fault. */
  async run(run: boolean): Promise<void> {
    const before = this.#askedToRun;
    this.#askedToRun = run;
    try {
      await (run ? this.consumer.resume() : this.consumer.pause());
    } catch (error) {
      // The worker's word that the producer closed may be on its way behind the refusal.
      await setImmediate();
      if (this.consumer.closed) return;
      this.#askedToRun = before;
      throw error;
    }
  }
}

export class Subscription {
  readonly producer: PeerProducer;
  readonly preferences: ReceptionPreferences;
  /** By transport id: at most one each. */
  readonly #consumers = new Map<string, SubscribedConsumer>();
  readonly #beingMade = new Map<string, Promise<SubscribedConsumer>>();

  constructor(producer: PeerProducer, preferences?: ReceptionPreferences) {
    this.producer = producer;
    this.preferences = preferences
      ? { ...preferences }
      : { pausedByClient: false, layers: undefined, priority: undefined };
  }

  get consumers(): SubscribedConsumer[] {
    return [...this.#consumers.values()];
  }

  /** Nothing comes in, nor is about to. */
  get isOver(): boolean {
    return this.#consumers.size === 0 && this.#beingMade.size === 0;
  }

  on(transport: PeerTransport): SubscribedConsumer | undefined {
    return this.#consumers.get(transport.id);
  }

  /** Whether there is a consumer on `transport`, or will be. */
  isOn(transport: PeerTransport): boolean {
    return this.#consumers.has(transport.id) || this.#beingMade.has(transport.id);
  }

  /**
   * The consumer on `transport`: the one there, the one being made, or a new one, paused.
   * @param onMade Called with a new one, before anything can happen to it.
   * @throws what mediasoup throws.
   */
  async consumerOn(
    transport: PeerTransport,
    rtpCapabilities: types.RtpCapabilities,
    onMade: (made: SubscribedConsumer) => void,
  ): Promise<SubscribedConsumer> {
    const present = this.#consumers.get(transport.id) ?? this.#beingMade.get(transport.id);
    if (present) return await present;
    const making = this.#make(transport, rtpCapabilities, onMade);
    this.#beingMade.set(transport.id, making);
    try {
      return await making;
    } finally {
      this.#beingMade.delete(transport.id);
    }
  }

  /**
   * What has to change so that media flows where it should: on accepted consumers of flowing
   * transports; where there is none, on superseded ones; nowhere while the client has paused it.
   */
  changes(): { consumer: SubscribedConsumer; run: boolean }[] {
    const ready = this.consumers.filter(({ accepted }) => accepted);
    const isServed = ready.some(({ transport }) => transport.flow === 'flowing');
    return this.consumers.flatMap((consumer) => {
      const { flow } = consumer.transport;
      const carries = flow === 'flowing' || (flow === 'superseded' && !isServed);
      const run = consumer.accepted && carries && !this.preferences.pausedByClient;
      return run === consumer.isRunning ? [] : [{ consumer, run }];
    });
  }

  async setLayers(layers: types.ConsumerLayers): Promise<void> {
    this.preferences.layers = layers;
    await this.#all(async (consumer) => await consumer.setPreferredLayers(layers));
  }

  async setPriority(priority: number): Promise<void> {
    this.preferences.priority = priority;
    await this.#all(async (consumer) => await consumer.setPriority(priority));
  }

  /** Paused ones have no use for it, and mediasoup asks for none on their behalf. */
  async requestKeyFrame(): Promise<void> {
    await this.#all(async (consumer) => await consumer.requestKeyFrame());
  }

  async #all(change: (consumer: types.Consumer) => Promise<void>): Promise<void> {
    await Promise.all(this.consumers.map(async ({ consumer }) => await change(consumer)));
  }

  async #make(
    transport: PeerTransport,
    rtpCapabilities: types.RtpCapabilities,
    onMade: (made: SubscribedConsumer) => void,
  ): Promise<SubscribedConsumer> {
    const { layers } = this.preferences;
    const consumer = await transport.transport.consume({
      producerId: this.producer.id,
      rtpCapabilities,
      paused: true,
      // Retransmission for sound too: a lost word costs more than a late one.
      enableRtx: true,
      ignoreDtx: true,
      ...(layers ? { preferredLayers: layers } : {}),
    });
    const made = new SubscribedConsumer(consumer, transport, this);
    this.#consumers.set(transport.id, made);
    consumer.observer.once('close', () => {
      if (this.#consumers.get(transport.id) === made) this.#consumers.delete(transport.id);
    });
    onMade(made);
    const { layers: wanted, priority } = this.preferences;
    if (wanted && wanted !== layers) await consumer.setPreferredLayers(wanted);
    if (priority !== undefined) await consumer.setPriority(priority);
    return made;
  }
}
