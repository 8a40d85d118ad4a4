import fc from 'fast-check';
import type { IceServer } from '../../../src/shared/discovery.ts';
import { PreferredProtocol } from '../../../src/shared/protocol.ts';
import type { IceCandidate } from '../../../src/shared/signaling.ts';

/** Values that many tests of the engine need. */

export function candidate(
  about: Partial<IceCandidate> & Pick<IceCandidate, 'protocol'>,
): IceCandidate {
  return {
    foundation: 'f',
    priority: 1,
    address: '192.0.2.1',
    port: 44_444,
    type: 'host',
    ...(about.protocol === 'tcp' && { tcpType: 'passive' as const }),
    ...about,
  };
}

export function iceServer(...urls: string[]): IceServer {
  return { urls, username: 'user', credential: 'pass' };
}

export const anyMode = fc.constantFrom(...PreferredProtocol.options);

export const anyHost = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.domain(),
  fc.constantFrom('proxy.example.com', 'PROXY.example.com.', 'printer.local'),
);

const anyPort = fc.integer({ min: 1, max: 65_535 });

export const anyCandidate: fc.Arbitrary<IceCandidate> = fc
  .record({
    protocol: fc.constantFrom('udp' as const, 'tcp' as const),
    address: anyHost,
    port: anyPort,
    type: fc.constantFrom('host' as const, 'srflx' as const, 'relay' as const),
  })
  .map(candidate);

export const anyTurnUrl = fc
  .tuple(
    fc.constantFrom('turn', 'turns', 'stun', 'http'),
    anyHost.map((host) => (host.includes(':') ? `[${host}]` : host)),
    fc.option(anyPort),
    fc.constantFrom('', '?transport=udp', '?transport=tcp', '?transport=sctp', '/x'),
  )
  .map(([scheme, host, port, suffix]) => `${scheme}:${host}${port ? `:${port}` : ''}${suffix}`);
