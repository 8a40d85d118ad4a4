import {
  parseServerUrl,
  parseSignalingBaseUrl,
  type Endpoint,
  type EndpointResult,
} from '../../shared/endpoint.ts';
import type { Route } from '../../shared/protocol.ts';
import type { Meeting } from '../../shared/ipc.ts';
import { DIRECT } from '../../shared/settings/definitions.ts';
import { isHostAllowed } from '../../shared/settings/host-pattern.ts';
import type { Limits } from '../../shared/settings/allowed.ts';

/**
 * The hosts that the page may reach, and nothing else. From this one value come the content
 * security policy of the document and the filter in front of every request.
 */
export interface NetworkPolicy {
  readonly endpoints: readonly Endpoint[];
  /** Whether they are the room server itself or the proxies before it. */
  readonly route: Route;
}

/** Nothing but the page's own files. */
export const NO_NETWORK: NetworkPolicy = { endpoints: [], route: 'direct' };

/**
 * Proxied, the proxies are all there is: the room server is behind them, and the page must not be
 * able to ask it "just to see". Direct, the room server.
 * @throws {TypeError} an address that is not normalised; the settings schema lets none through.
 */
export function networkPolicyFor(
  meeting: Pick<Meeting, 'serverUrl' | 'signalingBaseUrl'>,
): NetworkPolicy {
  return meeting.signalingBaseUrl.length > 0
    ? {
        route: 'proxy',
        endpoints: meeting.signalingBaseUrl.map((address) =>
          unwrap(parseSignalingBaseUrl(address)),
        ),
      }
    : { route: 'direct', endpoints: [unwrap(parseServerUrl(meeting.serverUrl))] };
}

/** What is left of a policy under the limits that IT sets. */
export function allowedPart(policy: NetworkPolicy, limits: Limits): NetworkPolicy {
  const { route, endpoints } = policy;
  if (route === 'direct' && !limits.allowedProxies.includes(DIRECT)) return NO_NETWORK;
  const patterns = route === 'direct' ? limits.allowedServers : limits.allowedProxies;
  return { route, endpoints: endpoints.filter((endpoint) => isHostAllowed(patterns, endpoint)) };
}

function unwrap(result: EndpointResult): Endpoint {
  if (!result.ok) throw new TypeError(result.problem);
  return result.endpoint;
}

/** Whether two policies allow the same origins, in whatever order. */
export function isSamePolicy(a: NetworkPolicy, b: NetworkPolicy): boolean {
  const [left, right] = [originsOf(a), originsOf(b)];
  return left.size === right.size && [...left].every((origin) => right.has(origin));
}

/** Whether an http, https, ws or wss URL leads to a host, port and scheme of the policy. */
export function allowsUrl(policy: NetworkPolicy, text: string): boolean {
  const url = URL.parse(text);
  return url !== null && originsOf(policy).has(url.origin);
}

/** As the URL parser writes them: an IPv6 address in its short form, no default port. */
function originsOf(policy: NetworkPolicy): Set<string> {
  return new Set(
    policy.endpoints.flatMap(({ httpOrigin, wsOrigin }) => [
      new URL(httpOrigin).origin,
      new URL(wsOrigin).origin,
    ]),
  );
}
