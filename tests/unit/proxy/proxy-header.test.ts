import { describe, expect, test } from 'vitest';
import { parseProxyHeader } from '../../../server/proxy/front/proxy-header.ts';

function parse(text: string) {
  return parseProxyHeader(Buffer.from(text, 'latin1'));
}

describe('the PROXY protocol line', () => {
  test('names the client of an IPv4 or IPv6 connection, and says where the rest begins', () => {
    const v4 = 'PROXY TCP4 203.0.113.9 192.0.2.1 51000 443\r\n';
    expect(parse(`${v4}GET /`)).toEqual({
      state: 'complete',
      address: '203.0.113.9',
      length: v4.length,
    });
    const v6 = 'PROXY TCP6 2001:db8::9 2001:db8::1 51000 443\r\n';
    expect(parse(v6)).toEqual({ state: 'complete', address: '2001:db8::9', length: v6.length });
  });

  test('UNKNOWN is a connection of the balancer itself', () => {
    expect(parse('PROXY UNKNOWN\r\n')).toMatchObject({ state: 'complete', address: undefined });
  });

  test.each(['', 'P', 'PROXY', 'PROXY TCP4 203.0.113.9 192', 'PROXY UNKNOWN\r'])(
    'may come in pieces: %j',
    (text) => {
      expect(parse(text)).toEqual({ state: 'incomplete' });
    },
  );

  test.each([
    ['something else', 'GET / HTTP/1.1\r\n'],
    ['a TLS ClientHello', '\x16\x03\x01\x02\x00\x01'],
    ['no address', 'PROXY TCP4 proxy.example.com 192.0.2.1 51000 443\r\n'],
    ['the other family', 'PROXY TCP4 2001:db8::9 2001:db8::1 51000 443\r\n'],
    ['a port out of range', 'PROXY TCP4 203.0.113.9 192.0.2.1 51000 70000\r\n'],
    ['a missing port', 'PROXY TCP4 203.0.113.9 192.0.2.1 51000\r\n'],
    ['too many words', 'PROXY TCP4 203.0.113.9 192.0.2.1 51000 443 x\r\n'],
    ['an unknown family', 'PROXY UDP4 203.0.113.9 192.0.2.1 51000 443\r\n'],
    ['a line without end', `PROXY UNKNOWN ${'x'.repeat(200)}`],
    ['an end beyond the longest line', `PROXY UNKNOWN ${'x'.repeat(200)}\r\n`],
  ])('refuses %s', (_what, text) => {
    expect(parse(text)).toEqual({ state: 'bad' });
  });
});
