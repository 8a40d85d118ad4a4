import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planPaths } from '../../../src/renderer/room/path-plan.ts';
import { allowsProtocol } from '../../../src/renderer/room/policy.ts';
import { PreferredProtocol } from '../../../src/shared/protocol.ts';
import { anyCandidate, anyMode, candidate, iceServer } from './samples.ts';

const MODES = PreferredProtocol.options;
const HOST = 'far.example.com';

describe('before the far end has named its addresses', () => {
  test.each([
    ['direct', 'UDP_OVER_TCP', ['udp', 'tcp']],
    ['direct', 'UDP_ONLY', ['udp']],
    ['direct', 'TCP_ONLY', ['tcp']],
    ['proxy', 'UDP_OVER_TCP', ['udp', 'tcp', 'tls']],
    ['proxy', 'UDP_ONLY', ['udp']],
    ['proxy', 'TCP_ONLY', ['tcp', 'tls']],
  ] as const)('%s, %s: %j', (route, preferredProtocol, protocols) => {
    expect(planPaths({ route, preferredProtocol, host: HOST })).toEqual(
      protocols.map((protocol) => ({ route, protocol, host: HOST })),
    );
  });
});

describe('once it has', () => {
  const candidates = [
    candidate({ protocol: 'udp', address: '192.0.2.1', port: 44_444 }),
    candidate({ protocol: 'tcp', address: '192.0.2.1', port: 44_445 }),
    candidate({ protocol: 'udp', address: '2001:db8::1', port: 44_444 }),
  ];
  const iceServers = [
    iceServer(
      'turn:far.example.com:3478?transport=udp',
      'turn:far.example.com:3479?transport=tcp',
      'turns:far.example.com:443?transport=tcp',
    ),
  ];

  test('direct paths carry the address and port of the first candidate of their protocol', () => {
    expect(
      planPaths({ route: 'direct', preferredProtocol: 'UDP_OVER_TCP', host: HOST, candidates }),
    ).toEqual([
      { route: 'direct', protocol: 'udp', host: '192.0.2.1', port: 44_444 },
      { route: 'direct', protocol: 'tcp', host: '192.0.2.1', port: 44_445 },
    ]);
  });

  test('proxied paths carry the port of the first relay of their protocol', () => {
    expect(
      planPaths({ route: 'proxy', preferredProtocol: 'TCP_ONLY', host: HOST, iceServers }),
    ).toEqual([
      { route: 'proxy', protocol: 'tcp', host: HOST, port: 3479 },
      { route: 'proxy', protocol: 'tls', host: HOST, port: 443 },
    ]);
  });

  test('a protocol that is not offered is not planned', () => {
    const udpOnly = candidates.filter(({ protocol }) => protocol === 'udp');
    expect(
      planPaths({
        route: 'direct',
        preferredProtocol: 'TCP_ONLY',
        host: HOST,
        candidates: udpOnly,
      }),
    ).toEqual([]);
  });
});

test('no plan holds a forbidden protocol, the same protocol twice, or two routes', () => {
  fc.assert(
    fc.property(
      anyMode,
      fc.array(anyCandidate, { maxLength: 8 }),
      (preferredProtocol, candidates) => {
        const plan = planPaths({ route: 'direct', preferredProtocol, host: HOST, candidates });
        expect(plan.every(({ protocol }) => allowsProtocol(preferredProtocol, protocol))).toBe(
          true,
        );
        expect(new Set(plan.map(({ protocol }) => protocol)).size).toBe(plan.length);
        expect(plan.every(({ route }) => route === 'direct')).toBe(true);
      },
    ),
  );
});

test('every mode has a way on every route', () => {
  for (const preferredProtocol of MODES) {
    for (const route of ['direct', 'proxy'] as const) {
      expect(planPaths({ route, preferredProtocol, host: HOST })).not.toEqual([]);
    }
  }
});
