import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DISCOVERY_PATH, DiscoveryDocument } from '../../../src/shared/discovery.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { discover, relayCredentials, startTestProxy, TURN_SECRET } from './test-proxy.ts';
import type { TestProxy } from './test-proxy.ts';

describe('discovery', () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startTestProxy({
      origin: ['http://127.0.0.1:9'],
      publicHost: ['127.0.0.1', 'localhost'],
    });
  });
  afterAll(async () => {
    await proxy.close();
  });

  test('tells strangers what the proxy is, and no credentials', async () => {
    const { status, body, response } = await discover(proxy);
    expect(status).toBe(200);
    expect(DiscoveryDocument.parse(body)).toEqual({
      version: 1,
      role: 'proxy',
      features: ['token', 'relay-credentials'],
      serverTime: expect.any(Number) as number,
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('gives relay credentials by the TURN REST scheme to who has a join token', async () => {
    const before = Date.now();
    const { body } = await discover(proxy, await testToken({ room: 'demo' }));
    const document = DiscoveryDocument.parse(body);
    const [server] = document.iceServers ?? [];
    const port = proxy.turn?.port;
    expect(server?.urls).toEqual([
      `turn:127.0.0.1:${port}?transport=udp`,
      `turn:127.0.0.1:${port}?transport=tcp`,
    ]);
    const [expiry, identity] = (server?.username ?? '').split(':');
    expect(Number(expiry) * 1000).toBe(document.credentialsExpireAt);
    expect(Number(expiry) * 1000 - before).toBeGreaterThan(598_000);
    expect(Number(expiry) * 1000 - before).toBeLessThanOrEqual(601_000);
    expect(identity).not.toContain('somebody');
    expect(server?.credential).toBe(
      createHmac('sha1', TURN_SECRET)
        .update(server?.username ?? '')
        .digest('base64'),
    );
  });

  test('names the relay by the host that the client used', async () => {
    const byAddress = await relayCredentials(proxy);
    expect(byAddress.urls[0]).toContain('turn:127.0.0.1:');
    const token = await testToken({ room: 'demo' });
    const url = proxy.origin.replace('127.0.0.1', 'localhost');
    const response = await fetch(`${url}${DISCOVERY_PATH}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const document = DiscoveryDocument.parse(await response.json());
    expect(document.iceServers?.[0]?.urls[0]).toContain('turn:localhost:');
  });

  test.each<[string, () => Promise<string>, string]>([
    [
      'expired',
      async () => await testToken({ room: 'demo', lifetimeSeconds: -60 }),
      'TOKEN_EXPIRED',
    ],
    [
      'forged',
      async () => await testToken({ room: 'demo', secret: 'x'.repeat(40) }),
      'TOKEN_INVALID',
    ],
    ['damaged', () => Promise.resolve('not-a-token'), 'TOKEN_INVALID'],
    ['unsigned', () => Promise.resolve(unsigned()), 'TOKEN_INVALID'],
  ])('refuses a token that is %s, without credentials', async (_what, make, code) => {
    const { status, body } = await discover(proxy, await make());
    expect(status).toBe(401);
    expect(body).toEqual({ error: expect.any(String) as string, code });
  });

  test('refuses another kind of authorization', async () => {
    const { status, body } = await discover(proxy, undefined, { authorization: 'Basic YTpi' });
    expect(status).toBe(401);
    expect(JSON.stringify(body)).not.toContain('iceServers');
  });

  test('lets a page of any origin ask with a token, by CORS', async () => {
    const preflight = await fetch(`${proxy.origin}${DISCOVERY_PATH}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'app://causeway',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/authorization/i);
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  });

  test('never logs a token or a credential', async () => {
    const token = await testToken({ room: 'demo' });
    await discover(proxy, token);
    const { credential } = await relayCredentials(proxy);
    const text = proxy.log.join('\n');
    expect(text).not.toContain(token.split('.')[2]);
    expect(text).not.toContain(credential);
    expect(text).not.toContain(TURN_SECRET);
  });

  test('there is nothing else to fetch', async () => {
    for (const path of ['/', '/metrics', '/.well-known/other.json', '/join/demo']) {
      expect((await fetch(`${proxy.origin}${path}`)).status).toBe(404);
    }
  });
});

/** `alg: none`: a token that only says that it is one. */
function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'causeway-room', sub: 'x', room: 'demo', exp: 4_000_000_000 };
  return `${part({ alg: 'none' })}.${part(claims)}.AA`;
}
