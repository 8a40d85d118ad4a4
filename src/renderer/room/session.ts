import { ProtooError } from '../../shared/protoo.ts';
import type { ConnectingStep } from '../../shared/connection-state.ts';
import type { Feature } from '../../shared/discovery.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { Path } from '../../shared/path.ts';
import type { MediaProtocol } from '../../shared/protocol.ts';
import { RoomError } from '../../shared/room-error.ts';
import type { MediaKind } from '../../shared/signaling.ts';
import type { LinkRole, LinkViews } from './call-state.ts';
import type { Chat } from './chat.ts';
import type { LocalTrack, RoomPlatform } from './contract.ts';
import type { DiscoveryCache } from './discovery.ts';
import { enter, type Entry } from './entry.ts';
import { ENTRY_BUDGET_MS, RECEIVE_FIRST_MS, SETUP_REQUEST_BUDGET_MS } from './limits.ts';
import type { LinkStats } from './link-stats.ts';
import { loadDevice } from './media-device.ts';
import { MediaLink } from './media-link.ts';
import { planPaths } from './path-plan.ts';
import { allowedCandidates } from './policy.ts';
import type { ProxyMemory } from './proxy-memory.ts';
import { Publisher, type LocalTracks } from './publisher.ts';
import { requestRelayGrant, type RelayGrant } from './relay-grant.ts';
import { requestFailure } from './request-failure.ts';
import type { CallTarget } from './room-options.ts';
import type { Roster } from './roster.ts';
import type { SignalingChannel } from './signaling-channel.ts';
import { Subscriber } from './subscriber.ts';
import { fromRtpCapabilities, toRtpCapabilities } from './wire-types.ts';

export interface SessionContext {
  target: CallTarget;
  peerId: string;
  platform: RoomPlatform;
  discovery: DiscoveryCache;
  proxyMemory: ProxyMemory;
  roster: Roster;
  chat: Chat;
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
  onSignalingEnd(code: number): void;
  onActiveSpeaker(peerId: string | undefined): void;
  onRemoteTrack(track: MediaStreamTrack): void;
  onTrackRefused(kind: MediaKind, error: unknown): void;
  onMalformed(problem: string): void;
}

const DEVICE_INFO = { flag: 'chrome', name: 'Causeway' } as const;

/** Extensions that the server may use towards this client. */
const UNDERSTOOD: readonly Feature[] = ['chat'];

interface Joined {
  readonly entry: Entry;
  readonly links: Readonly<Record<LinkRole, MediaLink>>;
  readonly publisher: Publisher;
}

/** One stay in the room, from the first packet to the last. A reconnection is a new session. */
export class Session {
  readonly #context: SessionContext;
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
    const entry = await enter({
      ...this.#context,
      through,
      signal,
      onSignaling: () => this.#tell((events) => events.onStep('signaling')),
    });
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

  links(): LinkViews | undefined {
    const links = this.#joined?.links;
    return links && { send: links.send.view(), receive: links.receive.view() };
  }

  /** A transport has news that only its statistics tell. */
  get needsLook(): boolean {
    return Object.values(this.#joined?.links ?? {}).some((link) => link.needsLook);
  }

  /** Reads the statistics of both transports, and with them the paths in {@link links}. */
  async sample(): Promise<LinkStats[]> {
    const links = this.#joined ? Object.values(this.#joined.links) : [];
    const samples = await Promise.all(links.map((link) => link.sample()));
    return samples.filter((stats) => stats !== undefined);
  }

  async publish(kind: MediaKind, track: LocalTrack | undefined): Promise<void> {
    await this.#joined?.publisher.set(kind, track);
  }

  /**
   * @param only See {@link MediaLink.restartIce}.
   * @throws {Error} the restart did not come about.
   */
  async restartIce(role: LinkRole, only?: MediaProtocol): Promise<void> {
    await this.#joined?.links[role].restartIce(only);
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
    try {
      await Promise.all(
        Object.values(joined.links).map((link) => link.renewRelay(grant.iceServers)),
      );
    } catch (error) {
      throw requestFailure(error, joined.entry.channel.end);
    }
    this.#tellLease(grant);
  }

  /** Ends everything at once. Local tracks live on; remote ones end. */
  close(): void {
    this.#abort.abort();
    if (this.#channel) this.#context.chat.detach(this.#channel);
    this.#channel?.close();
    for (const link of Object.values(this.#joined?.links ?? {})) link.close();
    this.#context.roster.clearTracks();
  }

  async #join(entry: Entry, tracks: () => LocalTracks): Promise<void> {
    const { target, roster } = this.#context;
    const { channel } = entry;
    const device = await loadDevice(toRtpCapabilities(entry.routerRtpCapabilities)).catch(
      (error: unknown) => {
        throw new RoomError('SERVER_INCOMPATIBLE', `router capabilities: ${String(error)}`);
      },
    );
    if (this.#isClosed()) return;

    const { preferredProtocol, route } = target;
    const linkOptions = (role: LinkRole) => ({
      role,
      device,
      info: entry[role],
      candidates: allowedCandidates(preferredProtocol, route, entry[role].iceCandidates),
      policy: entry.policy,
      channel,
      onChange: () => this.#tell((events) => events.onLinksChanged()),
    });
    const links = {
      send: new MediaLink(linkOptions('send')),
      receive: new MediaLink(linkOptions('receive')),
    };
    const publisher = new Publisher({
      link: links.send,
      channel,
      codecs: device.sendRtpCapabilities.codecs ?? [],
      onRefused: (kind, error) => this.#tell((events) => events.onTrackRefused(kind, error)),
    });
    this.#joined = { entry, links, publisher };
    const subscriber = new Subscriber(links.receive, roster, (track) =>
      this.#tell((events) => events.onRemoteTrack(track)),
    );
    this.#listen(channel, subscriber);

    const { peers } = await channel.request(
      'join',
      {
        displayName: target.displayName,
        device: DEVICE_INFO,
        rtpCapabilities: fromRtpCapabilities(device.recvRtpCapabilities),
        features: UNDERSTOOD.filter((feature) => entry.features.has(feature)),
      },
      SETUP_REQUEST_BUDGET_MS,
    );
    if (this.#isClosed()) return;
    roster.reset(peers);
    this.#context.chat.attach(channel, entry.features);
    this.#tellLease(entry.relay);
    this.#tell((events) => events.onStep('media', this.#plan(entry)));
    // What the participant waits for comes first: setting up to send would compete with it.
    if (peers.length > 0) await subscriber.firstTaken(RECEIVE_FIRST_MS);
    if (this.#isClosed()) return;
    const bringsUpMedia = await publisher.start(tracks());
    if (!bringsUpMedia) this.#tell((events) => events.onNoMediaToConnect());
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

  #listen(channel: SignalingChannel, subscriber: Subscriber): void {
    const { roster, chat, peerId } = this.#context;
    channel.setHandlers({
      requests: {
        newConsumer: (offer) => subscriber.add(offer),
        newDataConsumer: () => {
          throw new ProtooError(403, 'this client takes no data');
        },
      },
      notifications: {
        newPeer: (peer) => roster.add(peer),
        peerClosed: (peer) => roster.remove(peer.peerId),
        peerDisplayNameChanged: ({ peerId: id, displayName }) => roster.add({ id, displayName }),
        consumerClosed: ({ consumerId }) => subscriber.remove(consumerId),
        consumerPaused: ({ consumerId }) => subscriber.setPaused(consumerId, true),
        consumerResumed: ({ consumerId }) => subscriber.setPaused(consumerId, false),
        activeSpeaker: ({ peerId: speaker }) =>
          this.#tell((events) =>
            events.onActiveSpeaker(speaker === peerId ? undefined : (speaker ?? undefined)),
          ),
        chatMessage: (message) => chat.receive(message),
      },
      onEnd: ({ code }) => {
        chat.detach(channel);
        this.#tell((events) => events.onSignalingEnd(code));
      },
      onMalformed: (problem) => this.#tell((events) => events.onMalformed(problem)),
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
