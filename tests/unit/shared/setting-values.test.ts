import { describe, expect, it } from 'vitest';
import { parseServerUrl } from '../../../src/shared/endpoint.ts';
import { SETTING_KEYS, settingInfo, Settings } from '../../../src/shared/settings.ts';
import { isHostAllowed } from '../../../src/shared/settings/host-pattern.ts';

const { shape } = Settings;

/** All that is wrong with a value, in one text; empty when nothing is. */
function problems(key: keyof Settings, value: unknown): string {
  return JSON.stringify(shape[key].safeParse(value).error?.issues ?? '');
}

describe.each(SETTING_KEYS)('the setting %s', (key) => {
  it('says what it is, in a title and sentences', () => {
    const { title, hint } = settingInfo(key);
    expect(title).toMatch(/^[A-Z][^.]*$/);
    expect(hint).toMatch(/^[A-Z].*\.$/);
    expect(shape[key].meta()).toMatchObject({ title, description: hint });
  });
});

describe('the HTTP proxy', () => {
  it.each([
    ['http-proxy.example.com:3128', 'http://http-proxy.example.com:3128'],
    [' HTTP://Proxy:8080/ ', 'http://proxy:8080'],
    ['https://proxy.example.com:443', 'https://proxy.example.com:443'],
    ['[2001:DB8::1]:3128', 'http://[2001:db8::1]:3128'],
  ])('by hand takes %s', (server, origin) => {
    expect(shape.httpProxy.parse({ mode: 'manual', server })).toEqual({
      mode: 'manual',
      server: origin,
      bypass: [],
    });
  });

  it.each([
    ['proxy.example.com', /needs its port/],
    ['proxy.example.com:0', /not a number from 1 to 65535/],
    ['socks5://proxy.example.com:1080', /“socks5:\/\/” is not allowed/],
    ['http://ada:secret@proxy.example.com:3128', /must not contain a user name or password/],
    ['proxy.example.com:3128/path', /without a path/],
    ['pro xy:3128', /contains a space/],
    ['999.1.1.1:3128', /not a valid IPv4 address/],
    ['', /is empty/],
  ])('by hand refuses “%s”', (server, sentence) => {
    expect(problems('httpProxy', { mode: 'manual', server })).toMatch(sentence);
  });

  it('never repeats a password that stood in a refused address', () => {
    expect(
      problems('httpProxy', { mode: 'manual', server: 'http://ada:hunter2@proxy:3128' }),
    ).not.toContain('hunter2');
    expect(problems('httpProxy', { mode: 'pac', url: 'http://ada:hunter2@wpad/x' })).not.toContain(
      'hunter2',
    );
  });

  it.each([
    ['http://wpad/wpad.dat', ''],
    ['ftp://wpad/wpad.dat', /“ftp:” is not allowed/],
    ['file:///etc/proxy.pac', /“file:” is not allowed/],
    ['wpad.dat', /is not a URL/],
  ])('by a PAC file at %s', (url, sentence) => {
    if (sentence === '') expect(problems('httpProxy', { mode: 'pac', url })).toBe('""');
    else expect(problems('httpProxy', { mode: 'pac', url })).toMatch(sentence);
  });

  it('has no address where its mode needs none', () => {
    expect(shape.httpProxy.safeParse({ mode: 'none', server: 'proxy:1' }).success).toBe(false);
    expect(shape.httpProxy.parse({ mode: 'system' })).toEqual({ mode: 'system' });
  });
});

describe('host patterns', () => {
  const allows = (pattern: string, server: string): boolean => {
    const endpoint = parseServerUrl(server);
    if (!endpoint.ok) throw new Error(endpoint.problem);
    return isHostAllowed(shape.allowedServers.parse([pattern]), endpoint.endpoint);
  };

  it.each([
    ['*', 'anything.example', true],
    ['meet.example.com', 'Meet.Example.com', true],
    ['meet.example.com', 'meet.example.com.', true],
    ['meet.example.com', 'meet.example.com.evil.example', false],
    ['meet.example.com', 'xmeet.example.com', false],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'badexample.com', false],
    ['*.example.com', 'example.com.evil.example', false],
    ['meet.example.com:8443', 'meet.example.com:8443', true],
    ['meet.example.com:8443', 'meet.example.com', false],
    ['*:443', 'meet.example.com', true],
    ['*:443', 'meet.example.com:444', false],
    ['192.0.2.7', '192.0.2.7:4443', true],
    ['[2001:db8::1]', '[2001:db8::1]:4443', true],
  ])('%s and %s: %s', (pattern, server, expected) => {
    expect(allows(pattern, server)).toBe(expected);
  });

  it.each([
    ['https://meet.example.com', /without a scheme or path/],
    ['meet.*.com', /where none can stand/],
    ['*example.com', /where none can stand/],
    ['meet.example.com:0', /not a number/],
    ['a b', /must be a host only/],
    ['', /is empty/],
  ])('“%s” is refused', (pattern, sentence) => {
    expect(problems('allowedServers', [pattern])).toMatch(sentence);
  });

  it('as an empty list is refused: it reads as “all” to one and as “none” to another', () => {
    for (const key of ['allowedServers', 'allowedProxies', 'allowedModes'] as const) {
      expect(problems(key, [])).toContain('An empty list would allow no');
    }
  });
});

describe('extra CA certificates', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
  it.each([
    pem,
    pem + pem,
    '/etc/ssl/company.pem',
    'C:\\ProgramData\\ca.pem',
    '\\\\server\\ca.pem',
  ])('may be %j', (entry) => expect(problems('extraCaCertificates', [entry])).toBe('""'));
  it.each([
    ['company.pem', /neither PEM text nor an absolute path/],
    ['-----BEGIN CERTIFICATE-----\nMIIB', /PEM text is damaged/],
    ['-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----', /This is a private key/],
  ])('may not be %j', (entry, sentence) => {
    expect(problems('extraCaCertificates', [entry])).toMatch(sentence);
  });
});

describe('regions', () => {
  const region = (networks: unknown) => [
    { name: 'emea', networks, signalingBaseUrl: ['proxy.example.com'] },
  ];
  it('have networks of both families, and proxies as everywhere', () => {
    expect(
      shape.proxiesByRegion.parse(region(['10.20.0.0/16', '2001:db8::/32']))[0]?.signalingBaseUrl,
    ).toEqual(['https://proxy.example.com']);
  });
  it.each([[['10.20.0.0']], [['10.20.0.0/33']], [[]], ['10.0.0.0/8']])(
    'refuse %j for networks',
    (networks) => expect(shape.proxiesByRegion.safeParse(region(networks)).success).toBe(false),
  );
});
