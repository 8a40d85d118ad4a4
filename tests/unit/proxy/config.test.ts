import { describe, expect, test } from 'vitest';
import { checkConfig, readConfig } from '../../../server/proxy/config.ts';
import type { ProxyConfigInput } from '../../../server/proxy/options.ts';

const GOOD: ProxyConfigInput = {
  origin: ['http://127.0.0.1:4443'],
  tokenSecret: 't'.repeat(32),
  turnSecret: 's'.repeat(32),
  turnPeer: ['127.0.0.1'],
};
const PUBLIC: ProxyConfigInput = {
  ...GOOD,
  host: '192.0.2.1',
  publicHost: ['proxy.example.com'],
  origin: ['https://room.example.com'],
  tlsCert: 'cert.pem',
  tlsKey: 'key.pem',
  turnPeer: ['10.0.0.7'],
};

function without(base: ProxyConfigInput, key: keyof ProxyConfigInput): ProxyConfigInput {
  const rest = Object.entries(base).filter(([name]) => name !== key);
  return Object.fromEntries(rest) as ProxyConfigInput;
}

describe('the Cloud Proxy’s configuration', () => {
  test('has working defaults on this computer', () => {
    const config = checkConfig(GOOD);
    expect(config.publicHost).toEqual(['127.0.0.1', 'localhost', '::1']);
    expect(config.relay).toMatchObject({
      kind: 'own',
      listenIps: ['127.0.0.1'],
      relayIps: ['127.0.0.1'],
      port: 3478,
      tlsPort: undefined,
    });
  });

  test('in public takes realm and addresses from what is given', () => {
    expect(checkConfig(PUBLIC).relay).toMatchObject({
      realm: 'proxy.example.com',
      listenIps: ['192.0.2.1'],
      tlsPort: 5349,
    });
  });

  test('coturn may listen on loopback too, and does not relay from there', () => {
    const config = checkConfig({ ...PUBLIC, turnListenIp: ['192.0.2.1', '127.0.0.1'] });
    expect(config.relay).toMatchObject({
      listenIps: ['192.0.2.1', '127.0.0.1'],
      relayIps: ['192.0.2.1'],
    });
  });

  test('flags and environment mean the same', () => {
    const env = {
      CAUSEWAY_TOKEN_SECRET: 't'.repeat(32),
      CAUSEWAY_PROXY_TURN_SECRET: 's'.repeat(32),
      CAUSEWAY_PROXY_ORIGIN: 'https://a.example.com,https://b.example.com',
      CAUSEWAY_PROXY_TURN_PEER: '127.0.0.1',
    };
    const fromEnv = readConfig([], env);
    const fromFlags = readConfig(
      ['--origin', 'https://a.example.com', '--origin', 'https://b.example.com'],
      { ...env, CAUSEWAY_PROXY_ORIGIN: 'https://c.example.com' },
    );
    expect(fromEnv.origin).toEqual(['https://a.example.com', 'https://b.example.com']);
    expect(fromFlags).toEqual(fromEnv);
  });

  test('signaling only needs no relay secret and no peers', () => {
    const bare = without(without(GOOD, 'turnSecret'), 'turnPeer');
    expect(checkConfig({ ...bare, turn: 'off' }).relay).toBeUndefined();
  });

  test('an external coturn is named and its ports are told', () => {
    const config = checkConfig({
      ...without(PUBLIC, 'turnPeer'),
      turn: 'external',
      turnExternal: '[2001:db8::5]:3478',
      turnAdvertise: ['udp:443', 'tls:443'],
    });
    expect(config.relay).toEqual({
      kind: 'external',
      probe: { host: '2001:db8::5', port: 3478 },
      advertised: [
        { kind: 'udp', port: 443 },
        { kind: 'tls', port: 443 },
      ],
    });
  });

  test.each<[string, ProxyConfigInput, RegExp]>([
    ['no room server', { ...GOOD, origin: [] }, /--origin.*name at least one room server/],
    [
      'a room server without TLS',
      { ...GOOD, origin: ['http://room.example.com'] },
      /--origin.*must be https:\/\/host/,
    ],
    [
      'a room server with a path',
      { ...GOOD, origin: ['https://room.example.com/x'] },
      /--origin.*must be https:\/\/host/,
    ],
    ['no relay secret', without(GOOD, 'turnSecret'), /No secret for relay credentials/],
    [
      'two relay secrets',
      { ...GOOD, turnSecretFile: 'x' },
      /Keep one of CAUSEWAY_PROXY_TURN_SECRET/,
    ],
    ['no peers', { ...GOOD, turnPeer: [] }, /--turn-peer: name the media addresses/],
    ['every peer', { ...GOOD, turnPeer: ['0.0.0.0'] }, /no addresses of a room server/],
    ['a range of peers', { ...GOOD, turnPeer: ['10.0.0.0/8'] }, /--turn-peer.*IPv4 or IPv6/],
    ['a mapped peer', { ...GOOD, turnPeer: ['::ffff:10.0.0.1'] }, /not as ::ffff/],
    [
      'loopback peers of a public relay',
      { ...PUBLIC, turnPeer: ['127.0.0.1'] },
      /only while coturn itself listens on loopback/,
    ],
    [
      'a relay on every address',
      { ...PUBLIC, turnListenIp: ['0.0.0.0'] },
      /name the addresses themselves/,
    ],
    [
      'no address for the relay',
      { ...PUBLIC, host: '0.0.0.0' },
      /--turn-listen-ip: coturn’s address cannot be taken/,
    ],
    [
      'no public name',
      { ...PUBLIC, host: '0.0.0.0', turnListenIp: ['192.0.2.1'], publicHost: [] },
      /--public-host: name the host/,
    ],
    [
      'plain HTTP in public',
      without(without(PUBLIC, 'tlsCert'), 'tlsKey'),
      /without a certificate the gateway listens on loopback only/,
    ],
    ['half a certificate', without(PUBLIC, 'tlsKey'), /belong together/],
    [
      'TLS ended twice',
      { ...PUBLIC, behindTlsProxy: ['192.0.2.9'] },
      /leave out --tls-cert and --tls-key/,
    ],
    [
      'a public address behind a TLS proxy',
      { ...without(without(PUBLIC, 'tlsCert'), 'tlsKey'), behindTlsProxy: ['192.0.2.9'] },
      /allowed on a private address only/,
    ],
    ['public metrics', { ...GOOD, adminHost: '192.0.2.1' }, /--admin-host.*not private/],
    [
      'TURN over TLS without a certificate',
      { ...GOOD, turnAdvertise: ['tls:443'] },
      /--turn-advertise tls needs --tls-cert/,
    ],
    ['a strange advertisement', { ...GOOD, turnAdvertise: ['dtls:443'] }, /must be udp:PORT/],
    ['ports the wrong way round', { ...GOOD, turnMinPort: 60_000, turnMaxPort: 50_000 }, /above/],
    ['an external coturn without address', { ...GOOD, turn: 'external' }, /name the coturn by/],
  ])('refuses %s with a sentence', (_what, input, problem) => {
    expect(() => checkConfig(input)).toThrow(problem);
  });

  test('an error never shows a secret', () => {
    const secret = 'a-very-secret-value-a-very-secret-value';
    expect(() => checkConfig({ ...GOOD, turnSecret: secret, turnPeer: [] })).not.toThrow(secret);
  });
});
