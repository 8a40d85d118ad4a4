import type { Path } from '../../shared/path.ts';
import type { ConsumerOffer, MediaKind } from '../../shared/signaling.ts';
import { SPARES, type LaneView, type SpareName } from './call-state.ts';
import { MIRROR_AFTER_MS, MOVE_REQUEST_BUDGET_MS, OVERLAP_MS } from './limits.ts';
import type { MediaLink } from './media-link.ts';
import type { Requester } from './signaling-line.ts';
import type { LinkMaker } from './spare-link.ts';
import type { Subscriber } from './subscriber.ts';

export interface ReceiveLaneOptions {
  link: MediaLink;
  maker: LinkMaker;
  channel: Requester;
  subscriber: Subscriber;
  /** A spare link was lost on the way. */
  onSpareFailed(name: SpareName): void;
}

/** What this participant receives: on one link, and on another beside it while it moves. */
export class ReceiveLane {
  readonly #options: ReceiveLaneOptions;
  #active: MediaLink;
  readonly #spares = new Map<SpareName, MediaLink>();
  readonly #builds = new Map<SpareName, symbol>();
  #mirrorTimer: ReturnType<typeof setTimeout> | undefined;
  readonly #leaving = new Set<MediaLink>();
  #isClosed = false;

  constructor(options: ReceiveLaneOptions) {
    this.#options = options;
    this.#active = options.link;
  }

  get active(): MediaLink {
    return this.#active;
  }

  get links(): MediaLink[] {
    return [this.#active, ...this.#spares.values()];
  }

  view(): LaneView {
    const views = SPARES.flatMap((name) => {
      const link = this.#spares.get(name);
      return link ? [[name, link.view()] as const] : [];
    });
    return { active: this.#active.view(), ...Object.fromEntries(views) };
  }

  /** @throws {ProtooError} to the server: as {@link Subscriber.add}. */
  async take(offer: ConsumerOffer): Promise<void> {
    const named = [...this.links, ...this.#leaving].find(
      (link) => link.transport.id === offer.transportId,
    );
    const link = named ?? this.#active;
    const { subscriber } = this.#options;
    const mid = await subscriber.add(offer, link);
    // Somebody new, or anew: on the link that carries it has no twin to be compared with.
    const hasTwin = subscriber.isOn(offer.producerId, this.#active);
    if (!hasTwin && mid !== undefined) link.setApart(mid);
    this.#mirrorSoon();
  }

  /** @throws as {@link LinkMaker.make}. */
  async build(name: SpareName, path: Path): Promise<void> {
    this.drop(name);
    const build = Symbol(name);
    this.#builds.set(name, build);
    const link = await this.#options.maker.make('receive', path);
    if (this.#builds.get(name) !== build) {
      this.#options.maker.unmake(link);
      return;
    }
    this.#spares.set(name, link);
    await this.#mirror(link);
  }

  drop(name: SpareName): void {
    this.#builds.delete(name);
    const link = this.#spares.get(name);
    this.#spares.delete(name);
    if (link) this.#end(link);
  }

  /**
   * Asks for media on the spare link as well, and shows it as it comes in.
   * @param isSoundOnly Whether sound will do for now, where there is any.
   */
  async double(name: SpareName, isSoundOnly: boolean): Promise<void> {
    const link = this.#spares.get(name);
    if (!link) throw new Error(`there is no ${name}`);
    link.relearn();
    const willDo = isSoundOnly && this.#options.subscriber.isRunning('audio', this.#active);
    await this.#receiveOn(link, false, willDo ? 'audio' : undefined);
    this.#options.subscriber.prefer(link);
    // Whoever came just now has no twin there yet.
    if (this.#mirrorTimer !== undefined) await this.#mirror(link);
  }

  /** Asks for what is missing on the spare link where media was asked for already. */
  async fill(name: SpareName): Promise<void> {
    const link = this.#spares.get(name);
    if (link) await this.#receiveOn(link, false);
  }

  /** Receives on one link alone; on a new one when all of it is seen. */
  async settle(on: SpareName | 'active'): Promise<void> {
    const { subscriber } = this.#options;
    if (on === 'active') {
      subscriber.prefer(this.#active);
      await this.#receiveOn(this.#active, true);
      return;
    }
    const next = this.#spares.get(on);
    if (!next) return;
    this.#spares.delete(on);
    const before = this.#active;
    this.#active = next;
    next.hearAll();
    this.#leaving.add(before);
    subscriber.prefer(next);
    await subscriber.allShown(next, before, OVERLAP_MS);
    this.#leaving.delete(before);
    if (this.#isClosed) return;
    try {
      if (this.#active === next) await this.#receiveOn(next, true);
    } finally {
      this.#end(before);
    }
  }

  /** After a signaling connection was resumed: what came meanwhile has no twin yet. */
  refresh(): void {
    this.#mirrorSoon();
  }

  close(): void {
    this.#isClosed = true;
    this.#builds.clear();
    clearTimeout(this.#mirrorTimer);
    this.#options.subscriber.close();
    for (const link of [...this.links, ...this.#leaving]) link.close();
    this.#spares.clear();
    this.#leaving.clear();
  }

  async #receiveOn(link: MediaLink, alone: boolean, kind?: MediaKind): Promise<void> {
    const transportId = link.transport.id;
    await this.#options.channel.request(
      'receiveOn',
      { transportId, alone, ...(kind && { kind }) },
      MOVE_REQUEST_BUDGET_MS,
    );
  }

  /**
   * Brings a silent twin of what is heard to `link`: enough to connect it, and to tell whether media
   * comes through. Pictures follow when media is asked for there. Silent ones would cost three
   * times as much as all else on a standby: the server goes on measuring what bandwidth is there for
   * them. They stand for the sound where there is none.
   */
  async #mirror(link: MediaLink): Promise<void> {
    const { channel, subscriber } = this.#options;
    const transportId = link.transport.id;
    const kind = subscriber.has('audio', this.#active) ? 'audio' : undefined;
    for (;;) {
      const { consumers } = await channel.request(
        'mirrorConsumers',
        { transportId, ...(kind && { kind }) },
        MOVE_REQUEST_BUDGET_MS,
      );
      if (consumers.length === 0 || link.transport.closed) return;
      // One that cannot be received here cannot be received on the active link either.
      await Promise.allSettled(consumers.map((offer) => subscriber.add(offer, link)));
    }
  }

  /** The spares follow when somebody comes: not at once, for that moment is busy enough. */
  #mirrorSoon(): void {
    if (this.#spares.size === 0 || this.#mirrorTimer !== undefined) return;
    this.#mirrorTimer = setTimeout(() => {
      this.#mirrorTimer = undefined;
      for (const [name, link] of this.#spares) {
        this.#mirror(link).catch(() => {
          if (this.#spares.get(name) === link) this.#options.onSpareFailed(name);
        });
      }
    }, MIRROR_AFTER_MS);
  }

  #end(link: MediaLink): void {
    this.#options.subscriber.dropLink(link);
    this.#options.maker.unmake(link);
  }
}
