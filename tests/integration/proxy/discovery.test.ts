import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DISCOVERY_PATH, DiscoveryDocument } from '../../../src/shared/discovery.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { TurnClient } from '../../turn-client/client.ts';
import {
  closeOf,
  connectThrough,
  discover,
  eventually,
  openSignaling,
  relayCredentials,
  startTestOrigin,
  startTestProxy,
  TURN_SECRET,
} from './test-proxy.ts';
import type { TestOrigin, TestProxy } from './test-proxy.ts';

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

  test('tells who asks too often so, in a way that a page may read', async () => {
    const strict = await startTestProxy({
      origin: ['http://127.0.0.1:9'],
      turn: 'off',
      maxRequestsPerSecond: 1,
    });
    const answers = await Promise.all(Array.from({ length: 12 }, () => discover(strict)));
    const [refused] = answers.filter(({ status }) => status === 429);
    expect(refused?.body).toEqual({ error: expect.any(String) as string, code: 'SERVER_BUSY' });
    expect(refused?.response.headers.get('access-control-allow-origin')).toBe('*');
    await strict.close();
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

describe('relay credentials for a token that has ended', () => {
  /** Within the room for clocks that differ: good for one second more. */
  const ENDS_SOON_SECONDS = -9;
  let origin: TestOrigin;
  let proxy: TestProxy;
  beforeAll(async () => {
    origin = await startTestOrigin();
    proxy = await startTestProxy({ origin: [origin.url] });
  });
  afterAll(async () => {
    await proxy.close();
    await origin.stop();
  });

  /** Connects with a token, and waits until that has ended. */
  async function callThatOutlives(room: string, who: string) {
    const token = await testToken({ room, who, lifetimeSeconds: ENDS_SOON_SECONDS });
    const { client } = await connectThrough(proxy, origin, { room, token });
    const stranger = await testToken({
      ...{ room: `${room}-2`, who },
      lifetimeSeconds: ENDS_SOON_SECONDS,
    });
    await eventually('the tokens have ended', async () => {
      return (await discover(proxy, stranger)).status === 401;
    });
    return { token, client, stranger };
  }

  test('are given to who is in a call with it, until that call ends', async () => {
    const { token, client } = await callThatOutlives('long', 'ada');
    const { status, body } = await discover(proxy, token);
    expect(status).toBe(200);
    const [server] = DiscoveryDocument.parse(body).iceServers ?? [];
    if (!server) throw new Error('no credentials');
    const turn = await TurnClient.open('udp', {
      host: '127.0.0.1',
      port: proxy.turn?.port ?? 0,
    });
    // coturn takes them: an allocation, or this throws.
    expect((await turn.allocate(server)).port).toBeGreaterThan(0);
    turn.close();

    client.close();
    await eventually('the call has ended', async () => {
      return (await discover(proxy, token)).status === 401;
    });
    expect((await discover(proxy, token)).body).toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  test('are given to nobody else', async () => {
    const { client, stranger } = await callThatOutlives('closed', 'ada');
    const lifetimeSeconds = -60;
    const twelveHours = 12 * 60 * 60;
    const inCall = { room: 'closed', who: 'ada' };
    for (const [what, token, code] of [
      ['the same person, another room', stranger, 'TOKEN_EXPIRED'],
      [
        'another person, the same room',
        await testToken({ room: 'closed', who: 'eve', lifetimeSeconds }),
        'TOKEN_EXPIRED',
      ],
      [
        'a forged one of who is in the call',
        await testToken({ ...inCall, lifetimeSeconds, secret: 'x'.repeat(40) }),
        'TOKEN_INVALID',
      ],
      [
        'one of who is in the call that ended yesterday',
        await testToken({ ...inCall, lifetimeSeconds: -twelveHours - 60 }),
        'TOKEN_EXPIRED',
      ],
    ] as const) {
      const { status, body } = await discover(proxy, token);
      expect([what, status, body]).toEqual([
        what,
        401,
        { error: expect.any(String) as string, code },
      ]);
    }
    // Nor does it open another signaling connection.
    const late = await openSignaling(proxy, {
      room: 'closed',
      token: await testToken({ ...inCall, lifetimeSeconds }),
    });
    expect((await closeOf(late)).code).toBe(CLOSE.TOKEN_EXPIRED);
    client.close();
  });
});

/** `alg: none`: a token that only says that it is one. */
function unsigned(): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'causeway-room', sub: 'x', room: 'demo', exp: 4_000_000_000 };
  return `${part({ alg: 'none' })}.${part(claims)}.AA`;
}
