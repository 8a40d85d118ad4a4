import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientAddress, isPrivateAddress, plainAddress } from '../../../server/shared/addresses.ts';
import { isAllowedOrigin, refuseUnlessLocal } from '../../../server/shared/local-request.ts';
import { createLogger } from '../../../server/shared/logger.ts';
import { CountPerKey, TokenBucket, TokenBuckets } from '../../../server/shared/rate-limit.ts';
import { readBearerToken, readSubprotocols } from '../../../server/shared/tokens.ts';
import { fitReason } from '../../../server/shared/websocket-close.ts';

describe('TokenBucket', () => {
  it('lets a burst through, then the rate', () => {
    let now = 0;
    const bucket = new TokenBucket({ capacity: 3, perSecond: 2 }, () => now);
    expect([1, 2, 3, 4].map(() => bucket.tryTake())).toEqual([true, true, true, false]);
    now = 499;
    expect(bucket.tryTake()).toBe(false);
    now = 500;
    expect(bucket.tryTake()).toBe(true);
    now = 60_000;
    expect([1, 2, 3, 4].map(() => bucket.tryTake())).toEqual([true, true, true, false]);
  });

  it('never gives more than capacity plus rate times time', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 200 }), (pauses) => {
        let now = 0;
        let taken = 0;
        const bucket = new TokenBucket({ capacity: 5, perSecond: 10 }, () => now);
        for (const pause of pauses) {
          now += pause;
          if (bucket.tryTake()) taken += 1;
        }
        return taken <= 5 + now / 100 + 1e-6;
      }),
    );
  });
});

describe('TokenBuckets', () => {
  it('keeps the keys apart, and forgets those that have rested', () => {
    let now = 0;
    const buckets = new TokenBuckets({ capacity: 1, perSecond: 1 }, () => now);
    expect(buckets.tryTake('a')).toBe(true);
    expect(buckets.tryTake('a')).toBe(false);
    expect(buckets.tryTake('b')).toBe(true);
    for (let index = 0; index < 998; index += 1) buckets.tryTake(`other ${index}`);
    expect(buckets.size).toBe(1_000);
    now = 500;
    expect(buckets.tryTake('a')).toBe(false);
    now = 1_200;
    expect(buckets.tryTake('one more')).toBe(true);
    expect(buckets.size).toBe(1);
  });
});

describe('CountPerKey', () => {
  it('counts each key by itself and gives places back once', () => {
    const counts = new CountPerKey(2);
    const first = counts.take('a');
    counts.take('a');
    expect(counts.take('a')).toBeUndefined();
    expect(counts.take('b')).toBeTypeOf('function');
    first?.();
    first?.();
    expect(counts.take('a')).toBeTypeOf('function');
    expect(counts.take('a')).toBeUndefined();
  });

  it('0 is no limit', () => {
    const counts = new CountPerKey(0);
    for (let index = 0; index < 1_000; index += 1) expect(counts.take('a')).toBeDefined();
  });
});

describe('addresses', () => {
  it.each([
    ['127.0.0.1', true],
    ['::1', true],
    ['::ffff:10.1.2.3', true],
    ['10.255.0.1', true],
    ['172.16.0.1', true],
    ['172.32.0.1', false],
    ['192.168.1.1', true],
    ['169.254.1.1', true],
    ['fd12::1', true],
    ['fe80::1%eth0', true],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
    ['example.com', false],
    ['', false],
  ])('%s is private: %s', (address, expected) => {
    expect(isPrivateAddress(address)).toBe(expected);
  });

  it('an IPv4 address on an IPv6 socket is shown as IPv4', () => {
    expect(plainAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
    expect(plainAddress('2001:db8::1')).toBe('2001:db8::1');
  });

  const request = (remoteAddress: string, forwarded?: string) => ({
    socket: { remoteAddress },
    headers: { 'x-forwarded-for': forwarded },
  });
  it.each([
    ['no proxy is trusted', request('10.0.0.1', '203.0.113.7'), false, '10.0.0.1'],
    [
      'the proxy’s entry is the last',
      request('10.0.0.1', '1.1.1.1, 203.0.113.7'),
      true,
      '203.0.113.7',
    ],
    ['no proxy has a public address', request('198.51.100.1', '203.0.113.7'), true, '198.51.100.1'],
    [
      'an entry that is no address is not believed',
      request('10.0.0.1', 'unknown'),
      true,
      '10.0.0.1',
    ],
    ['without the header', request('10.0.0.1'), true, '10.0.0.1'],
  ])('clientAddress: %s', (_what, from, trust, expected) => {
    expect(clientAddress(from, trust)).toBe(expected);
  });
});

describe('requests of this computer', () => {
  const local = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
    refuseUnlessLocal({ headers, socket: { remoteAddress } });

  it.each([
    [{ host: 'localhost:4443' }, '127.0.0.1', true],
    [{ host: '[::1]:4443' }, '::1', true],
    [{ host: '127.0.0.1' }, '::ffff:127.0.0.1', true],
    [{ host: 'app.localhost' }, '127.0.0.1', true],
    [{ host: 'localhost', origin: 'app://causeway' }, '127.0.0.1', true],
    [{ host: 'localhost' }, '192.168.0.9', false],
    [{ host: 'evil.example' }, '127.0.0.1', false],
    [{ host: '' }, '127.0.0.1', false],
    [{}, '127.0.0.1', false],
    [{ host: 'localhost', origin: 'https://evil.example' }, '127.0.0.1', false],
    [{ host: 'localhost', 'x-forwarded-for': '203.0.113.7' }, '127.0.0.1', false],
    [{ host: 'localhost', forwarded: 'for=203.0.113.7' }, '127.0.0.1', false],
  ])('%j from %s: allowed %s', (headers, from, allowed) => {
    expect(local(headers as Record<string, string>, from) === undefined).toBe(allowed);
  });

  it.each([
    ['app://causeway', true],
    ['http://localhost:5173', true],
    ['http://causeway.localhost', true],
    ['https://[::1]:1', true],
    ['null', false],
    ['', false],
    ['app://causeway.evil', false],
    ['http://localhost.evil.example', false],
    ['chrome-extension://localhost', false],
  ])('origin %s: allowed %s', (origin, allowed) => {
    expect(isAllowedOrigin(origin)).toBe(allowed);
  });
});

describe('sub-protocols and headers', () => {
  it.each([
    ['protoo, causeway.token.a.b.c', { protoo: true, token: 'a.b.c' }],
    ['causeway.token.a.b.c,protoo', { protoo: true, token: 'a.b.c' }],
    ['protoo', { protoo: true, token: undefined }],
    ['other', { protoo: false, token: undefined }],
    [undefined, { protoo: false, token: undefined }],
  ])('%s', (header, expected) => {
    expect(readSubprotocols(header)).toEqual(expected);
  });

  it.each([
    ['Bearer a.b.c', 'a.b.c'],
    ['bearer  a.b.c', 'a.b.c'],
    ['Basic eA==', undefined],
    [undefined, undefined],
  ])('Authorization: %s', (header, expected) => {
    expect(readBearerToken(header)).toBe(expected);
  });
});

describe('fitReason', () => {
  it('fits into a close frame whatever the text, and cuts at a character’s end', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        const fitted = fitReason(text);
        expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(123);
        expect(fitted.isWellFormed()).toBe(true);
        expect(text.startsWith(fitted.replace(/…$/, '')) || text === fitted).toBe(true);
      }),
    );
  });
});

describe('the log', () => {
  const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

  function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
    const lines: string[] = [];
    write(
      createLogger({
        name: 'test',
        level: 'trace',
        format: 'json',
        destination: { write: (line) => void lines.push(line) },
      }),
    );
    return lines.join('');
  }

  it.each([
    ['in the message', (log: ReturnType<typeof createLogger>) => log.info(`got ${TOKEN}`)],
    ['as an argument', (log: ReturnType<typeof createLogger>) => log.info('got %s', TOKEN)],
    [
      'in a field',
      (log: ReturnType<typeof createLogger>) => log.info({ url: `/x?y=${TOKEN}` }, 'x'),
    ],
    [
      'deep in a field',
      (log: ReturnType<typeof createLogger>) => log.info({ a: { b: [{ c: TOKEN }] } }, 'x'),
    ],
    [
      'under a telling name',
      (log: ReturnType<typeof createLogger>) => log.info({ token: 'c2lnbmF0dXJl' }, 'x'),
    ],
    [
      'in an error',
      (log: ReturnType<typeof createLogger>) => log.error({ err: new Error(`bad ${TOKEN}`) }, 'x'),
    ],
    ['as an error', (log: ReturnType<typeof createLogger>) => log.error(new Error(`bad ${TOKEN}`))],
    [
      'with a child logger',
      (log: ReturnType<typeof createLogger>) => log.child({ token: 'c2lnbmF0dXJl' }).info('x'),
    ],
    [
      'with the child of a child',
      (log: ReturnType<typeof createLogger>) =>
        log.child({ a: 1 }).child({ token: 'c2lnbmF0dXJl' }).info('x'),
    ],
  ])('holds no token: %s', (_where, write) => {
    const line = logged(write);
    expect(line).toContain('"level"');
    expect(line).not.toContain('c2lnbmF0dXJl');
  });

  it('keeps what is no secret', () => {
    const line = logged((log) => log.info({ roomId: 'r', peers: 2, list: [1, 'two'] }, 'hello'));
    expect(JSON.parse(line)).toMatchObject({
      level: 'info',
      roomId: 'r',
      peers: 2,
      list: [1, 'two'],
      msg: 'hello',
    });
  });

  it('a child keeps what its parents know', () => {
    const line = logged((log) => log.child({ roomId: 'r' }).child({ peerId: 'p' }).info('hello'));
    expect(JSON.parse(line)).toMatchObject({ roomId: 'r', peerId: 'p', msg: 'hello' });
  });
});
