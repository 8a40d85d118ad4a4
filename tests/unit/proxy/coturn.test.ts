import { describe, expect, test } from 'vitest';
import { renderCoturnConfig } from '../../../server/proxy/turn/coturn-config.ts';
import { readCoturnLine } from '../../../server/proxy/turn/coturn-log.ts';
import type { OwnTurn } from '../../../server/proxy/turn/settings.ts';

const SETTINGS: OwnTurn = {
  kind: 'own',
  program: 'turnserver',
  listenIps: ['192.0.2.1', '2001:db8::1'],
  relayIps: ['10.0.0.1'],
  port: 3478,
  tlsPort: 5349,
  minPort: 50_000,
  maxPort: 50_999,
  peers: ['10.0.0.7', '10.0.0.8'],
  userQuota: 48,
  totalQuota: 8000,
  maxBitrate: 20_000_000,
  advertised: [],
  realm: 'proxy.example.com',
};
const FILES = {
  folder: '/run/causeway',
  databaseFile: '/run/causeway/turndb',
  tls: { certFile: '/etc/cert.pem', keyFile: '/etc/key.pem' },
};

function render(changes: Partial<OwnTurn> = {}, files = {}): string[] {
  return renderCoturnConfig({ ...SETTINGS, ...changes }, { ...FILES, ...files }).split('\n');
}

describe('coturn’s configuration', () => {
  test('denies every peer address of both families but the room servers’', () => {
    const lines = render();
    expect(lines.filter((line) => line.startsWith('denied-peer-ip'))).toEqual([
      'denied-peer-ip=0.0.0.0-255.255.255.255',
      'denied-peer-ip=::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ]);
    expect(lines.filter((line) => line.startsWith('allowed-peer-ip'))).toEqual([
      'allowed-peer-ip=10.0.0.7',
      'allowed-peer-ip=10.0.0.8',
    ]);
    expect(lines).toEqual(
      expect.arrayContaining(['no-multicast-peers', 'no-tcp-relay', 'no-cli', 'use-auth-secret']),
    );
    expect(lines).not.toContain('allow-loopback-peers');
  });

  test('allows loopback peers only where a room server has a loopback address', () => {
    expect(render({ peers: ['127.0.0.1'] })).toContain('allow-loopback-peers');
  });

  test('holds no secret and no wish to phone a database elsewhere', () => {
    const text = render().join('\n');
    expect(text).not.toMatch(/static-auth-secret|mysql|psql|redis|mongo/);
    expect(text).toContain('userdb=/run/causeway/turndb');
  });

  test('has TLS only with a certificate, and never the old versions of it', () => {
    expect(render()).toEqual(expect.arrayContaining(['no-tlsv1', 'no-tlsv1_1', 'no-dtls']));
    const plain = render({}, { tls: undefined });
    expect(plain).toContain('no-tls');
    expect(plain.join('\n')).not.toContain('pkey');
  });

  test('gives the bit rate in the bytes that coturn counts in', () => {
    expect(render()).toContain('max-bps=2500000');
  });

  test('a path cannot smuggle a line into it', () => {
    expect(() =>
      render({}, { tls: { certFile: '/etc/cert.pem\nno-auth', keyFile: '/k' } }),
    ).toThrow(/must not contain a line break/);
  });
});

describe('coturn’s log', () => {
  test.each([
    [
      'session 001000000000000004: new, realm=<causeway>, username=<1795334957:abc>, lifetime=600',
      { type: 'allocated', session: '001000000000000004' },
    ],
    [
      'session 001000000000000004: delete: realm=<causeway>, username=<1795334957:abc>',
      { type: 'ended', session: '001000000000000004' },
    ],
    [
      'session 000000000000000004: usage: realm=<causeway>, username=<1:abc>, rp=1034, rb=1020168, sp=1033, sb=1018616',
      { type: 'traffic', leg: 'client', receivedBytes: 1_020_168, sentBytes: 1_018_616 },
    ],
    [
      'session 000000000000000004: peer usage: realm=<causeway>, username=<1:abc>, rp=1014, rb=1013003, sp=1015, sb=1014003',
      { type: 'traffic', leg: 'peer', receivedBytes: 1_013_003, sentBytes: 1_014_003 },
    ],
    [
      'session 000000000000000003: realm <causeway> user <>: incoming packet message processed, error 401: Unauthorized',
      { type: 'refused', code: 401 },
    ],
    [
      'ERROR: A peer IP 169.254.169.254 denied in the range: 0.0.0.0-255.255.255.255',
      { type: 'peer-denied', peer: '169.254.169.254' },
    ],
  ])('%s', (line, event) => {
    expect(readCoturnLine(line)).toEqual(event);
  });

  test.each([
    // The same refusal is logged twice; it is counted once.
    'session 000000000000000005: realm <causeway> user <1:a>: incoming packet ALLOCATE processed, error 440: Unsupported address family',
    'session 000000000000000004: refreshed, realm=<causeway>, username=<1:abc>, lifetime=600',
    'IPv4. UDP listener opened on: 127.0.0.1:13478',
    '',
  ])('counts nothing for %j', (line) => {
    expect(readCoturnLine(line)).toBeUndefined();
  });
});
