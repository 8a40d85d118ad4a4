import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { JOIN_TOKEN_AUDIENCE } from '../../../src/shared/join-token.ts';
import { TEST_TOKEN_SECRET, testToken } from '../../fixtures/tokens.ts';
import { audioParameters, createTransport } from './media.ts';
import { refusal, SignalingClient } from './signaling-client.ts';
import { startTestServer } from './test-server.ts';

const server = await startTestServer();
const secret = new TextEncoder().encode(TEST_TOKEN_SECRET);

/** A token with any claims; the defaults are good ones. */
async function tokenWith(
  claims: Record<string, unknown>,
  key: Parameters<SignJWT['sign']>[0] = secret,
  alg = 'HS256',
): Promise<string> {
  const good = {
    room: 'room',
    sub: 'somebody',
    aud: JOIN_TOKEN_AUDIENCE,
    exp: Math.floor(Date.now() / 1000) + 600,
  };
  const all: [string, unknown][] = Object.entries({ ...good, ...claims });
  return await new SignJWT(Object.fromEntries(all.filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg })
    .sign(key);
}

function unsigned(): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ room: 'room', sub: 'x', aud: JOIN_TOKEN_AUDIENCE, exp: 9_999_999_999 })}.`;
}

describe('a join token', () => {
  it('admits its bearer to its room', async () => {
    const client = await SignalingClient.connect(server.url, {
      token: await testToken({ room: 'room' }),
    });
    expect(client.socket.protocol).toBe('protoo');
    expect(await client.notification('mediasoup-version')).toEqual({ version: '3.19.3' });
    await client.leave();
  });

  const now = Math.floor(Date.now() / 1000);
  it.each([
    ['is missing', undefined, 4402, 'This meeting needs a join token.'],
    ['is no JWT', 'abc', 4401, 'The join token is damaged: it is not a JWT.'],
    [
      'has a signature of another secret',
      tokenWith({}, new TextEncoder().encode('another secret, also of 32 bytes or more')),
      4401,
      'The join token’s signature is not valid.',
    ],
    ['is signed with nothing (alg none)', `${unsigned()}x`, 4401, /algorithm than HS256|signature/],
    ['is unsigned', unsigned(), 4401, 'The join token is damaged: it is not a JWT.'],
    ['has expired', tokenWith({ exp: now - 60 }), 4410, 'The join token has expired.'],
    [
      'never expires',
      tokenWith({ exp: undefined }),
      4401,
      'The join token is not valid here: claim “exp” is missing.',
    ],
    [
      'is for another audience',
      tokenWith({ aud: 'other' }),
      4401,
      'The join token is not valid here: claim “aud” does not fit.',
    ],
    [
      'is not valid yet',
      tokenWith({ nbf: now + 600 }),
      4401,
      'The join token is not valid here: claim “nbf” does not fit.',
    ],
    [
      'names another room',
      testToken({ room: 'other' }),
      4403,
      'The join token is for another meeting.',
    ],
    ['names nobody', tokenWith({ sub: '' }), 4401, /The join token has a bad claim: sub/],
    [
      'has bad permissions',
      tokenWith({ permissions: { publish: 'yes' } }),
      4401,
      /bad claim: permissions\.publish/,
    ],
  ])('is refused when it %s', async (_what, token, code, reason) => {
    const given = await token;
    const closed = await refusal(server.url, given === undefined ? {} : { token: given });
    expect(closed.code).toBe(code);
    if (typeof reason === 'string') expect(closed.reason).toBe(reason);
    else expect(closed.reason).toMatch(reason);
  });

  it('stands in no log line, also when it is refused', async () => {
    const token = await testToken({ room: 'other' });
    await refusal(server.url, { token });
    await refusal(server.url, { target: `/?roomId=room&peerId=p&token=${token}` });
    const log = server.logLines.join('');
    expect(log).toContain('connection refused');
    expect(log).not.toContain(token);
    expect(log).not.toContain(token.split('.')[1]);
  });

  it('lets the call go on when it expires in the middle of it', async () => {
    const token = await testToken({ room: 'room', lifetimeSeconds: 60 });
    const client = await server.connect({ token });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    try {
      expect((await refusal(server.url, { token })).code).toBe(4410);
      expect(await client.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    } finally {
      vi.useRealTimers();
    }
    await client.leave();
  });

  it('without the permission to publish lets no media be sent', async () => {
    const client = await server.join({
      token: await tokenWith({ permissions: { publish: false } }),
    });
    const transport = await createTransport(client, { producing: true, consuming: false });
    await expect(
      client.request('produce', {
        transportId: transport.id,
        kind: 'audio',
        rtpParameters: audioParameters(),
      }),
    ).rejects.toMatchObject({
      code: 403,
      message: 'produce: the join token does not allow this peer to publish',
    });
    await client.leave();
  });
});

describe('a token signed with a private key', () => {
  it.each([
    ['EdDSA', generateKeyPairSync('ed25519')],
    ['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ] as const)('(%s) is checked with the public key', async (alg, { publicKey, privateKey }) => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-key-'));
    const file = join(folder, 'public.pem');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    await writeFile(file, pem);
    const keyed = await startTestServer({ tokenPublicKeyFile: file });

    const client = await SignalingClient.connect(keyed.url, {
      token: await tokenWith({}, privateKey, alg),
    });
    expect(await client.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await client.leave();

    // The old trick: the public key, known to all, taken for an HMAC secret.
    const forged = await tokenWith({}, new TextEncoder().encode(pem), 'HS256');
    expect(await refusal(keyed.url, { token: forged })).toEqual({
      code: 4401,
      reason: `The join token is signed with another algorithm than ${alg}.`,
    });
  });
});

describe('a connection', () => {
  it.each([
    ['names no room', { target: '/?peerId=p' }, 4400, 'roomId: is missing'],
    ['names no peer', { target: '/?roomId=room' }, 4400, 'peerId: is missing'],
    ['has a bad room', { target: '/?roomId=a%20b&peerId=p' }, 4400, /^roomId: A meeting name has/],
    ['has a bad peer', { target: '/?roomId=room&peerId=a%2Fb' }, 4400, /^peerId: must be 1 to 64/],
    ['asks elsewhere', { target: '/rooms' }, 4400, 'Signaling is at /?roomId=NAME&peerId=ID.'],
  ])('is refused when it %s', async (_what, options, code, reason) => {
    const closed = await refusal(server.url, {
      ...options,
      token: await testToken({ room: 'room' }),
    });
    expect(closed.code).toBe(code);
    if (typeof reason === 'string') expect(closed.reason).toBe(reason);
    else expect(closed.reason).toMatch(reason);
  });

  it('is refused without the sub-protocol “protoo”', async () => {
    expect(await refusal(server.url, { subprotocols: [] })).toEqual({
      code: 4400,
      reason: 'Offer the WebSocket sub-protocol “protoo”.',
    });
  });

  it('takes the place of an older one with the same peer id and identity', async () => {
    const older = await server.join({ room: 'twice', peer: 'p', who: 'anna' });
    const watcher = await server.join({ room: 'twice' });
    const newer = await server.join({ room: 'twice', peer: 'p', who: 'anna' });
    expect(await older.closed).toEqual({
      code: 4409,
      reason: 'You joined from somewhere else with the same peer id.',
    });
    expect(await watcher.notification('peerClosed')).toEqual({ peerId: 'p' });
    expect(await watcher.notification('newPeer')).toMatchObject({ id: 'p' });
    expect(await newer.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await Promise.all([watcher.leave(), newer.leave()]);
  });

  it('cannot take the place of somebody else', async () => {
    const anna = await server.join({ room: 'thief', peer: 'p', who: 'anna' });
    const token = await testToken({ room: 'thief', who: 'mallory' });
    expect(await refusal(server.url, { room: 'thief', peer: 'p', token })).toEqual({
      code: 4400,
      reason: 'This peerId belongs to somebody else in the meeting. Choose another.',
    });
    expect(await anna.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await anna.leave();
  });

  it('counts as refused in the metrics, by reason', async () => {
    const labels = '{reason="token_expired"}';
    const before = await server.metric('causeway_room_connects_refused_total', labels);
    await refusal(server.url, { token: await tokenWith({ exp: now() - 60 }) });
    expect(await server.metric('causeway_room_connects_refused_total', labels)).toBe(before + 1);
  });
});

describe('with --auth none', async () => {
  const open = await startTestServer({ auth: 'none' });

  it('everybody on this computer may join', async () => {
    const client = await SignalingClient.connect(open.url);
    expect(await client.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
    await client.leave();
  });

  it('a page of the app or of this computer may join', async () => {
    for (const origin of ['app://causeway', 'http://causeway.localhost:8080']) {
      const client = await SignalingClient.connect(open.url, { headers: { origin } });
      await client.leave();
    }
  });

  it.each([
    ['a web page', { origin: 'https://evil.example' }],
    ['a page that rebinds its name to this computer', { host: 'evil.example' }],
    ['somebody behind a reverse proxy', { 'x-forwarded-for': '203.0.113.7' }],
  ])('%s may not join', async (_who, headers) => {
    expect((await refusal(open.url, { headers })).code).toBe(4400);
  });
});

function now(): number {
  return Math.floor(Date.now() / 1000);
}
