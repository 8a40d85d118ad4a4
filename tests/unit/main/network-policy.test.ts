import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../../src/main/security/content-security-policy.ts';
import {
  allowsUrl,
  isSamePolicy,
  networkPolicyFor,
  NO_NETWORK,
} from '../../../src/main/security/network-policy.ts';
import { isRequestAllowed, setupRequestFilter } from '../../../src/main/security/request-filter.ts';

const direct = networkPolicyFor({ serverUrl: 'https://meet.example.com', signalingBaseUrl: [] });
const proxied = networkPolicyFor({
  serverUrl: 'https://meet.example.com',
  signalingBaseUrl: ['https://proxy.example.com', 'https://backup.example.com:8443'],
});
const local = networkPolicyFor({ serverUrl: 'http://127.0.0.1:4443', signalingBaseUrl: [] });
const v6 = networkPolicyFor({ serverUrl: 'https://[2001:db8:0:0::1]', signalingBaseUrl: [] });

const directive = (policy: typeof direct, name: string) =>
  contentSecurityPolicy(policy)
    .split('; ')
    .find((part) => part.startsWith(`${name} `));

describe('the content security policy', () => {
  it('forbids by default, and has no exception for code or styles in the page', () => {
    const text = contentSecurityPolicy(direct);
    expect(directive(direct, 'default-src')).toBe("default-src 'none'");
    expect(directive(direct, 'script-src')).toBe("script-src 'self'");
    expect(text).not.toMatch(/unsafe|\*/);
  });

  it('names the room server on the direct route', () => {
    expect(directive(direct, 'connect-src')).toBe(
      'connect-src https://meet.example.com wss://meet.example.com',
    );
    expect(directive(local, 'connect-src')).toBe(
      'connect-src http://127.0.0.1:4443 ws://127.0.0.1:4443',
    );
  });

  it('names the proxies and not the room server on the proxied route', () => {
    expect(directive(proxied, 'connect-src')).toBe(
      'connect-src https://proxy.example.com wss://proxy.example.com https://backup.example.com:8443 wss://backup.example.com:8443',
    );
  });

  it.each([
    ['an IPv6 address', 'https://[2001:db8:0:0::1]', 'https: wss:'],
    ['an IPv6 address of this computer', 'http://[::1]:4443', 'http: ws:'],
    ['a name with an underscore', 'https://meet_1.example.com', 'https: wss:'],
    ['a name with a final dot', 'https://m.example.', 'https://m.example. wss://m.example.'],
  ])('names %s as far as the policy language can', (_what, serverUrl, sources) => {
    const policy = networkPolicyFor({ serverUrl, signalingBaseUrl: [] });
    expect(directive(policy, 'connect-src')).toBe(`connect-src ${sources}`);
  });
});

describe('the hosts of a policy', () => {
  it.each([
    [direct, 'https://meet.example.com/x', true],
    [direct, 'wss://meet.example.com/?roomId=x', true],
    [direct, 'wss://MEET.example.com:443/', true],
    [direct, 'ws://meet.example.com/', false],
    [direct, 'http://meet.example.com/', false],
    [direct, 'https://meet.example.com:444/', false],
    [direct, 'https://meet.example.com.evil.example/', false],
    [direct, 'https://meet.example.com@evil.example/', false],
    [direct, 'https://sub.meet.example.com/', false],
    [proxied, 'https://proxy.example.com/', true],
    [proxied, 'wss://backup.example.com:8443/', true],
    [proxied, 'wss://backup.example.com/', false],
    [proxied, 'https://meet.example.com/', false],
    [proxied, 'wss://meet.example.com/', false],
    [local, 'ws://127.0.0.1:4443/', true],
    [local, 'ws://127.0.0.1:4444/', false],
    [local, 'ws://localhost:4443/', false],
    [v6, 'wss://[2001:db8::1]/', true],
    [v6, 'wss://[2001:db8::2]/', false],
    [direct, 'not a url', false],
  ] as const)('%#: %o %s %s', (policy, url, allowed) => {
    expect(allowsUrl(policy, url)).toBe(allowed);
  });

  it('compares policies by what they allow, not by order', () => {
    const turned = networkPolicyFor({
      serverUrl: 'https://other.example.com',
      signalingBaseUrl: ['https://backup.example.com:8443', 'https://proxy.example.com'],
    });
    expect(isSamePolicy(proxied, turned)).toBe(true);
    expect(isSamePolicy(proxied, direct)).toBe(false);
    expect(isSamePolicy(direct, proxied)).toBe(false);
  });
});

describe('the request filter', () => {
  const allowed = (
    url: string,
    resourceType: Parameters<typeof isRequestAllowed>[0]['resourceType'] = 'xhr',
    allowDevTools = false,
  ) => isRequestAllowed({ url, resourceType }, { policy: proxied, allowDevTools });

  it.each([
    ['app://causeway/index.html', 'mainFrame', true],
    ['app://causeway/assets/x.js', 'script', true],
    ['app://elsewhere/index.html', 'mainFrame', false],
    ['https://proxy.example.com/.well-known/causeway.json', 'xhr', true],
    ['wss://proxy.example.com/', 'webSocket', true],
    ['https://proxy.example.com/', 'mainFrame', false],
    ['https://proxy.example.com/', 'subFrame', false],
    ['https://meet.example.com/', 'xhr', false],
    ['wss://meet.example.com/', 'webSocket', false],
    ['https://update.example.net/', 'ping', false],
    ['blob:app://causeway/1', 'media', true],
    ['blob:app://causeway/1', 'mainFrame', false],
    ['data:image/png;base64,AA', 'image', true],
    ['data:text/html,x', 'mainFrame', false],
    ['file:///etc/passwd', 'xhr', false],
    ['ftp://proxy.example.com/', 'xhr', false],
    ['chrome-extension://x/y', 'script', false],
    ['devtools://devtools/bundled/x.html', 'mainFrame', false],
    ['', 'other', false],
  ] as const)('%s as %s: %s', (url, type, expected) => {
    expect(allowed(url, type)).toBe(expected);
  });

  it('lets developer tools load only where there are any', () => {
    expect(allowed('devtools://devtools/bundled/x.html', 'mainFrame', true)).toBe(true);
  });
});

describe('a request while the HTTP proxy changes', () => {
  type Listener = Parameters<Electron.WebRequest['onBeforeRequest']>[0];

  it.each([
    ['goes on once it is set', proxied, false],
    ['is refused when it could not be', NO_NETWORK, true],
  ])('is held back, and %s', async (_what, then, cancel) => {
    const settled = Promise.withResolvers<undefined>();
    let policy = proxied;
    let listener: Listener = null;
    setupRequestFilter(
      { webRequest: { onBeforeRequest: (given: Listener) => (listener = given) } } as never,
      {
        currentPolicy: () => policy,
        isOwnCheck: () => false,
        allowDevTools: false,
        proxySettled: () => settled.promise,
        log: { warn: () => undefined },
      },
    );
    const answers: unknown[] = [];
    const ask = listener as unknown as (details: object, callback: (given: object) => void) => void;
    ask({ url: 'https://proxy.example.com/', resourceType: 'xhr' }, (given) => answers.push(given));
    await new Promise(setImmediate);
    expect(answers).toEqual([]);
    policy = then;
    settled.resolve(undefined);
    await expect.poll(() => answers).toEqual([{ cancel }]);
  });
});
