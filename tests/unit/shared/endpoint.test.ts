import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isLoopbackHost,
  parseServerUrl,
  parseSignalingBaseUrl,
} from '../../../src/shared/endpoint.ts';

describe('a room server address', () => {
  it.each([
    ['https://meet.example.com', 'https://meet.example.com', 'wss://meet.example.com', 443],
    ['wss://meet.example.com', 'https://meet.example.com', 'wss://meet.example.com', 443],
    ['meet.example.com', 'https://meet.example.com', 'wss://meet.example.com', 443],
    [
      '  Meet.Example.COM:8443/ ',
      'https://meet.example.com:8443',
      'wss://meet.example.com:8443',
      8443,
    ],
    ['https://10.1.2.3:4443', 'https://10.1.2.3:4443', 'wss://10.1.2.3:4443', 4443],
    ['https://[2001:db8::1]:4443', 'https://[2001:db8::1]:4443', 'wss://[2001:db8::1]:4443', 4443],
    ['2001:db8::1', 'https://[2001:db8::1]', 'wss://[2001:db8::1]', 443],
    ['http://127.0.0.1:4443', 'http://127.0.0.1:4443', 'ws://127.0.0.1:4443', 4443],
    ['ws://localhost', 'http://localhost', 'ws://localhost', 80],
    ['http://[::1]:4443', 'http://[::1]:4443', 'ws://[::1]:4443', 4443],
  ])('%s is read as %s', (text, httpOrigin, wsOrigin, port) => {
    expect(parseServerUrl(text)).toMatchObject({
      ok: true,
      endpoint: { httpOrigin, wsOrigin, port },
    });
  });

  it.each([
    ['', 'is empty'],
    ['meet example.com', 'contains a space'],
    ['ftp://meet.example.com', '“ftp://” is not allowed'],
    ['javascript://alert', '“javascript://” is not allowed'],
    ['http://meet.example.com', 'only allowed on this computer'],
    ['ws://10.0.0.1', 'only allowed on this computer'],
    ['https://user:pass@meet.example.com', 'user name or password'],
    ['https://meet.example.com/room', 'without “/room”'],
    ['https://meet.example.com?x=1', 'without “?x=1”'],
    ['meet.example.com:0', 'Port “0”'],
    ['meet.example.com:70000', 'Port “70000”'],
    ['meet.example.com:abc', 'Port “abc”'],
    ['meet.example.com:', 'Port “”'],
    ['https://', 'no host name'],
    ['-meet.example.com', 'not a valid host name'],
    ['meet..example.com', 'not a valid host name'],
    ['300.1.1.1', 'not a valid IPv4 address'],
    ['10.1', 'not a valid IPv4 address'],
    ['A.0', 'no name ends in a number'],
    ['0x7f.0.0.0x1', 'no name ends in a number'],
    ['meet.example.2', 'no name ends in a number'],
    ['https://[2001:db8::zz]', 'not a valid IPv6 address'],
    ['mëet.example.com', 'not a valid host name'],
  ])('%s is refused: %s', (text, words) => {
    const result = parseServerUrl(text);
    expect(result).toMatchObject({ ok: false });
    if (!result.ok) expect(result.problem).toContain(words);
  });
});

describe('a Cloud Proxy address', () => {
  it.each([
    ['proxy.example.com', 'https://proxy.example.com'],
    ['proxy.example.com:8443', 'https://proxy.example.com:8443'],
    ['https://proxy.example.com/', 'https://proxy.example.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('%s is read as %s', (text, httpOrigin) => {
    expect(parseSignalingBaseUrl(text)).toMatchObject({ ok: true, endpoint: { httpOrigin } });
  });

  it.each([
    ['wss://proxy.example.com', '“wss://” is not allowed'],
    ['http://proxy.example.com', 'only allowed on this computer'],
    ['proxy.example.com/path', 'must be a host only'],
    ['proxy .example.com', 'contains a space'],
  ])('%s is refused: %s', (text, words) => {
    const result = parseSignalingBaseUrl(text);
    expect(result).toMatchObject({ ok: false });
    if (!result.ok) expect(result.problem).toContain(words);
  });
});

describe('whatever is typed', () => {
  it('is either refused with a sentence or read into an origin that reads back as itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.ipV4(), fc.ipV6()), (text) => {
        const result = parseServerUrl(text);
        if (!result.ok) {
          expect(result.problem.length).toBeGreaterThan(10);
          return;
        }
        const origin = result.endpoint.httpOrigin;
        expect(URL.parse(origin)).not.toBeNull();
        expect(parseServerUrl(origin)).toEqual(result);
      }),
      { numRuns: 2000 },
    );
  });

  it('never lets plain text leave this computer', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.domain(),
          fc.ipV4(),
          fc.ipV6().map((ip) => `[${ip}]`),
        ),
        (host) => {
          const result = parseServerUrl(`http://${host}`);
          if (result.ok) expect(isLoopbackHost(result.endpoint.host)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('loopback', () => {
  it.each(['localhost', 'LOCALHOST.', 'demo.localhost', '127.0.0.1', '127.255.0.9', '::1'])(
    '%s is',
    (host) => {
      expect(isLoopbackHost(host)).toBe(true);
    },
  );
  it.each([
    'localhost.example.com',
    '128.0.0.1',
    '127.0.0.1.example.com',
    '::2',
    '10.0.0.1',
    '0.0.0.0',
  ])('%s is not', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});
