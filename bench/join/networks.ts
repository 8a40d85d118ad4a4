import type { MediaProtocol, PreferredProtocol } from '../../src/shared/protocol.ts';
import type { FirewallPolicy } from '../../tests/network/edge-network.ts';
import { onlyTcp, OPEN, UDP_BLACK_HOLE, UDP_REJECTED } from '../../tests/network/policies.ts';
import type { ProxyName } from '../site.ts';

/** A network that joins are measured on, and what the two clients do there. */
export interface JoinNetwork {
  name: string;
  policy: FirewallPolicy;
  /** The baseline knows no proxy: beside a proxied app it goes directly, on this network. */
  baselinePolicy: FirewallPolicy;
  mode: PreferredProtocol;
  proxy?: ProxyName;
  /** What the app's media has to be on there; anything else makes the sample worthless. */
  appOn: readonly MediaProtocol[];
  /** The same for the baseline. */
  baselineOn: 'udp' | 'tcp';
}

const DIRECT = { mode: 'UDP_OVER_TCP' } as const;
const PROXIED = { baselinePolicy: OPEN, baselineOn: 'udp' } as const;

export const OPEN_NETWORK: JoinNetwork = {
  ...DIRECT,
  name: 'open network',
  policy: OPEN,
  baselinePolicy: OPEN,
  appOn: ['udp'],
  baselineOn: 'udp',
};
export const BLACK_HOLE_NETWORK: JoinNetwork = {
  ...DIRECT,
  name: 'UDP black hole',
  policy: UDP_BLACK_HOLE,
  baselinePolicy: UDP_BLACK_HOLE,
  appOn: ['tcp'],
  baselineOn: 'tcp',
};

export const DIRECT_NETWORKS: readonly JoinNetwork[] = [
  OPEN_NETWORK,
  BLACK_HOLE_NETWORK,
  {
    ...DIRECT,
    name: 'UDP rejected',
    policy: UDP_REJECTED,
    baselinePolicy: UDP_REJECTED,
    appOn: ['tcp'],
    baselineOn: 'tcp',
  },
];

export const PROXIED_NETWORKS: readonly JoinNetwork[] = [
  {
    ...PROXIED,
    name: 'proxy, TURN/UDP',
    policy: OPEN,
    mode: 'UDP_ONLY',
    proxy: 'all',
    appOn: ['udp'],
  },
  {
    ...PROXIED,
    name: 'proxy, TURN/TCP',
    policy: OPEN,
    mode: 'TCP_ONLY',
    proxy: 'tcp',
    appOn: ['tcp'],
  },
  {
    ...PROXIED,
    name: 'proxy, TURN/TLS',
    policy: OPEN,
    mode: 'TCP_ONLY',
    proxy: 'tls',
    appOn: ['tls'],
  },
  {
    ...PROXIED,
    name: 'proxy, only TCP 443',
    policy: onlyTcp(443),
    mode: 'UDP_OVER_TCP',
    proxy: 'all',
    appOn: ['tcp', 'tls'],
  },
];
