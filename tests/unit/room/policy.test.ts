import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allowedCandidates,
  allowedIceServers,
  allowsProtocol,
  connectionPolicy,
  relaysOver,
} from '../../../src/renderer/room/policy.ts';
import { parseTurnUrl } from '../../../src/renderer/room/turn-url.ts';
import { anyCandidate, anyHost, anyMode, anyTurnUrl, candidate, iceServer } from './samples.ts';

const PROXY = 'proxy.example.com';
const UDP = candidate({ protocol: 'udp' });
const TCP = candidate({ protocol: 'tcp' });

describe('candidates of the room server', () => {
  test.each([
    ['direct', 'UDP_OVER_TCP', [UDP, TCP]],
    ['direct', 'UDP_ONLY', [UDP]],
    ['direct', 'TCP_ONLY', [TCP]],
    ['proxy', 'UDP_OVER_TCP', [UDP]],
    ['proxy', 'UDP_ONLY', [UDP]],
    ['proxy', 'TCP_ONLY', [UDP]],
  ] as const)('%s, %s', (route, mode, allowed) => {
    expect(allowedCandidates(mode, route, [UDP, TCP])).toEqual(allowed);
  });

  test('a .local name is never looked up', () => {
    const local = candidate({ protocol: 'udp', address: '1b4f.local' });
    expect(allowedCandidates('UDP_OVER_TCP', 'direct', [local, UDP])).toEqual([UDP]);
  });

  test('a candidate of an older server, with `ip` only, is one; without any address it is none', () => {
    const old = { ...UDP, address: undefined, ip: '192.0.2.7' };
    const none = { ...UDP, address: undefined };
    expect(allowedCandidates('UDP_ONLY', 'direct', [old, none])).toEqual([old]);
  });

  test('no filter lets a forbidden protocol or a multicast name through, or makes one up', () => {
    fc.assert(
      fc.property(anyMode, fc.array(anyCandidate), (mode, candidates) => {
        const direct = allowedCandidates(mode, 'direct', candidates);
        expect(direct.every(({ protocol }) => allowsProtocol(mode, protocol))).toBe(true);
        const proxied = allowedCandidates(mode, 'proxy', candidates);
        expect(proxied.every(({ protocol }) => protocol === 'udp')).toBe(true);
        for (const one of [...direct, ...proxied]) {
          expect(candidates).toContain(one);
          expect(one.address).not.toMatch(/\.local\.?$/i);
        }
      }),
    );
  });
});

describe('relays', () => {
  const URLS = {
    udp: `turn:${PROXY}:3478?transport=udp`,
    tcp: `turn:${PROXY}:3478?transport=tcp`,
    tls: `turns:${PROXY}:443?transport=tcp`,
  };

  test.each([
    ['UDP_OVER_TCP', [URLS.udp, URLS.tcp, URLS.tls]],
    ['UDP_ONLY', [URLS.udp]],
    ['TCP_ONLY', [URLS.tcp, URLS.tls]],
  ] as const)('%s', (mode, urls) => {
    expect(allowedIceServers(mode, PROXY, [iceServer(...Object.values(URLS))])).toEqual({
      ok: true,
      iceServers: [iceServer(...urls)],
    });
  });

  test('a server that has nothing to offer the mode is left out', () => {
    const result = allowedIceServers('TCP_ONLY', PROXY, [iceServer(URLS.udp), iceServer(URLS.tcp)]);
    expect(result).toEqual({ ok: true, iceServers: [iceServer(URLS.tcp)] });
  });

  test.each([
    ['another host', 'turn:evil.example.net?transport=udp', 'another host: evil.example.net'],
    ['a host that begins alike', `turn:${PROXY}.evil.net`, `another host: ${PROXY}.evil.net`],
    ['a host below it', `turn:turn.${PROXY}`, `another host: turn.${PROXY}`],
    ['an address for a name', 'turn:192.0.2.1', 'another host: 192.0.2.1'],
    ['DTLS', `turns:${PROXY}?transport=udp`, 'cannot be read'],
    ['user information', `turn:user@${PROXY}`, 'cannot be read'],
    ['no host', 'turn:', 'cannot be read'],
    ['a port out of range', `turn:${PROXY}:70000`, 'cannot be read'],
  ])('%s refuses the whole document', (_what, url, problem) => {
    const result = allowedIceServers('UDP_OVER_TCP', PROXY, [iceServer(URLS.udp), iceServer(url)]);
    expect(result).toEqual({ ok: false, problem: expect.stringContaining(problem) as string });
  });

  test.each([
    ['upper case and the final dot', 'proxy.example.com', 'turn:PROXY.Example.com.:443'],
    ['two forms of one IPv6 address', '2001:db8::1', 'turn:[2001:DB8:0:0::1]:443'],
  ])('%s name the same host', (_what, proxyHost, url) => {
    expect(allowedIceServers('UDP_ONLY', proxyHost, [iceServer(url)])).toMatchObject({ ok: true });
  });

  test('of one protocol are found among several, and no other in their place', () => {
    const servers = [iceServer(URLS.udp, URLS.tcp), iceServer(URLS.tls)];
    expect(relaysOver(servers, 'udp')).toEqual([iceServer(URLS.udp)]);
    expect(relaysOver(servers, 'tls')).toEqual([iceServer(URLS.tls)]);
    expect(relaysOver([iceServer(URLS.tcp)], 'udp')).toEqual([]);
  });

  test('whatever a proxy names, only its own host and allowed protocols come through', () => {
    fc.assert(
      fc.property(anyMode, anyHost, fc.array(anyTurnUrl, { minLength: 1 }), (mode, host, urls) => {
        const result = allowedIceServers(mode, host, [iceServer(...urls)]);
        const allowed = result.ok ? result.iceServers.flatMap((server) => server.urls) : [];
        for (const url of allowed) {
          const turn = parseTurnUrl(url);
          expect(turn && allowsProtocol(mode, turn.protocol)).toBe(true);
          expect(urls).toContain(url);
        }
        const onOthers = urls.some((url) => {
          const turn = parseTurnUrl(url);
          return !turn || !sameName(turn.host, host);
        });
        expect(result.ok).toBe(!onOthers);
      }),
    );
  });
});

/** A second, simpler way to compare, for the property above. */
function sameName(a: string, b: string): boolean {
  const hostname = (host: string): string =>
    new URL(`http://${host.includes(':') ? `[${host}]` : host}`).hostname.replace(/\.$/, '');
  return hostname(a) === hostname(b);
}

describe('the peer connection', () => {
  const servers = [iceServer(`turn:${PROXY}`)];

  test('direct: no ICE server at all, and no UDP candidate asked for in TCP_ONLY', () => {
    expect(connectionPolicy('TCP_ONLY', 'direct', servers)).toEqual({
      forceTcp: true,
      iceTransportPolicy: 'all',
      iceServers: [],
    });
    expect(connectionPolicy('UDP_OVER_TCP', 'direct', servers).forceTcp).toBe(false);
  });

  test('proxy: relay only, in every mode', () => {
    for (const mode of ['UDP_OVER_TCP', 'UDP_ONLY', 'TCP_ONLY'] as const) {
      expect(connectionPolicy(mode, 'proxy', servers)).toEqual({
        forceTcp: false,
        iceTransportPolicy: 'relay',
        iceServers: servers,
      });
    }
  });
});

describe('TURN URLs', () => {
  test.each([
    ['turn:a.example', { host: 'a.example', port: 3478, protocol: 'udp' }],
    ['turn:a.example:443?transport=tcp', { host: 'a.example', port: 443, protocol: 'tcp' }],
    ['turns:a.example', { host: 'a.example', port: 5349, protocol: 'tls' }],
    ['TURNS:A.example:443?transport=tcp', { host: 'a.example', port: 443, protocol: 'tls' }],
    ['turn:[2001:db8::1]:443', { host: '2001:db8::1', port: 443, protocol: 'udp' }],
    ['turn:192.0.2.1?transport=udp', { host: '192.0.2.1', port: 3478, protocol: 'udp' }],
    ['stun:a.example', undefined],
    ['turns:a.example?transport=udp', undefined],
    ['turn:a.example?transport=sctp', undefined],
    ['turn:a.example:0', undefined],
    ['turn:a.example/path', undefined],
    ['turn://a.example', undefined],
    ['', undefined],
  ])('%s', (url, turn) => {
    expect(parseTurnUrl(url)).toEqual(turn);
  });
});
