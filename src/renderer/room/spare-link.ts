import type { Device } from 'mediasoup-client';
import type { IceServer } from '../../shared/discovery.ts';
import type { Path } from '../../shared/path.ts';
import type { LinkRole } from './call-state.ts';
import { SCTP_CAPABILITIES, type Entry } from './entry.ts';
import type { HttpProxyLegs } from './http-proxy-legs.ts';
import { MOVE_REQUEST_BUDGET_MS } from './limits.ts';
import { MediaLink } from './media-link.ts';
import { allowedCandidates, allowsProtocol, relaysOver } from './policy.ts';
import type { CallTarget } from './room-options.ts';
import type { Requester } from './signaling-line.ts';

export interface LinkMakerOptions {
  /** As it is now: policy may narrow it in mid-call. */
  target: () => CallTarget;
  device: Device;
  channel: Requester;
  entry: Entry;
  legs: HttpProxyLegs;
  signal: AbortSignal;
  onChange(): void;
}

/** Makes links beside those that a call began with, each bound to one path of the plan. */
export class LinkMaker {
  readonly #options: LinkMakerOptions;
  #iceServers: readonly IceServer[];

  constructor(options: LinkMakerOptions) {
    this.#options = options;
    this.#iceServers = options.entry.policy.iceServers;
  }

  /** Links that are made from now on use these relays. */
  renewRelay(iceServers: readonly IceServer[]): void {
    this.#iceServers = iceServers;
  }

  /**
   * Asks the server for a transport that can carry one path only, and media only when told to.
   * @throws {Error} the mode forbids the path, or the server offers nothing on it.
   * @throws {ProtooError} the server refused or did not answer.
   */
  async make(role: LinkRole, path: Path): Promise<MediaLink> {
    const { device, channel, entry, legs, signal } = this.#options;
    const { preferredProtocol: mode, route } = this.#options.target();
    if (path.route !== route || !allowsProtocol(mode, path.protocol)) {
      throw new Error(`${mode} on the ${route} route allows no ${path.route} ${path.protocol}`);
    }
    const iceServers = route === 'proxy' ? relaysOver(this.#iceServers, path.protocol) : [];
    if (route === 'proxy' && iceServers.length === 0) {
      throw new Error(`the proxy relays over no ${path.protocol}`);
    }
    const info = await channel.request(
      'createWebRtcTransport',
      {
        forceTcp: route === 'direct' && path.protocol !== 'udp',
        producing: role === 'send',
        consuming: role === 'receive',
        ...(role === 'send' && { sctpCapabilities: SCTP_CAPABILITIES }),
        ...(role === 'receive' && { standby: true }),
      },
      MOVE_REQUEST_BUDGET_MS,
    );
    signal.throwIfAborted();
    const candidates = allowedCandidates(mode, route, info.iceCandidates).filter(
      (candidate) => route === 'proxy' || candidate.protocol === path.protocol,
    );
    if (candidates.length === 0) throw new Error(`the server offers no ${path.protocol} address`);
    return new MediaLink({
      ...{ role, device, info, candidates, channel, legs },
      onChange: () => this.#options.onChange(),
      policy: { ...entry.policy, iceServers },
      boundTo: path.protocol,
    });
  }

  /** Closes a link here and at the server, which may be out of reach. */
  unmake(link: MediaLink): void {
    if (link.transport.closed) return;
    link.close();
    void this.#options.channel
      .request('closeTransport', { transportId: link.transport.id })
      .catch(() => undefined);
  }
}
