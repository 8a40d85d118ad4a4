import { isIP } from 'node:net';
import type { types } from 'mediasoup';
import { isWildcardAddress } from '../shared/addresses.ts';

/** Where media listens, and which ICE candidates tell clients of it. */

/** A name is announced for every listening address, an IP address for those of its own family. */
function announcedFor(listenIp: string, announced: readonly string[]): string[] {
  return announced.filter((address) => isIP(address) === 0 || isIP(address) === isIP(listenIp));
}

/** A sentence on why these addresses cannot work, or undefined. */
export function listenProblem(
  listenIps: readonly string[],
  announced: readonly string[],
): string | undefined {
  const twice = listenIps.find((ip, index) => listenIps.indexOf(ip) !== index);
  if (twice !== undefined) return `--listen-ip: ${twice} is given twice.`;
  const unreachable = listenIps.find(
    (ip) => isWildcardAddress(ip) && announcedFor(ip, announced).length === 0,
  );
  if (unreachable !== undefined) {
    return `--listen-ip: ${unreachable} means every address, which clients cannot connect to. Give --announced-address with the ${isIP(unreachable) === 6 ? 'IPv6' : 'IPv4'} address or name they should use.`;
  }
  const unused = announced.find((address) =>
    listenIps.every((ip) => !announcedFor(ip, [address]).includes(address)),
  );
  if (unused !== undefined) {
    return `--announced-address: ${unused} fits no --listen-ip of its family (IPv4 or IPv6).`;
  }
  return undefined;
}

/** UDP and TCP on one port, for every listening address. */
export function listenInfos(
  listenIps: readonly string[],
  announced: readonly string[],
  port: number,
): types.TransportListenInfo[] {
  return listenIps.flatMap((ip) => {
    const first = announcedFor(ip, announced)[0];
    return (['udp', 'tcp'] as const).map((protocol) => ({
      protocol,
      ip,
      port,
      ...(first === undefined ? {} : { announcedAddress: first }),
      // Else `::` takes the IPv4 port too and `0.0.0.0` beside it fails.
      ...(isIP(ip) === 6 ? { flags: { ipv6Only: true } } : {}),
    }));
  });
}

/**
 * Adds candidates for the second and further announced addresses. mediasoup announces one address
 * per socket; the others lead to the same socket, and ICE lite does not care by which name it was
 * reached. They come after those that mediasoup made, with a foundation of their own (RFC 8445
 * §5.1.1.3).
 */
export function withFurtherAddresses(
  candidates: readonly types.IceCandidate[],
  listenIps: readonly string[],
  announced: readonly string[],
): types.IceCandidate[] {
  const further = listenIps.flatMap((ip) => {
    const [first, ...rest] = announcedFor(ip, announced);
    return rest.flatMap((address, index) =>
      candidates
        .filter((candidate) => candidate.address === first)
        .map((candidate) => ({
          ...candidate,
          ip: address,
          address,
          foundation: `${candidate.foundation}${index + 2}`,
          priority: candidate.priority - index - 1,
        })),
    );
  });
  const known = new Set<string>();
  return [...candidates, ...further].filter((candidate) => {
    const key = `${candidate.protocol} ${candidate.address} ${candidate.port}`;
    if (known.has(key)) return false;
    known.add(key);
    return true;
  });
}
