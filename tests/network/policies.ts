import type { FirewallPolicy } from './edge-network.ts';

/** Firewalls that employees sit behind. For both directions, as a real one filters. */

export const OPEN: FirewallPolicy = [];

/** UDP vanishes without an answer. */
export const UDP_BLACK_HOLE: FirewallPolicy = ['meta l4proto udp drop'];

/** UDP is refused politely, by an ICMP message. */
export const UDP_REJECTED: FirewallPolicy = [
  'meta l4proto udp reject with icmpx type admin-prohibited',
];

export const EVERYTHING_BLOCKED: FirewallPolicy = ['drop'];

/** Nothing passes but TCP to the ports given. */
export function onlyTcp(...ports: number[]): FirewallPolicy {
  const set = `{ ${ports.join(', ')} }`;
  return [`tcp dport ${set} accept`, `tcp sport ${set} accept`, 'drop'];
}

/** Everything passes but the port given, UDP and TCP. */
export function portBlocked(port: number): FirewallPolicy {
  return [`th dport ${port} drop`, `th sport ${port} drop`];
}

export function udpPortBlocked(port: number): FirewallPolicy {
  return [`udp dport ${port} drop`, `udp sport ${port} drop`];
}

/** A host that answers nothing any more. */
export function hostBlocked(address: string): FirewallPolicy {
  return [`ip daddr ${address} drop`, `ip saddr ${address} drop`];
}
