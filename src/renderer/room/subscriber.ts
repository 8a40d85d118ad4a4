import type { types } from 'mediasoup-client';
import { ProtooError } from '../../shared/protoo.ts';
import type { ConsumerOffer, MediaKind } from '../../shared/signaling.ts';
import { firstMedia } from './first-media.ts';
import { GATHER_OFFERS_MS } from './limits.ts';
import type { MediaLink } from './media-link.ts';
import type { Roster } from './roster.ts';
import { toRtpParameters } from './wire-types.ts';

/** One consumer: a track of somebody else, on one of our links. */
interface Received {
  readonly offer: ConsumerOffer;
  readonly consumer: types.Consumer;
  readonly link: MediaLink;
  paused: boolean;
  /** It was shown, or media has come in, since it was last waited for. */
  isLive: boolean;
  /** Ends the wait for its first media. */
  waiting: AbortController | undefined;
}

/** An offer that is being taken. */
interface Pending {
  readonly offer: ConsumerOffer;
  paused: boolean;
  closed: boolean;
}

export interface SubscriberOptions {
  roster: Roster;
  onTrack(track: MediaStreamTrack): void;
}

/**
 * Receives the others' tracks, on one link or, while media moves, on several, and enters in the
 * roster the one of each that is to be seen and heard. A track gives way to its successor when the
 * first picture or sound of that has come in, so that nothing blinks; until then the last picture
 * stays.
 */
export class Subscriber {
  readonly #options: SubscriberOptions;
  readonly #roster: Roster;
  readonly #received = new Map<string, Received>();
  /** Offers being taken, with what the server said of them meanwhile. */
  readonly #pending = new Map<string, Pending>();
  readonly #firstTaken = Promise.withResolvers<undefined>();
  #gathering: Promise<void> | undefined;
  #preferred: MediaLink | undefined;
  #onShown: (() => void) | undefined;

  constructor(options: SubscriberOptions) {
    this.#options = options;
    this.#roster = options.roster;
  }

  /**
   * Takes a track; the server lets it flow once this has resolved.
   * @returns its `mid` on the link; undefined where there was nothing to take.
   * @throws {ProtooError} 400, to the server: the track cannot be received.
   */
  async add(offer: ConsumerOffer, link: MediaLink): Promise<string | undefined> {
    if (this.#received.has(offer.id) || this.#pending.has(offer.id)) return undefined;
    const pending: Pending = { offer, paused: offer.producerPaused, closed: false };
    this.#pending.set(offer.id, pending);
    link.use();
    // It may end while it is being taken.
    const isOver = (): boolean => pending.closed;
    await this.#gathered();
    if (isOver()) {
      this.#taken(pending);
      this.#clearStale(offer);
      return undefined;
    }
    let consumer: types.Consumer;
    try {
      consumer = await link.transport.consume({
        id: offer.id,
        producerId: offer.producerId,
        kind: offer.kind,
        rtpParameters: toRtpParameters(offer.rtpParameters),
        // One stream per peer, so that the browser keeps lips and voice together.
        streamId: offer.peerId,
      });
    } catch (error) {
      this.#taken(pending);
      this.#clearStale(offer);
      throw new ProtooError(400, `newConsumer: ${String(error)}`);
    }
    this.#taken(pending);
    if (isOver()) {
      consumer.close();
      this.#clearStale(offer);
      return undefined;
    }
    link.relearn();
    const received: Received = {
      ...{ offer, consumer, link, paused: pending.paused },
      ...{ isLive: false, waiting: undefined },
    };
    this.#received.set(offer.id, received);
    this.#options.onTrack(consumer.track);
    // A last picture of one that has ended stays as well.
    if (this.#roster.trackOf(offer.peerId, offer.kind)) this.#await(received);
    else this.#show(received);
    return consumer.localId;
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

  /** What comes in on `link` is shown, each track from its first picture or sound on. */
  prefer(link: MediaLink): void {
    this.#preferred = link;
    for (const received of this.#on(link)) {
      if (!this.#isShown(received)) this.#await(received);
    }
  }

  /** Whether anything of this kind is received on `link`. */
  has(kind: MediaKind, link: MediaLink): boolean {
    return this.#on(link).some(({ offer }) => offer.kind === kind);
  }

  /** Whether anything of this kind comes in on `link` that is not paused. */
  isRunning(kind: MediaKind, link: MediaLink): boolean {
    return this.#on(link).some(({ offer, paused }) => offer.kind === kind && !paused);
  }

  /** Whether this producer is received on `link`. */
  isOn(producerId: string, link: MediaLink): boolean {
    return this.#on(link).some(({ offer }) => offer.producerId === producerId);
  }

  /** Resolves when all that is shown of `before` is shown on `link` instead, or after `withinMs`. */
  async allShown(link: MediaLink, before: MediaLink, withinMs: number): Promise<void> {
    const isDone = (): boolean =>
      this.#on(before).every((received) => !this.#isShown(received)) &&
      this.#on(link).every((received) => this.#shownOf(received)?.link === link);
    if (isDone()) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#onShown = undefined;
        resolve();
      };
      const timer = setTimeout(done, withinMs);
      this.#onShown = () => {
        if (isDone() || link.transport.closed) done();
      };
    });
  }

  setPaused(consumerId: string, paused: boolean): void {
    const pending = this.#pending.get(consumerId);
    if (pending) pending.paused = paused;
    const received = this.#received.get(consumerId);
    if (!received) return;
    // The producer is paused, and with it all that come of it.
    for (const twin of this.#twinsOf(received)) {
      twin.paused = paused;
      twin.link.relearn();
      this.#roster.setPaused(twin.offer.id, paused);
    }
  }

  remove(consumerId: string): void {
    const pending = this.#pending.get(consumerId);
    if (pending) {
      pending.closed = true;
      this.#clearStale(pending.offer);
    }
    const received = this.#received.get(consumerId);
    if (received) this.#forget(received);
  }

  /** A peer has left, with all that came from it. */
  removePeer(peerId: string): void {
    for (const received of [...this.#received.values()]) {
      if (received.offer.peerId === peerId) this.#forget(received);
    }
  }

  /** A link is gone, with all that was on it. */
  dropLink(link: MediaLink): void {
    for (const received of this.#on(link)) this.#forget(received);
  }

  /** What a resumed connection finds: the others have ended meanwhile. */
  reconcile(standing: readonly { id: string; producerPaused: boolean }[]): void {
    const known = new Map(standing.map((consumer) => [consumer.id, consumer]));
    for (const received of [...this.#received.values()]) {
      const consumer = known.get(received.offer.id);
      if (!consumer) this.#forget(received);
      else if (consumer.producerPaused !== received.paused) {
        this.setPaused(received.offer.id, consumer.producerPaused);
      }
    }
  }

  close(): void {
    for (const { waiting } of this.#received.values()) waiting?.abort();
    this.#received.clear();
    this.#onShown?.();
  }

  #forget(received: Received): void {
    const { offer, consumer, link } = received;
    this.#received.delete(offer.id);
    received.waiting?.abort();
    consumer.close();
    link.relearn();
    const heir = this.#isShown(received) ? this.#heirOf(received) : undefined;
    // Its last picture stays until the heir has one.
    if (heir && !heir.isLive) this.#await(heir);
    else if (heir) this.#show(heir);
    // Or it was itself the heir that a last picture waited for.
    else this.#clearStale(offer);
    this.#onShown?.();
  }

  /**
   * Resolves for all offers of a moment at once: mediasoup-client then takes them in one step of
   * negotiation.
   */
  #gathered(): Promise<void> {
    this.#gathering ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#gathering = undefined;
        resolve();
      }, GATHER_OFFERS_MS);
    });
    return this.#gathering;
  }

  #taken({ offer }: Pending): void {
    this.#pending.delete(offer.id);
    if (this.#pending.size === 0) this.#firstTaken.resolve(undefined);
  }

  /**
   * Takes down the last picture of what has ended, unless something is there, or being taken, that
   * will stand in its place: the end of a track may come before its successor is ready.
   */
  #clearStale({ peerId, kind }: ConsumerOffer): void {
    const shown = this.#roster.trackOf(peerId, kind);
    if (!shown || this.#received.has(shown.consumerId)) return;
    const isOfSame = (other: ConsumerOffer): boolean =>
      other.peerId === peerId && other.kind === kind;
    const hasSuccessor =
      [...this.#received.values()].some((received) => isOfSame(received.offer)) ||
      [...this.#pending.values()].some((pending) => !pending.closed && isOfSame(pending.offer));
    if (!hasSuccessor) this.#roster.removeTrack(shown.consumerId);
  }

  /** Shows it as soon as media of it comes in. */
  #await(received: Received): void {
    received.waiting?.abort();
    received.waiting = undefined;
    if (received.paused) {
      // There is nothing to wait for, and nothing to be seen.
      if (this.#isBetter(received)) this.#show(received);
      return;
    }
    const waiting = new AbortController();
    received.waiting = waiting;
    received.isLive = false;
    void firstMedia(received.consumer, waiting.signal).then((isThere) => {
      if (received.waiting === waiting) received.waiting = undefined;
      if (!isThere || !this.#received.has(received.offer.id)) return;
      received.isLive = true;
      if (this.#isBetter(received)) this.#show(received);
    });
  }

  /** Whether it should take the place of what is shown of its peer now. */
  #isBetter(received: Received): boolean {
    const shown = this.#shownOf(received);
    if (!shown) return true;
    const preferred = (one: Received): number => (one.link === this.#preferred ? 1 : 0);
    if (preferred(received) !== preferred(shown)) return preferred(received) > preferred(shown);
    // The newer producer of two: the peer itself is moving.
    return received.offer.producerId !== shown.offer.producerId || shown.consumer.closed;
  }

  #show(received: Received): void {
    // The only one is shown before anything of it came in; there was nothing better, nor will be.
    received.isLive = true;
    const { offer, consumer, paused } = received;
    this.#roster.showTrack(offer.peerId, {
      consumerId: offer.id,
      producerId: offer.producerId,
      kind: offer.kind,
      track: consumer.track,
      paused,
    });
    this.#onShown?.();
  }

  #isShown({ offer }: Received): boolean {
    return this.#roster.trackOf(offer.peerId, offer.kind)?.consumerId === offer.id;
  }

  #shownOf({ offer }: Received): Received | undefined {
    const shown = this.#roster.trackOf(offer.peerId, offer.kind);
    return shown && this.#received.get(shown.consumerId);
  }

  #on(link: MediaLink): Received[] {
    return [...this.#received.values()].filter((received) => received.link === link);
  }

  #twinsOf({ offer }: Received): Received[] {
    return [...this.#received.values()].filter(
      (other) => other.offer.producerId === offer.producerId,
    );
  }

  /**
   * What may be shown of the same peer instead: of what media came in of, or else of all, the newest on
   * the preferred link, or else the newest. A silent twin on a standby would be waited for in vain.
   */
  #heirOf({ offer }: Received): Received | undefined {
    const others = [...this.#received.values()].filter(
      (other) => other.offer.peerId === offer.peerId && other.offer.kind === offer.kind,
    );
    const live = others.filter((other) => other.isLive);
    const choice = live.length > 0 ? live : others;
    return choice.findLast((other) => other.link === this.#preferred) ?? choice.at(-1);
  }
}
