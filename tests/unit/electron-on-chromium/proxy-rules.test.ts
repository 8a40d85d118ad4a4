import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { askPacScript } from '../../../tools/electron-on-chromium/proxy/pac-script.ts';
import {
  chromeProxyConfig,
  resolveByRules,
  rulesOfEnvironment,
} from '../../../tools/electron-on-chromium/proxy/proxy-rules.ts';

function resolve(proxyRules: string, proxyBypassRules: string, url: string): string {
  const config = chromeProxyConfig({ mode: 'fixed_servers', proxyRules, proxyBypassRules });
  if (config === 'system' || config.mode !== 'fixed_servers') throw new TypeError('no rules');
  return resolveByRules(config.rules, new URL(url));
}

describe('rules', () => {
  test.each([
    ['proxy.example:3128', '', 'https://far.example', 'PROXY proxy.example:3128'],
    ['http://proxy.example:80', '', 'https://far.example', 'PROXY proxy.example:80'],
    ['https://proxy.example', '', 'https://far.example', 'HTTPS proxy.example:443'],
    ['http=a.example:1;https=b.example:2', '', 'https://far.example', 'PROXY b.example:2'],
    ['http=a.example:1', '', 'https://far.example', 'DIRECT'],
    ['p.example:1', '*.near.example,<local>', 'https://x.near.example', 'DIRECT'],
    ['p.example:1', '.near.example', 'https://x.near.example', 'DIRECT'],
    ['p.example:1', '*.near.example', 'https://near.example', 'PROXY p.example:1'],
    ['p.example:1', '<local>', 'https://intranet', 'DIRECT'],
    ['p.example:1', 'far.example:8443', 'https://far.example', 'PROXY p.example:1'],
    ['p.example:1', 'far.example:443', 'https://far.example', 'DIRECT'],
    ['p.example:1', '', 'https://127.0.0.1:4443', 'DIRECT'],
    ['p.example:1', '<-loopback>', 'https://127.0.0.1:4443', 'PROXY p.example:1'],
  ])('“%s” but “%s”: %s goes by %s', (rules, bypass, url, expected) => {
    expect(resolve(rules, bypass, url)).toBe(expected);
  });

  test('that Chromium’s extensions cannot have are refused', () => {
    const list = { mode: 'fixed_servers', proxyRules: 'a.example:1,direct://' } as const;
    expect(() => chromeProxyConfig(list)).toThrow(/not part of electron-on-chromium/);
  });

  test('come from the environment where the system is to decide', () => {
    const rules = rulesOfEnvironment({
      HTTPS_PROXY: 'http://proxy.example:3128/',
      no_proxy: 'near.example,10.0.0.1',
    });
    const answers = ['https://far.example', 'https://x.near.example', 'https://10.0.0.1'].map(
      (url) => resolveByRules(rules, new URL(url)),
    );
    expect(answers).toEqual(['PROXY proxy.example:3128', 'DIRECT', 'DIRECT']);
  });
});

describe('a PAC script', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function serve(script: string, status = 200): Promise<string> {
    server = createServer((_request, response) => response.writeHead(status).end(script));
    await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy.pac`;
  }

  test('is asked with what it may ask for itself', async () => {
    const source = await serve(`function FindProxyForURL(url, host) {
      if (isPlainHostName(host)) return 'DIRECT';
      if (isInNet(host, '10.0.0.0', '255.0.0.0')) return 'PROXY inside:1';
      if (shExpMatch(url, '*:3478/*')) return 'PROXY turn:1';
      return dnsDomainIs(host, '.example.com') ? 'PROXY known:1' : 'PROXY other:1; DIRECT';
    }`);
    const ask = (url: string) => askPacScript(source, new URL(url));
    expect(await ask('https://intranet')).toBe('DIRECT');
    expect(await ask('https://10.1.2.3')).toBe('PROXY inside:1');
    expect(await ask('https://192.0.2.1:3478')).toBe('PROXY turn:1');
    expect(await ask('https://a.example.com/path?query')).toBe('PROXY known:1');
    expect(await ask('https://192.0.2.1')).toBe('PROXY other:1; DIRECT');
  });

  test.each([
    ['is not there', '', 404],
    ['is no script', '<html>', 200],
    ['has no such function', 'var x', 200],
    ['does not end', 'for (;;) {}', 200],
  ])('that %s answers nothing', async (_what, script, status) => {
    const source = await serve(script, status);
    await expect(askPacScript(source, new URL('https://192.0.2.1'))).rejects.toThrow();
  });
});
