import { BlockList, isIP } from 'node:net';
import { isLoopbackHost } from '../../src/shared/endpoint.ts';

/** What kind of network an IP address belongs to, and who is really asking. */

const PRIVATE = new BlockList();
PRIVATE.addSubnet('10.0.0.0', 8, 'ipv4'); // RFC 1918
PRIVATE.addSubnet('172.16.0.0', 12, 'ipv4');
PRIVATE.addSubnet('192.168.0.0', 16, 'ipv4');
PRIVATE.addSubnet('169.254.0.0', 16, 'ipv4'); // RFC 3927
PRIVATE.addSubnet('fc00::', 7, 'ipv6'); // RFC 4193
PRIVATE.addSubnet('fe80::', 10, 'ipv6'); // RFC 4291

/** An IPv4 address that came in on an IPv6 socket (`::ffff:10.0.0.1`), as plain IPv4. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  return mapped ?? address;
}

/** Whether `address` is this computer: an address or `localhost`, no other name. */
export function isLoopbackAddress(address: string): boolean {
  return isLoopbackHost(plainAddress(address));
}

/** Whether `address` is loopback, private or link-local. */
export function isPrivateAddress(address: string): boolean {
  const plain = plainAddress(address).replace(/%.*$/, '');
  if (isLoopbackAddress(plain)) return true;
  const family = isIP(plain);
  return family !== 0 && PRIVATE.check(plain, family === 6 ? 'ipv6' : 'ipv4');
}

export function isWildcardAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

interface IncomingFrom {
  headers: Record<string, string | string[] | undefined>;
  socket: { remoteAddress?: string | undefined };
}

/** Whether a request has passed a reverse proxy, by the headers that one adds. */
export function isForwarded(request: IncomingFrom): boolean {
  return (
    request.headers['x-forwarded-for'] !== undefined || request.headers['forwarded'] !== undefined
  );
}

/**
 * The address of the client.
 * @param trustProxy Believe the last `X-Forwarded-For` entry when the connection comes from a
 *   loopback or private address: the one that the operator's own proxy wrote.
 */
export function clientAddress(request: IncomingFrom, trustProxy: boolean): string {
  const direct = plainAddress(request.socket.remoteAddress ?? 'unknown');
  if (!trustProxy || !isPrivateAddress(direct)) return direct;
  const forwarded = request.headers['x-forwarded-for'];
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? ''))
    .split(',')
    .at(-1)
    ?.trim();
  return last !== undefined && isIP(last) !== 0 ? plainAddress(last) : direct;
}
