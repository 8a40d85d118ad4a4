import type { types } from 'mediasoup-client';
import type { Path } from '../../shared/path.ts';
import type { MediaKind } from '../../shared/signaling.ts';
import { SPARES, type LaneView, type SpareName } from './call-state.ts';
import type { LocalTrack } from './contract.ts';
import { OVERLAP_MS } from './limits.ts';
import { isStillHeard } from './liveness.ts';
import type { MediaLink } from './media-link.ts';
import { Publisher, type LocalTracks } from './publisher.ts';
import type { Requester } from './signaling-line.ts';
import type { LinkMaker } from './spare-link.ts';

interface Sender {
  readonly link: MediaLink;
  readonly publisher: Publisher;
  /** Whose place it takes on the others' screens, from its doubling on. */
  replaces: Sender | undefined;
  /** Ends when all that is sent has been made on it. */
  published: Promise<void>;
}

export interface SendLaneOptions {
  link: MediaLink;
  maker: LinkMaker;
  channel: Requester;
  codecs: readonly types.RtpCodecCapability[];
  tracks: () => LocalTracks;
  onRefused(kind: MediaKind, error: unknown): void;
}

/** What this participant sends: on one link, and on another beside it while it moves. */
export class SendLane {
  readonly #options: SendLaneOptions;
  #active: Sender;
  readonly #spares = new Map<SpareName, Sender>();
  /** Which build of a spare counts: an older one that comes late is closed. */
  readonly #builds = new Map<SpareName, symbol>();
  #doubled: SpareName | undefined;
  /** Links that media has left, until the others have taken what replaces it: then there is a timer. */
  readonly #leaving = new Map<Sender, ReturnType<typeof setTimeout> | undefined>();

  constructor(options: SendLaneOptions) {
    this.#options = options;
    this.#active = this.#senderOn(options.link);
  }

  get active(): MediaLink {
    return this.#active.link;
  }

  /** All links, that which carries media first. */
  get links(): MediaLink[] {
    return [this.#active, ...this.#spares.values()].map((sender) => sender.link);
  }

  view(): LaneView {
    const views = SPARES.flatMap((name) => {
      const sender = this.#spares.get(name);
      return sender ? [[name, sender.link.view()] as const] : [];
    });
    return { active: this.#active.link.view(), ...Object.fromEntries(views) };
  }

  /** As {@link Publisher.start}, on the link that the call began with. */
  async start(): Promise<boolean> {
    return await this.#active.publisher.start(this.#options.tracks());
  }

  async set(kind: MediaKind, track: LocalTrack | undefined): Promise<void> {
    const doubled = this.#doubled && this.#spares.get(this.#doubled);
    await Promise.all([
      this.#active.publisher.set(kind, track),
      doubled?.publisher.set(kind, track),
    ]);
  }

  /** @throws as {@link LinkMaker.make}, or {Error} when nothing can bring the link up. */
  async build(name: SpareName, path: Path): Promise<void> {
    this.drop(name);
    const build = Symbol(name);
    this.#builds.set(name, build);
    const link = await this.#options.maker.make('send', path);
    if (this.#builds.get(name) !== build) {
      this.#options.maker.unmake(link);
      return;
    }
    const sender = this.#senderOn(link);
    this.#spares.set(name, sender);
    if (!(await sender.publisher.openPathChannel())) {
      throw new Error('the server takes no data channel');
    }
  }

  drop(name: SpareName): void {
    this.#builds.delete(name);
    const sender = this.#spares.get(name);
    this.#spares.delete(name);
    if (this.#doubled === name) this.#doubled = undefined;
    if (sender) this.#options.maker.unmake(sender.link);
  }

  /** Sends on the spare link as well. */
  async double(name: SpareName): Promise<void> {
    const sender = this.#spares.get(name);
    if (!sender) throw new Error(`there is no ${name}`);
    this.#doubled = name;
    sender.replaces = this.#active;
    sender.published = sender.publisher.publish(this.#options.tracks());
    await sender.published;
  }

  /** Sends on one link alone. The others go on with the old one until they have taken the new. */
  settle(on: SpareName | 'active'): void {
    const doubled = this.#doubled && this.#spares.get(this.#doubled);
    this.#doubled = undefined;
    if (on === 'active') {
      void doubled?.publisher.withdraw();
      return;
    }
    const next = this.#spares.get(on);
    if (!next) return;
    this.#spares.delete(on);
    const before = this.#active;
    this.#active = next;
    next.link.relearn();
    if (!isStillHeard(before.link.view())) void before.publisher.hush();
    this.#leaveSoon(before, next);
  }

  ping(name: SpareName): void {
    this.#spares.get(name)?.publisher.ping();
  }

  async reconcile(standing: readonly { id: string; paused: boolean }[]): Promise<void> {
    await this.#active.publisher.reconcile(standing);
  }

  close(): void {
    this.#builds.clear();
    for (const [sender, timer] of this.#leaving) {
      clearTimeout(timer);
      sender.link.close();
    }
    this.#leaving.clear();
    for (const link of this.links) link.close();
    this.#spares.clear();
  }

  /**
   * The server takes from the others at once what its transport carried. They may have been offered
   * only the sound that replaces it by now: sound is heard on the new path before the picture is made.
   */
  #leaveSoon(before: Sender, next: Sender): void {
    this.#leaving.set(before, undefined);
    void next.published.then(() => {
      if (!this.#leaving.has(before)) return;
      const leave = (): void => {
        this.#leaving.delete(before);
        this.#options.maker.unmake(before.link);
      };
      this.#leaving.set(before, setTimeout(leave, OVERLAP_MS));
    });
  }

  #senderOn(link: MediaLink): Sender {
    const { channel, codecs } = this.#options;
    const publisher = new Publisher({
      ...{ link, channel, codecs },
      onRefused: (kind, error) => {
        // On a spare it is no loss yet.
        if (this.#active.link === link) this.#options.onRefused(kind, error);
      },
      replaces: (kind) => sender.replaces?.publisher.producerId(kind),
    });
    const sender: Sender = { link, publisher, replaces: undefined, published: Promise.resolve() };
    return sender;
  }
}
