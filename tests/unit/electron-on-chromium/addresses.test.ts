import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../tools/electron-on-chromium/api/web-request.ts';
import { parseCommandLine } from '../../../tools/electron-on-chromium/command-line.ts';
import { OriginMapping } from '../../../tools/electron-on-chromium/origin-mapping.ts';

describe('the mapping of app addresses', () => {
  const mapping = new OriginMapping();
  mapping.add('app');

  it.each([
    ['app://bundle/', 'http://bundle.app.localhost/'],
    ['app://bundle/a/b.js?c=d#e', 'http://bundle.app.localhost/a/b.js?c=d#e'],
    ['app://two.labels/x', 'http://two.labels.app.localhost/x'],
    ['https://example.com/app://bundle', 'https://example.com/app://bundle'],
    ['other://bundle/', 'other://bundle/'],
  ])('takes %s to Chromium as %s, and back', (own, chromium) => {
    expect(mapping.toChromium(own)).toBe(chromium);
    expect(mapping.toApp(chromium)).toBe(own);
  });

  it.each([
    ['http://bundle.app.localhost.example.com/'],
    ['http://bundle.app.localhost:8080/'],
    ['https://bundle.app.localhost/'],
    ['http://bundle.other.localhost/'],
    ['http://user@bundle.app.localhost/'],
  ])('does not take %s for an address of the app', (url) => {
    expect(mapping.toApp(url)).toBe(url);
  });

  it('maps the sources of a content security policy and nothing else in it', () => {
    expect(
      mapping.policyToChromium(
        "default-src 'self' app:; script-src app://bundle 'nonce-abc'; connect-src wss://example.com data:",
      ),
    ).toBe(
      "default-src 'self' http://*.app.localhost; script-src http://bundle.app.localhost 'nonce-abc'; connect-src wss://example.com data:",
    );
  });
});

describe('URL patterns of webRequest filters', () => {
  it.each([
    ['<all_urls>', 'https://example.com/x', true],
    ['<all_urls>', 'app://bundle/', false],
    ['*://*/*', 'wss://example.com/', true],
    ['https://*.example.com/*', 'https://a.b.example.com/x', true],
    ['https://*.example.com/*', 'https://example.com/', true],
    ['https://*.example.com/*', 'https://badexample.com/', false],
    ['https://example.com/a*', 'https://example.com/abc?d', true],
    ['https://example.com/a*', 'https://example.com/b', false],
    ['https://example.com/*', 'http://example.com/', false],
    ['https://example.com/*', 'https://example.com:8443/', true],
    ['https://example.com:8443/*', 'https://example.com:444/', false],
    ['app://bundle/*', 'app://bundle/index.html', true],
  ])('%s and %s: %s', (pattern, url, expected) => {
    expect(matchesPattern(pattern, url)).toBe(expected);
  });

  it('refuses a pattern without a scheme', () => {
    expect(() => matchesPattern('example.com/*', 'https://example.com/')).toThrow(
      'Invalid url pattern',
    );
  });
});

describe("the stand-in's command line", () => {
  it('takes the first argument that is no switch for the app', () => {
    const { app, switches, argv } = parseCommandLine([
      '--inspect=0',
      '--no-sandbox',
      '/path/to/app',
      '--lang=de',
      'causeway://join/x',
    ]);
    expect(app).toBe('/path/to/app');
    expect([...switches]).toEqual([
      ['inspect', '0'],
      ['no-sandbox', ''],
      ['lang', 'de'],
    ]);
    expect(argv).toHaveLength(5);
  });

  it('loads modules first that are named by -r', () => {
    expect(parseCommandLine(['-r', './first.cjs', '.'])).toMatchObject({
      preloads: ['./first.cjs'],
      app: '.',
    });
  });

  it('leaves what follows -- to the app', () => {
    expect([...parseCommandLine(['.', '--', '--lang=de']).switches]).toEqual([]);
  });
});
