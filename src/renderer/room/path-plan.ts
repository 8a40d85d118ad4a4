import type { IceServer } from '../../shared/discovery.ts';
import type { Path } from '../../shared/path.ts';
import type { MediaProtocol, PreferredProtocol } from '../../shared/protocol.ts';
import type { IceCandidate } from '../../shared/signaling.ts';
import { candidateAddress } from './policy.ts';
import { parseTurnUrl } from './turn-url.ts';

/** What is known of the far end when a plan is made. */
export type PlanInput =
  | {
      route: 'direct';
      preferredProtocol: PreferredProtocol;
      /** Host of the room server: named in the plan until its candidates are known. */
      host: string;
      candidates?: readonly IceCandidate[];
    }
  | {
      route: 'proxy';
      preferredProtocol: PreferredProtocol;
      /** Host of the Cloud Proxy. */
      host: string;
      iceServers?: readonly IceServer[];
    };

/** Protocols on this computer's side, best first. A direct media leg is never TLS. */
const PROTOCOLS: Record<Path['route'], Record<PreferredProtocol, readonly MediaProtocol[]>> = {
  direct: { UDP_OVER_TCP: ['udp', 'tcp'], UDP_ONLY: ['udp'], TCP_ONLY: ['tcp'] },
  proxy: { UDP_OVER_TCP: ['udp', 'tcp', 'tls'], UDP_ONLY: ['udp'], TCP_ONLY: ['tcp', 'tls'] },
};

/**
 * The paths that a mode allows on a route, best first: one for each protocol. Before the far end
 * has named its addresses the paths carry the host only; afterwards a protocol that it does not
 * offer is left out, so the plan may be empty.
 */
export function planPaths(input: PlanInput): Path[] {
  const { route, host } = input;
  return PROTOCOLS[route][input.preferredProtocol].flatMap((protocol): Path[] => {
    const ends = endsOf(input, protocol);
    if (ends === undefined) return [{ route, protocol, host }];
    const first = ends[0];
    return first ? [{ route, protocol, host: first.host, port: first.port }] : [];
  });
}

/** Where `protocol` may lead, or undefined while that is not known. */
function endsOf(
  input: PlanInput,
  protocol: MediaProtocol,
): { host: string; port: number }[] | undefined {
  if (input.route === 'direct') {
    return input.candidates
      ?.filter((candidate) => candidate.protocol === protocol)
      .flatMap((candidate) => {
        const host = candidateAddress(candidate);
        return host === undefined ? [] : [{ host, port: candidate.port }];
      });
  }
  return input.iceServers
    ?.flatMap((server) => server.urls)
    .flatMap((url) => parseTurnUrl(url) ?? [])
    .filter((turn) => turn.protocol === protocol);
}
