import { expect, test } from 'vitest';
import { toProxyConfig } from '../../../../src/main/http-proxy/proxy-config.ts';
import { firstProxy, formatProxy } from '../../../../src/main/http-proxy/resolved-proxy.ts';

test('each setting becomes what Electron’s session takes, with no second way out', () => {
  expect(toProxyConfig({ mode: 'system' })).toEqual({ mode: 'system' });
  expect(toProxyConfig({ mode: 'none' })).toEqual({ mode: 'direct' });
  expect(
    toProxyConfig({
      mode: 'manual',
      server: 'http://http-proxy.example.com:3128',
      bypass: ['*.corp.example', '<local>'],
    }),
  ).toEqual({
    mode: 'fixed_servers',
    proxyRules: 'http://http-proxy.example.com:3128',
    proxyBypassRules: '*.corp.example,<local>',
  });
  expect(toProxyConfig({ mode: 'pac', url: 'http://wpad.example.com/proxy.pac' })).toEqual({
    mode: 'pac_script',
    pacScript: 'http://wpad.example.com/proxy.pac',
  });
});

test.each([
  ['DIRECT', undefined],
  ['', undefined],
  ['nonsense', undefined],
  ['PROXY', undefined],
  ['DIRECT; PROXY a.example:1', undefined],
  ['PROXY a.example:3128', 'a.example:3128'],
  ['  proxy a.example:3128 ; DIRECT', 'a.example:3128'],
  ['PROXY a.example:80', 'a.example:80'],
  ['PROXY a.example', 'a.example:80'],
  ['HTTPS a.example', 'a.example:443'],
  ['SOCKS5 a.example', 'a.example:1080'],
  ['PROXY [2001:db8::1]:3128', '[2001:db8::1]:3128'],
])('the answer “%s” leads by %s', (answer, expected) => {
  const proxy = firstProxy(answer);
  expect(proxy && formatProxy(proxy)).toBe(expected);
});
