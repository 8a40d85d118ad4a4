import { describe, expect, it } from 'vitest';
import { formatPath, isSamePath, type Path } from '../../../src/shared/path.ts';

describe('a path in words', () => {
  it.each<[Path, string]>([
    [
      { route: 'direct', protocol: 'udp', host: '127.0.0.1', port: 44444 },
      'UDP · direct · 127.0.0.1:44444',
    ],
    [
      { route: 'direct', protocol: 'tcp', host: '2001:db8::1', port: 443 },
      'TCP · direct · [2001:db8::1]:443',
    ],
    [
      { route: 'direct', protocol: 'udp', host: 'meet.example.com' },
      'UDP · direct · meet.example.com',
    ],
    [{ route: 'proxy', protocol: 'udp', host: '127.0.0.1', port: 3478 }, 'UDP · proxy 127.0.0.1'],
    [
      {
        route: 'proxy',
        protocol: 'tls',
        host: 'proxy.example.com',
        port: 443,
        httpProxy: 'http-proxy:3128',
      },
      'TLS · proxy proxy.example.com via http-proxy:3128',
    ],
  ])('%o reads %s', (path, words) => {
    expect(formatPath(path)).toBe(words);
  });

  it('is the same only when every part is', () => {
    const path: Path = { route: 'direct', protocol: 'udp', host: 'a', port: 1 };
    expect(isSamePath(path, { ...path })).toBe(true);
    expect(isSamePath(path, { ...path, protocol: 'tcp' })).toBe(false);
    expect(isSamePath(path, { ...path, route: 'proxy' })).toBe(false);
    expect(isSamePath(path, { ...path, host: 'b' })).toBe(false);
    expect(isSamePath(path, { ...path, port: 2 })).toBe(false);
    expect(isSamePath(path, { ...path, httpProxy: 'p:1' })).toBe(false);
  });
});
