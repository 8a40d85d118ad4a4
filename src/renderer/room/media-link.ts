import type { Device, types } from 'mediasoup-client';
import type { IceServer } from '../../shared/discovery.ts';
import type { Path } from '../../shared/path.ts';
import type { MediaProtocol } from '../../shared/protocol.ts';
import type { IceCandidate } from '../../shared/signaling.ts';
import type { LinkRole, LinkView, RelayFault } from './call-state.ts';
import type { TransportInfo } from './entry.ts';
import { listen, startListening, type Hearing, type Listening, type Look } from './hearing.ts';
import type { HttpProxyLegs } from './http-proxy-legs.ts';
import { readLinkStats, type LinkStats } from './link-stats.ts';
import { arrivalsBetween, readInbound, type Inbound } from './inbound.ts';
import { relaysOver, type ConnectionPolicy } from './policy.ts';
import { selectedPath } from './selected-path.ts';
import type { Requester } from './signaling-line.ts';
import { toIceParameters, toTransportOptions } from './wire-types.ts';

/** TURN error codes that mean the credentials (RFC 8656 §18, RFC 8489 §14.8). */
const CREDENTIAL_ERRORS: ReadonlySet<number> = new Set([401, 403, 441]);

/**
 * Two readings of the same clocks differ by less, ms: Chromium keeps a report for up to 50 ms, and a
 * busy page waits for it.
 */
const CLOCK_STEP_MS = 1_000;

export interface MediaLinkOptions {
  role: LinkRole;
  device: Device;
  info: TransportInfo;
  /** Already filtered by policy. */
  candidates: readonly IceCandidate[];
  policy: ConnectionPolicy;
  /** The one protocol that it is bound to, whatever relays it is given; absent: all in the policy. */
  boundTo?: MediaProtocol;
  channel: Requester;
  legs: HttpProxyLegs;
  /** Its view may have changed. */
  onChange: () => void;
}

/** One media transport, sending or receiving: its signaling, its state, its path. */
export class MediaLink {
  readonly role: LinkRole;
  readonly transport: types.Transport;
  readonly #channel: Requester;
  readonly #policy: ConnectionPolicy;
  readonly #boundTo: MediaProtocol | undefined;
  readonly #legs: HttpProxyLegs;
  readonly #onChange: () => void;
  #iceServers: IceServer[];
  #inUse = false;
  #refused = false;
  #path: Path | undefined;
  #credentialsRefused = false;
  #relayFault: RelayFault | undefined;
  #listening: Listening | undefined;
  #forget = false;
  #inbound: Inbound | undefined;
  /** When the last packet came in that is a sign of life, by the clock of the statistics, ms. */
  #lifeAt: number | undefined;
  /** Packets so far that came unasked, and are none. */
  #unasked = 0;
  /** Media that says nothing of other links, by `mid`. */
  readonly #apart = new Set<string>();
  /** From the clock of the statistics to the monotonic one, ms. */
  #clockOffset: number | undefined;

  constructor(options: MediaLinkOptions) {
    const { role, device, info, candidates, policy, channel, onChange } = options;
    this.role = role;
    this.#channel = channel;
    this.#policy = policy;
    this.#boundTo = options.boundTo;
    this.#legs = options.legs;
    this.#onChange = onChange;
    this.#iceServers = policy.iceServers;
    const transportOptions = toTransportOptions(info, candidates, policy);
    this.transport =
      role === 'send'
        ? device.createSendTransport(transportOptions)
        : device.createRecvTransport(transportOptions);
    this.#listen();
  }

  /** The view lacks something that the statistics would tell by now. */
  get needsLook(): boolean {
    if (!this.#inUse) return false;
    if (this.transport.connectionState === 'connected') return this.#path === undefined;
    const isJudged = this.#relayFault !== undefined && this.#relayFault !== 'no-answer';
    return this.#mayLackRelay() && !isJudged;
  }

  /** The transport is about to be asked to connect, by its first producer or consumer. */
  use(): void {
    if (this.#inUse) return;
    this.#inUse = true;
    this.#onChange();
  }

  view(): LinkView {
    return {
      status: this.#status(),
      ...(this.#path && { path: this.#path }),
      ...(this.#relayFault && { relayFault: this.#relayFault }),
      ...(this.#listening && { hearing: this.#listening.hearing }),
    };
  }

  get hearing(): Hearing | undefined {
    return this.#listening?.hearing;
  }

  /** Resolves when it is connected, or cannot be any more, or after `withinMs`. */
  async connected(withinMs: number): Promise<void> {
    const { transport } = this;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        transport.off('connectionstatechange', look);
        transport.observer.off('close', done);
        resolve();
      };
      const look = (): void => {
        if (transport.closed || !['new', 'connecting'].includes(transport.connectionState)) done();
      };
      const timer = setTimeout(done, withinMs);
      transport.on('connectionstatechange', look);
      transport.observer.on('close', done);
      look();
    });
  }

  /** What flows on it is about to change, and with it the rhythm of what is heard. */
  relearn(): void {
    this.#forget = true;
  }

  /**
   * Does not listen to this media: it comes in here alone, so that hearing it says nothing of a link
   * on which it is not heard.
   */
  setApart(mid: string): void {
    this.#apart.add(mid);
  }

  /** Listens to all that comes in: it is the link that carries now. */
  hearAll(): void {
    this.#apart.clear();
    this.relearn();
  }

  /** The server has lost this transport: it will not come back. */
  giveUp(): void {
    if (this.#refused) return;
    this.#refused = true;
    this.#onChange();
  }

  /**
   * Listens: reads what came in, and no more. Cheap enough to be done ten times a second. Does
   * nothing while there is no candidate pair to listen on.
   */
  async listen(): Promise<void> {
    if (this.transport.closed || !this.#inUse || this.transport.connectionState !== 'connected') {
      return;
    }
    const report = await this.transport.getStats();
    const inbound = readInbound(report, this.role, this.#apart);
    if (!inbound) return;
    const before = this.#inbound;
    this.#inbound = inbound;
    // Another pair: another path, perhaps, and counters that begin anew.
    if (inbound.pairId !== before?.pairId) {
      this.#path = this.#pathOf(readLinkStats(report.values()));
      this.#forget = true;
      this.#lifeAt = inbound.lastPacketAt;
    } else {
      const { lifeAt, unasked } = arrivalsBetween(before, inbound, this.role);
      this.#lifeAt = lifeAt ?? this.#lifeAt;
      this.#unasked += unasked;
    }
    const at = performance.now();
    const offset = this.#offsetOf(at - inbound.madeAt);
    const lastPacketAt = this.#lifeAt === undefined ? undefined : this.#lifeAt + offset;
    this.#hear({ at, lastPacketAt, responses: inbound.responses, unasked: this.#unasked });
  }

  /**
   * Reads the transport's statistics and, from them, its path. Undefined while there is nothing to
   * be read: statistics are costly just when a call comes up.
   */
  async sample(): Promise<LinkStats | undefined> {
    const { connectionState } = this.transport;
    const isUp = this.#inUse && connectionState !== 'new' && connectionState !== 'connecting';
    const awaitsRelay = this.#inUse && this.#policy.iceTransportPolicy === 'relay';
    if (this.transport.closed || !(isUp || awaitsRelay || this.#mayLackRelay())) return undefined;
    const report = await this.transport.getStats();
    const stats = readLinkStats(report.values());
    this.#path = this.#pathOf(stats);
    this.#judgeRelay(stats);
    return stats;
  }

  /**
   * Starts ICE anew; the selected pair goes on carrying until a new one does.
   *
   * @param only On the proxy route: the one protocol towards the relay to be tried. Every restart
   *   brings its own list of relays, since a list that is changed without one makes the next
   *   negotiation a restart by surprise (W3C webrtc §4.4.1.6).
   * @throws {Error} the server refused, did not answer, or the transport closed meanwhile.
   */
  async restartIce(only?: MediaProtocol): Promise<void> {
    if (this.#policy.iceTransportPolicy === 'relay') {
      await this.transport.updateIceServers({ iceServers: this.#relays(this.#boundTo ?? only) });
    }
    const iceParameters = await this.#channel.request('restartIce', {
      transportId: this.transport.id,
    });
    await this.transport.restartIce({ iceParameters: toIceParameters(iceParameters) });
  }

  /**
   * Moves to fresh relay credentials, over the protocol that carries now: new allocations beside the
   * old ones, which carry media until the new ones do.
   * @throws {Error} as {@link restartIce}.
   */
  async renewRelay(iceServers: IceServer[]): Promise<void> {
    this.#iceServers = iceServers;
    if (this.#inUse) await this.restartIce(this.#path?.protocol);
    // It will start with the new servers.
    else await this.transport.updateIceServers({ iceServers: this.#relays(this.#boundTo) });
  }

  #relays(only: MediaProtocol | undefined): IceServer[] {
    const over = only ? relaysOver(this.#iceServers, only) : [];
    return over.length > 0 || this.#boundTo ? over : [...this.#iceServers];
  }

  close(): void {
    this.transport.close();
  }

  /** The same from look to look, unless a clock was set, or the computer slept. */
  #offsetOf(measured: number): number {
    const known = this.#clockOffset;
    if (known !== undefined && Math.abs(measured - known) < CLOCK_STEP_MS) return known;
    this.#clockOffset = measured;
    this.#forget = true;
    return measured;
  }

  #hear(look: Look): void {
    const before = this.#listening;
    this.#listening = before && !this.#forget ? listen(before, look) : startListening(look, before);
    this.#forget = false;
  }

  #status(): LinkView['status'] {
    if (this.#refused) return 'failed';
    if (!this.#inUse) return 'unused';
    switch (this.transport.connectionState) {
      case 'new':
      case 'connecting':
        return 'connecting';
      case 'connected':
        return 'connected';
      case 'disconnected':
        return 'disconnected';
      case 'failed':
      case 'closed':
        return 'failed';
    }
  }

  #listen(): void {
    const { transport } = this;
    transport.on('connect', ({ dtlsParameters }, done) => {
      // Not waited for: the server has it long before the DTLS handshake, which follows ICE.
      this.#channel
        .request('connectWebRtcTransport', { transportId: transport.id, dtlsParameters })
        .catch(() => {
          if (!transport.closed) this.giveUp();
        });
      done();
    });
    transport.on('connectionstatechange', this.#onChange);
    transport.on('icegatheringstatechange', this.#onChange);
    transport.on('icecandidateerror', ({ errorCode, url }) => {
      if (url) this.#legs.relayFailed(url, this.#onChange);
      if (CREDENTIAL_ERRORS.has(errorCode)) this.#credentialsRefused = true;
    });
  }

  #pathOf(stats: LinkStats): Path | undefined {
    const path = selectedPath(stats);
    return path && this.#legs.fill(path);
  }

  /** Relay or nothing: once gathering has ended without a relayed address there will be none. */
  #judgeRelay(stats: LinkStats): void {
    const needsRelay = this.#policy.iceTransportPolicy === 'relay';
    if (!needsRelay || stats.relayCandidates > 0) this.#relayFault = undefined;
    else if (!this.#mayLackRelay() || this.#legs.isAsking) this.#relayFault = 'no-answer';
    else this.#relayFault = this.#credentialsRefused ? 'refused' : 'no-candidates';
  }

  /** All that could be gathered is, and only relays would do. */
  #mayLackRelay(): boolean {
    return (
      this.#policy.iceTransportPolicy === 'relay' && this.transport.iceGatheringState === 'complete'
    );
  }
}
