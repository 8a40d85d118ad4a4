import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../server/room/config.ts';

const SECRET = { CAUSEWAY_TOKEN_SECRET: 'a secret of the tests, and of nothing else' };

/** The sentence with which the configuration is refused. */
function problemWith(flags: string[], env: Record<string, string> = {}): string {
  try {
    readConfig(flags, env);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was wrong with it');
}

describe('defaults', () => {
  it('are safe: loopback, tokens required, bounded', () => {
    expect(readConfig([], SECRET)).toMatchObject({
      host: '127.0.0.1',
      port: 4443,
      mediaPort: 44_444,
      listenIp: ['127.0.0.1'],
      auth: 'token',
      dev: false,
      behindTlsProxy: false,
      maxPeersPerRoom: 50,
      maxMessageBytes: 65_536,
      maxTransportsPerPeer: 10,
      maxProducersPerPeer: 12,
      resumeGraceSeconds: 60,
      metricsAccess: 'local',
    });
  });
});

describe('flags and variables', () => {
  it('flags win over variables', () => {
    const env = { ...SECRET, CAUSEWAY_ROOM_PORT: '5000', CAUSEWAY_ROOM_WORKERS: '3' };
    expect(readConfig(['--port', '6000'], env)).toMatchObject({ port: 6000, workers: 3 });
  });

  it('lists repeat as flags and have commas in variables', () => {
    const listenIp = ['127.0.0.1', '127.0.0.2'];
    const flags = ['--listen-ip', '127.0.0.1', '--listen-ip', '127.0.0.2'];
    expect(readConfig(flags, SECRET)).toMatchObject({ listenIp });
    expect(
      readConfig([], { ...SECRET, CAUSEWAY_ROOM_LISTEN_IP: '127.0.0.1, 127.0.0.2' }),
    ).toMatchObject({ listenIp });
  });

  it('an empty variable is as good as none', () => {
    expect(readConfig([], { ...SECRET, CAUSEWAY_ROOM_PORT: '' })).toMatchObject({ port: 4443 });
  });

  it('yes and no are understood', () => {
    for (const [text, dev] of [
      ['1', true],
      ['true', true],
      ['0', false],
      ['false', false],
    ] as const) {
      expect(readConfig([], { ...SECRET, CAUSEWAY_ROOM_DEV: text })).toMatchObject({ dev });
    }
  });

  it('media listens where signaling does, unless told otherwise', () => {
    const tls = ['--tls-cert', 'c', '--tls-key', 'k'];
    expect(readConfig(['--host', 'localhost'], SECRET).listenIp).toEqual(['127.0.0.1']);
    expect(readConfig(['--host', '::1'], SECRET).listenIp).toEqual(['::1']);
    expect(readConfig(['--host', '192.0.2.1', ...tls], SECRET).listenIp).toEqual(['192.0.2.1']);
    expect(problemWith(['--host', 'meet.example.com', ...tls], SECRET)).toBe(
      '--listen-ip: the address for media cannot be taken from --host “meet.example.com”, which is a name. Name an IP address.',
    );
  });
});

describe('bad values are named, with what is allowed', () => {
  it.each([
    [
      ['--port', 'http'],
      '--port: “http” is not allowed; it must be a whole number from 0 to 65535.',
    ],
    [['--port', '-1'], '--port: “-1” is not allowed; it must be a whole number from 0 to 65535.'],
    [['--port', '1.5'], '--port: “1.5” is not allowed; it must be a whole number from 0 to 65535.'],
    [['--workers', '0'], '--workers: “0” is not allowed; it must be a whole number from 1 to 256.'],
    [['--auth', 'magic'], '--auth: “magic” is not allowed; it must be one of: token, none.'],
    [['--listen-ip', 'x'], '--listen-ip: “x” is not allowed; it must be an IPv4 or IPv6 address.'],
    [
      ['--announced-address', 'a b'],
      '--announced-address: “a b” is not allowed; it must be a host name, an IPv4 or an IPv6 address.',
    ],
    [
      ['--log-level', 'loud'],
      '--log-level: “loud” is not allowed; it must be one of: silent, error, warn, info, debug, trace.',
    ],
    [
      ['--max-message-bytes', '1'],
      '--max-message-bytes: “1” is not allowed; it must be a whole number from 4096 to 1048576.',
    ],
  ])('%j', (flags, sentence) => {
    expect(problemWith(flags, SECRET)).toBe(sentence);
  });

  it('in a variable too, and each on a line of its own', () => {
    expect(
      problemWith(['--workers', 'two'], { ...SECRET, CAUSEWAY_ROOM_PORT: '70000' }).split('\n'),
    ).toEqual([
      '--port (CAUSEWAY_ROOM_PORT): “70000” is not allowed; it must be a whole number from 0 to 65535.',
      '--workers: “two” is not allowed; it must be a whole number from 1 to 256.',
    ]);
  });

  it.each([
    [['--no-such'], "unknown option '--no-such'"],
    [['stray'], 'too many arguments. Expected 0 arguments but got 1.'],
    [['--port'], "option '--port <number>' argument missing"],
  ])('%j', (flags, sentence) => {
    expect(problemWith(flags, SECRET)).toContain(sentence);
  });
});

describe('values that do not go together', () => {
  it.each([
    [['--auth', 'none', '--host', '192.0.2.1'], {}, '--auth none lets everybody in'],
    [['--auth', 'none', '--behind-tls-proxy'], {}, '--auth none lets everybody in'],
    [['--auth', 'none'], SECRET, '--auth none uses no tokens'],
    [['--auth', 'none', '--dev'], {}, '--auth none uses no tokens'],
    [
      ['--dev', '--token-public-key-file', 'k'],
      {},
      '--dev signs tokens, which a public key cannot',
    ],
    [[], {}, 'No key to check join tokens with.'],
    [['--tls-cert', 'c'], SECRET, '--tls-cert and --tls-key belong together'],
    [['--host', '0.0.0.0'], SECRET, 'listens on loopback only, not on “0.0.0.0”'],
    [['--host', '8.8.8.8', '--behind-tls-proxy'], SECRET, 'on a private address only'],
    [['--listen-ip', '0.0.0.0'], SECRET, '--listen-ip: 0.0.0.0 means every address'],
    [['--media-port', '65535', '--workers', '2'], SECRET, 'the last is above 65535'],
  ])('%j', (flags, env, sentence) => {
    expect(problemWith(flags, env as Record<string, string>)).toContain(sentence);
  });

  it('a private address behind a proxy that ends TLS is allowed', () => {
    expect(readConfig(['--host', '10.0.0.5', '--behind-tls-proxy'], SECRET)).toMatchObject({
      host: '10.0.0.5',
    });
  });
});

it('a secret never stands in an error', () => {
  const problem = problemWith(['--auth', 'none'], SECRET);
  expect(problem).not.toContain(SECRET.CAUSEWAY_TOKEN_SECRET);
});
