import type { ConnectingStep } from '../../shared/connection-state.ts';
import type { Feature } from '../../shared/discovery.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { Path } from '../../shared/path.ts';
import type { MediaProtocol } from '../../shared/protocol.ts';
import { RoomError } from '../../shared/room-error.ts';
import type { MediaKind } from '../../shared/signaling.ts';
import type { Abilities, LaneViews, LinkRole, SpareName } from './call-state.ts';
import type { Chat } from './chat.ts';
import type { LocalTrack, RoomPlatform } from './contract.ts';
import type { DiscoveryCache } from './discovery.ts';
import { enter, type Entry } from './entry.ts';
import { ENTRY_BUDGET_MS, RECEIVE_FIRST_MS, SETUP_REQUEST_BUDGET_MS } from './limits.ts';
import type { HttpProxyLegs } from './http-proxy-legs.ts';
import type { LinkStats } from './link-stats.ts';
import { MediaLink } from './media-link.ts';
import { planPaths } from './path-plan.ts';
import { allowedCandidates } from './policy.ts';
import type { ProxyMemory } from './proxy-memory.ts';
import type { LocalTracks } from './publisher.ts';
import { ReceiveLane } from './receive-lane.ts';
import { requestRelayGrant, type RelayGrant } from './relay-grant.ts';
import { requestFailure } from './request-failure.ts';
import type { CallTarget } from './room-options.ts';
import { PlaceGone, resumePlace } from './resume.ts';
import type { Roster } from './roster.ts';
import { SendLane } from './send-lane.ts';
import { channelHandlers } from './session-handlers.ts';
import type { ChannelHandlers, SignalingChannel } from './signaling-channel.ts';
import { SignalingLine } from './signaling-line.ts';
import { LinkMaker } from './spare-link.ts';
import { Subscriber } from './subscriber.ts';
import type { WaitingEntry } from './waiting-entry.ts';
import { fromRtpCapabilities } from './wire-types.ts';

export interface SessionContext {
  target: CallTarget;
  peerId: string;
  platform: RoomPlatform;
  discovery: DiscoveryCache;
  proxyMemory: ProxyMemory;
  roster: Roster;
  legs: HttpProxyLegs;
  chat: Chat;
  /** The way in that was opened ahead, for the first session to take. */
  waiting?: WaitingEntry | undefined;
  /** The call stood before, and was lost. */
  isAnew?: boolean | undefined;
}

/** What a session tells its owner. Nothing comes after `close()`. */
export interface SessionEvents {
  onStep(step: ConnectingStep, plan?: readonly Path[]): void;
  /** A transport's state changed. */
  onLinksChanged(): void;
  /** Signaling stands, through a Cloud Proxy: see {@link Entry}. */
  onProxyEntered(otherProxies: readonly Endpoint[], failures: readonly RoomError[]): void;
  /** The room is joined, and nothing can bring a transport up: see {@link Publisher.start}. */
  onNoMediaToConnect(): void;
  onRelayLease(lifetimeMs: number): void;
  onAbilities(abilities: Abilities): void;
  /** A spare link was lost without having been asked for anything. */
  onSpareFailed(role: LinkRole, spare: SpareName): void;
  onSignalingEnd(code: number): void;
  onActiveSpeaker(peerId: string | undefined): void;
  onRemoteTrack(track: MediaStreamTrack): void;
  onTrackRefused(kind: MediaKind, error: unknown): void;
  onMalformed(problem: string): void;
}

const DEVICE_INFO = { flag: 'chrome', name: 'Causeway' } as const;

/** Extensions that the server may use towards this client. */
const UNDERSTOOD: readonly Feature[] = ['chat', 'transport-migration', 'peer-resume'];

interface Joined {
  readonly entry: Entry;
  readonly line: SignalingLine;
  readonly maker: LinkMaker;
  readonly send: SendLane;
  readonly receive: ReceiveLane;
  readonly subscriber: Subscriber;
  /** Shown to take this place again; undefined where the server keeps none. */
  resumeKey: string | undefined;
}

/**
 * One stay in the room, from the first packet to the last, over one signaling connection after the
 * other and on one link after the other. Joining anew is a new session.
 */
export class Session {
  #context: SessionContext;
  readonly #events: SessionEvents;
  readonly #abort = new AbortController();
  #channel: SignalingChannel | undefined;
  #joined: Joined | undefined;

  constructor(context: SessionContext, events: SessionEvents) {
    this.#context = context;
    this.#events = events;
  }

  /**
   * Gets in, joins and starts to send and receive. Resolves before media has a path: that is seen
   * in the links.
   * @param through Cloud Proxies to try, in this order; undefined: all that are set.
   * @throws {RoomError} what stopped it. Meaningless after `close()`.
   */
  async open(tracks: () => LocalTracks, through?: readonly Endpoint[]): Promise<void> {
    const { signal } = this.#abort;
    const onSignaling = (): void => this.#tell((events) => events.onStep('signaling'));
    const waiting = through ? undefined : this.#context.waiting?.claim(signal);
    if (waiting) onSignaling();
    const entry = await (waiting ?? enter({ ...this.#context, through, signal, onSignaling }));
    this.#channel = entry.channel;
    if (this.#isClosed()) {
      entry.channel.close();
      return;
    }
    const { relay, otherProxies, proxyFailures } = entry;
    if (relay) this.#tell((events) => events.onProxyEntered(otherProxies, proxyFailures));
    this.#tell((events) => events.onStep('transports'));
    try {
      await this.#join(entry, tracks);
    } catch (error) {
      throw requestFailure(error, entry.channel.end);
    }
  }

  views(): LaneViews | undefined {
    const joined = this.#joined;
    return joined && { send: joined.send.view(), receive: joined.receive.view() };
  }

  /** A transport has news that only its statistics tell. */
  get needsLook(): boolean {
    return this.#links().some((link) => link.needsLook);
  }

  /** Reads the statistics of the links that carry media, and with them their paths. */
  async sample(): Promise<LinkStats[]> {
    const samples = await Promise.all(this.#links().map((link) => link.sample()));
    return samples.filter((stats) => stats !== undefined);
  }

  /** Listens on all links, and asks for a sign of life where nothing else flows. */
  async listen(): Promise<void> {
    const joined = this.#joined;
    if (!joined) return;
    joined.send.ping('probe');
    await Promise.all([...joined.send.links, ...joined.receive.links].map((link) => link.listen()));
  }

  async publish(kind: MediaKind, track: LocalTrack | undefined): Promise<void> {
    await this.#joined?.send.set(kind, track);
  }

  /**
   * @param only See {@link MediaLink.restartIce}.
   * @throws {Error} the restart did not come about.
   */
  async restartIce(role: LinkRole, only?: MediaProtocol): Promise<void> {
    await this.#joined?.[role].active.restartIce(only);
  }

  /** @throws {Error} the link could not be made. */
  async build(role: LinkRole, spare: SpareName, path: Path): Promise<void> {
    await this.#joined?.[role].build(spare, path);
  }

  drop(role: LinkRole, spare: SpareName): void {
    this.#joined?.[role].drop(spare);
  }

  /** @throws {Error} media could not be asked for there. */
  async double(role: LinkRole, spare: SpareName, isSoundOnly: boolean): Promise<void> {
    await this.#joined?.[role].double(spare, isSoundOnly);
  }

  /** @throws {Error} as {@link double}. */
  async fill(spare: SpareName): Promise<void> {
    await this.#joined?.receive.fill(spare);
  }

  /** @throws {Error} the server did not hear of it. */
  async settle(role: LinkRole, on: SpareName | 'active'): Promise<void> {
    await this.#joined?.[role].settle(on);
  }

  /**
   * Takes the place in the room again over a new connection; media goes on meanwhile.
   * @throws {PlaceGone} it has to be joined anew.
   * @throws {RoomError} it may be tried again.
   */
  async resume(): Promise<void> {
    const joined = this.#joined;
    if (!joined) return;
    const { entry, line, send, receive, subscriber, resumeKey } = joined;
    if (resumeKey === undefined) {
      throw new PlaceGone(new RoomError('SIGNALING_LOST', 'the server keeps no place'));
    }
    // It may look open still, and would be in the way.
    this.#context.chat.detach(line.channel);
    line.channel.giveUp();
    const { signal } = this.#abort;
    const { channel, standing } = await resumePlace(
      entry,
      { ...this.#context, signal },
      resumeKey,
      (next) => next.setHandlers(this.#handlers(next, joined)),
    );
    if (this.#isClosed()) {
      channel.close();
      return;
    }
    this.#channel = channel;
    line.moveTo(channel);
    this.#context.roster.reset(standing.peers);
    this.#context.chat.attach(channel, entry.features);
    const kept = new Set(standing.transports.map(({ id }) => id));
    for (const link of [...send.links, ...receive.links]) {
      if (!kept.has(link.transport.id)) link.giveUp();
    }
    subscriber.reconcile(standing.consumers);
    await send.reconcile(standing.producers);
    receive.refresh();
  }

  /**
   * Fetches fresh relay credentials and moves both transports to them.
   * @throws {RoomError} as {@link requestRelayGrant}, or when the room server refuses the restart.
   */
  async renewRelay(): Promise<void> {
    const { target, platform } = this.#context;
    const joined = this.#joined;
    if (!joined) return;
    const grant = await requestRelayGrant({
      proxy: joined.entry.endpoint,
      token: target.token,
      preferredProtocol: target.preferredProtocol,
      budgetMs: ENTRY_BUDGET_MS,
      signal: this.#abort.signal,
      platform,
    });
    if (this.#isClosed()) return;
    joined.maker.renewRelay(grant.iceServers);
    try {
      const links = [...joined.send.links, ...joined.receive.links];
      await Promise.all(links.map((link) => link.renewRelay(grant.iceServers)));
    } catch (error) {
      throw requestFailure(error, joined.line.channel.end);
    }
    this.#tellLease(grant);
  }

  /**
   * Policy allows less than before: holds from the next link on.
   * @returns the plan that is left.
   */
  restrict(target: CallTarget): Path[] {
    this.#context = { ...this.#context, target };
    return this.#joined ? this.#plan(this.#joined.entry) : [];
  }

  /** Ends everything at once. Local tracks live on; remote ones end. */
  close(): void {
    this.#abort.abort();
    if (this.#channel) this.#context.chat.detach(this.#channel);
    this.#channel?.close();
    this.#joined?.send.close();
    this.#joined?.receive.close();
    this.#context.roster.clearTracks();
  }

  async #join(entry: Entry, tracks: () => LocalTracks): Promise<void> {
    const { target, roster } = this.#context;
    const { channel } = entry;
    const joined = this.#prepare(entry, tracks);
    this.#joined = joined;
    const { send, subscriber } = joined;
    channel.setHandlers(this.#handlers(channel, joined));

    const { peers, resume } = await channel.request(
      'join',
      {
        displayName: target.displayName,
        device: DEVICE_INFO,
        rtpCapabilities: fromRtpCapabilities(entry.device.recvRtpCapabilities),
        features: UNDERSTOOD.filter(
          (feature) => entry.features.has(feature) && (feature !== 'chat' || target.chat),
        ),
      },
      SETUP_REQUEST_BUDGET_MS,
    );
    if (this.#isClosed()) return;
    joined.resumeKey = resume?.key;
    roster.reset(peers);
    this.#context.chat.attach(channel, entry.features);
    this.#tell((events) =>
      events.onAbilities({
        migration: entry.features.has('transport-migration'),
        ...(resume && { resumeGraceMs: resume.graceMs }),
      }),
    );
    this.#tellLease(entry.relay);
    const plan = this.#plan(entry);
    this.#context.legs.learn(plan);
    this.#tell((events) => events.onStep('media', plan));
    // What the participant waits for comes first: setting up to send would compete with it.
    if (peers.length > 0) {
      const deadline = performance.now() + RECEIVE_FIRST_MS;
      await subscriber.firstTaken(RECEIVE_FIRST_MS);
      await joined.receive.active.connected(deadline - performance.now());
    }
    if (this.#isClosed()) return;
    const bringsUpMedia = await send.start();
    if (!bringsUpMedia) this.#tell((events) => events.onNoMediaToConnect());
  }

  #prepare(entry: Entry, tracks: () => LocalTracks): Joined {
    const { target, roster, legs } = this.#context;
    const { device } = entry;
    const { preferredProtocol, route } = target;
    const line = new SignalingLine(entry.channel);
    const onChange = (): void => this.#tell((events) => events.onLinksChanged());
    const linkOn = (role: LinkRole): MediaLink =>
      new MediaLink({
        ...{ role, device, info: entry[role], policy: entry.policy, channel: line, legs, onChange },
        candidates: allowedCandidates(preferredProtocol, route, entry[role].iceCandidates),
      });
    const { signal } = this.#abort;
    const maker = new LinkMaker({
      target: () => this.#context.target,
      device,
      channel: line,
      ...{ entry, legs, signal },
      onChange,
    });
    const subscriber = new Subscriber({
      roster,
      onTrack: (track) => this.#tell((events) => events.onRemoteTrack(track)),
    });
    const send = new SendLane({
      ...{ link: linkOn('send'), maker, channel: line, tracks },
      codecs: device.sendRtpCapabilities.codecs ?? [],
      onRefused: (kind, error) => {
        // Without a connection it is not refused but late.
        if (!line.channel.end) this.#tell((events) => events.onTrackRefused(kind, error));
      },
    });
    const receive = new ReceiveLane({
      ...{ link: linkOn('receive'), maker, channel: line, subscriber },
      onSpareFailed: (spare) => this.#tell((events) => events.onSpareFailed('receive', spare)),
    });
    return { entry, line, maker, send, receive, subscriber, resumeKey: undefined };
  }

  #links(): MediaLink[] {
    const joined = this.#joined;
    return joined ? [joined.send.active, joined.receive.active] : [];
  }

  #plan(entry: Entry): Path[] {
    const { preferredProtocol, route } = this.#context.target;
    return route === 'proxy'
      ? planPaths({
          route,
          preferredProtocol,
          host: entry.endpoint.host,
          iceServers: entry.policy.iceServers,
        })
      : planPaths({
          route,
          preferredProtocol,
          host: entry.endpoint.host,
          candidates: allowedCandidates(preferredProtocol, route, entry.send.iceCandidates),
        });
  }

  #handlers(channel: SignalingChannel, { receive, subscriber }: Joined): ChannelHandlers {
    return channelHandlers(channel, {
      ...{ context: this.#context, receive, subscriber },
      isCurrent: () => channel === this.#channel,
      tell: (event) => this.#tell(event),
    });
  }

  #tellLease(grant: RelayGrant | undefined): void {
    const lifetimeMs = grant?.lifetimeMs;
    if (lifetimeMs !== undefined) this.#tell((events) => events.onRelayLease(lifetimeMs));
  }

  #tell(event: (events: SessionEvents) => void): void {
    if (!this.#isClosed()) event(this.#events);
  }

  #isClosed(): boolean {
    return this.#abort.signal.aborted;
  }
}
