import type { types } from 'mediasoup-client';
import { ProtooError } from '../../shared/protoo.ts';
import type { ServerRequest } from '../../shared/signaling.ts';
import type { MediaLink } from './media-link.ts';
import type { Roster } from './roster.ts';
import { toRtpParameters } from './wire-types.ts';

/** Receives the others' tracks over one receiving transport and enters them in the roster. */
export class Subscriber {
  readonly #link: MediaLink;
  readonly #roster: Roster;
  readonly #consumers = new Map<string, types.Consumer>();
  /** Offers being taken, with what the server said of them meanwhile. */
  readonly #pending = new Map<string, { paused: boolean; closed: boolean }>();
  readonly #firstTaken = Promise.withResolvers<undefined>();
  readonly #onTrack: (track: MediaStreamTrack) => void;

  constructor(link: MediaLink, roster: Roster, onTrack: (track: MediaStreamTrack) => void) {
    this.#link = link;
    this.#roster = roster;
    this.#onTrack = onTrack;
  }

  /**
   * Takes a track; the server lets it flow once this has resolved.
   * @throws {ProtooError} 400, to the server: the track cannot be received.
   */
  async add(offer: ServerRequest<'newConsumer'>): Promise<void> {
    const pending = { paused: offer.producerPaused, closed: false };
    this.#pending.set(offer.id, pending);
    this.#link.use();
    let consumer: types.Consumer;
    try {
      consumer = await this.#link.transport.consume({
        id: offer.id,
        producerId: offer.producerId,
        kind: offer.kind,
        rtpParameters: toRtpParameters(offer.rtpParameters),
        // One stream per peer, so that the browser keeps lips and voice together.
        streamId: offer.peerId,
      });
    } catch (error) {
      throw new ProtooError(400, `newConsumer: ${String(error)}`);
    } finally {
      this.#pending.delete(offer.id);
      if (this.#pending.size === 0) this.#firstTaken.resolve(undefined);
    }
    if (pending.closed) {
      consumer.close();
      return;
    }
    this.#consumers.set(offer.id, consumer);
    this.#roster.addTrack(offer.peerId, {
      consumerId: offer.id,
      producerId: offer.producerId,
      kind: offer.kind,
      track: consumer.track,
      paused: pending.paused,
    });
    this.#onTrack(consumer.track);
  }

  /** Resolves when the tracks that were offered first are taken, or after `withinMs`. */
  async firstTaken(withinMs: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.#firstTaken.promise, late]);
    clearTimeout(timer);
  }

  setPaused(consumerId: string, paused: boolean): void {
    const pending = this.#pending.get(consumerId);
    if (pending) pending.paused = paused;
    else this.#roster.setPaused(consumerId, paused);
  }

  remove(consumerId: string): void {
    const pending = this.#pending.get(consumerId);
    if (pending) pending.closed = true;
    this.#consumers.get(consumerId)?.close();
    this.#consumers.delete(consumerId);
    this.#roster.removeTrack(consumerId);
  }
}
