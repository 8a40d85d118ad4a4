import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ProxyRegion } from '../../shared/settings/definitions.ts';

/**
 * The first region that has a network in which one of the addresses lies. Regions are tried in
 * their order, so that a narrow network can stand before a wide one.
 */
export function regionOf(
  regions: readonly ProxyRegion[],
  addresses: readonly string[],
): ProxyRegion | undefined {
  return regions.find(({ networks }) => {
    const list = new BlockList();
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      list.addSubnet(address, Number(prefix), familyOf(address));
    }
    return addresses.some((address) => list.check(address, familyOf(address)));
  });
}

/** Addresses of this computer's own interfaces that are not for itself alone, sorted. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address.replace(/%.*$/, ''))
    .sort();
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
