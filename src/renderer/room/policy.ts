import type { IceServer } from '../../shared/discovery.ts';
import type { MediaProtocol, PreferredProtocol, Route } from '../../shared/protocol.ts';
import type { IceCandidate } from '../../shared/signaling.ts';
import { parseTurnUrl } from './turn-url.ts';

/**
 * What WebRTC is allowed to know. ICE tries every candidate and server it is given and no other, so
 * a protocol or host that policy forbids is kept away from it here, and nowhere else.
 */

const ALLOWED: Record<PreferredProtocol, readonly MediaProtocol[]> = {
  UDP_OVER_TCP: ['udp', 'tcp', 'tls'],
  UDP_ONLY: ['udp'],
  TCP_ONLY: ['tcp', 'tls'],
};

/** The protocols on this computer's side that a mode allows. */
export function allowsProtocol(mode: PreferredProtocol, protocol: MediaProtocol): boolean {
  return ALLOWED[mode].includes(protocol);
}

/** Whether a mode allows less than another, and nothing that the other does not. */
export function isNarrower(mode: PreferredProtocol, than: PreferredProtocol): boolean {
  return (
    ALLOWED[mode].length < ALLOWED[than].length &&
    ALLOWED[mode].every((protocol) => allowsProtocol(than, protocol))
  );
}

/** The address of a server candidate; older servers name it `ip`. */
export function candidateAddress(candidate: IceCandidate): string | undefined {
  return candidate.address ?? candidate.ip;
}

/**
 * The room server's candidates that ICE may be given.
 * - direct: those of the protocols that the mode allows.
 * - proxy: the UDP ones, whatever the mode: the relay's far leg is UDP (RFC 8656 §3.1), and the
 *   mode rules the leg from here to the relay (see {@link allowedIceServers}).
 *
 * `.local` names are refused: to look one up is a multicast on the local network (RFC 6762).
 */
export function allowedCandidates(
  mode: PreferredProtocol,
  route: Route,
  candidates: readonly IceCandidate[],
): IceCandidate[] {
  return candidates.filter((candidate) => {
    const address = candidateAddress(candidate);
    if (address === undefined || /\.local\.?$/i.test(address)) return false;
    return route === 'proxy'
      ? candidate.protocol === 'udp'
      : allowsProtocol(mode, candidate.protocol);
  });
}

export type IceServersResult =
  { ok: true; iceServers: IceServer[] } | { ok: false; problem: string };

/**
 * The relays that ICE may be given: on the proxy's own host, over protocols that the mode allows.
 * A relay on any other host refuses the whole document, for then it is not this proxy's.
 *
 * @param proxyHost Host of the Cloud Proxy as it was configured, without brackets.
 */
export function allowedIceServers(
  mode: PreferredProtocol,
  proxyHost: string,
  iceServers: readonly IceServer[],
): IceServersResult {
  const allowed: IceServer[] = [];
  for (const server of iceServers) {
    const urls: string[] = [];
    for (const url of server.urls) {
      const turn = parseTurnUrl(url);
      if (!turn) return { ok: false, problem: `it names a relay that cannot be read: ${url}` };
      if (!isSameHost(turn.host, proxyHost)) {
        return { ok: false, problem: `it names a relay on another host: ${turn.host}` };
      }
      if (allowsProtocol(mode, turn.protocol)) urls.push(url);
    }
    if (urls.length > 0) allowed.push({ ...server, urls });
  }
  return { ok: true, iceServers: allowed };
}

/** Of allowed relays, those over one protocol. */
export function relaysOver(iceServers: readonly IceServer[], protocol: MediaProtocol): IceServer[] {
  return iceServers.flatMap((server) => {
    const urls = server.urls.filter((url) => parseTurnUrl(url)?.protocol === protocol);
    return urls.length > 0 ? [{ ...server, urls }] : [];
  });
}

function isSameHost(a: string, b: string): boolean {
  const canonical = (host: string) => {
    const bare = host.toLowerCase().replace(/\.$/, '');
    // The URL parser writes every form of one IPv6 address the same way.
    return bare.includes(':') ? (URL.parse(`http://[${bare}]`)?.hostname ?? bare) : bare;
  };
  return canonical(a) === canonical(b);
}

/** How a peer connection is set up under a policy. */
export interface ConnectionPolicy {
  /** Asks the room server for TCP candidates only; it then listens on no UDP port for us. */
  forceTcp: boolean;
  /** `relay`: no candidate of this computer's own is gathered, so none can be used or told. */
  iceTransportPolicy: 'all' | 'relay';
  /** Empty on the direct route: no STUN server, so no packet but to the room server. */
  iceServers: IceServer[];
}

export function connectionPolicy(
  mode: PreferredProtocol,
  route: Route,
  iceServers: readonly IceServer[],
): ConnectionPolicy {
  return route === 'proxy'
    ? { forceTcp: false, iceTransportPolicy: 'relay', iceServers: [...iceServers] }
    : { forceTcp: mode === 'TCP_ONLY', iceTransportPolicy: 'all', iceServers: [] };
}
