import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { startRoomServer } from '../../fixtures/room-server.ts';
import type { RoomServerProcess } from '../../fixtures/room-server.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { SignalingClient } from '../room-server/signaling-client.ts';
import { startTestProxy } from './test-proxy.ts';
import type { TestProxy } from './test-proxy.ts';

/** The real room server behind the proxy: to a client it makes no difference. */
describe('the room server through the proxy', () => {
  let room: RoomServerProcess;
  let proxy: TestProxy;
  beforeAll(async () => {
    room = await startRoomServer({ flags: ['--port=0', '--media-port=0'] });
    proxy = await startTestProxy({ origin: [room.url], turn: 'off' });
  });
  afterAll(async () => {
    await proxy.close();
    await room.stop();
  });

  async function join(peer: string, who = peer): Promise<SignalingClient> {
    const token = await testToken({ room: 'demo', who });
    const client = await SignalingClient.connect(proxy.origin, { room: 'demo', peer, token });
    const { resume } = await client.request<{ resume: { key: string } }>('join', {
      displayName: peer,
      device: { name: 'test', version: '1' },
      rtpCapabilities: await client.request('getRouterRtpCapabilities'),
      sctpCapabilities: { numStreams: { OS: 1024, MIS: 1024 } },
      features: ['peer-resume'],
    });
    client.resumeKey = resume.key;
    return client;
  }

  test('two people meet, and a transport can be made', async () => {
    const anna = await join('anna');
    const ben = await join('ben');
    await expect
      .poll(() => anna.notifications.filter(({ method }) => method === 'newPeer'))
      .toMatchObject([{ data: { id: 'ben' } }]);
    const transport = await ben.request('createWebRtcTransport', {
      forceTcp: false,
      producing: true,
      consuming: false,
    });
    expect(transport).toHaveProperty('iceCandidates');
    ben.socket.close(1000);
    await expect.poll(() => anna.notifications.map(({ method }) => method)).toContain('peerClosed');
    anna.socket.close(1000);
  });

  test('the room server’s own close codes arrive', async () => {
    const first = await join('carl');
    await join('carl');
    expect((await first.closed).code).toBe(CLOSE.PEER_REPLACED);

    await join('dora', 'dora');
    const token = await testToken({ room: 'demo', who: 'somebody else' });
    const thief = await SignalingClient.connect(proxy.origin, {
      room: 'demo',
      peer: 'dora',
      token,
    });
    expect((await thief.closed).code).toBe(CLOSE.BAD_REQUEST);
  });

  test('a lost connection is resumed through it, and the key stands in no log', async () => {
    const emil = await join('emil');
    const watcher = await join('frida');
    const { id } = await emil.request<{ id: string }>('createWebRtcTransport', {
      producing: true,
      consuming: false,
    });
    emil.socket.terminate();
    const token = await testToken({ room: 'demo', who: 'emil' });
    const resumeKey = emil.resumeKey ?? '';
    const common = { room: 'demo', peer: 'emil', token };
    const back = await SignalingClient.connect(proxy.origin, { ...common, resumeKey });
    expect(back.socket.protocol).toBe('protoo');
    expect(await back.request('resume')).toMatchObject({ transports: [{ id }] });
    expect(watcher.notifications.map(({ method }) => method)).not.toContain('peerClosed');

    const wrong = await SignalingClient.connect(proxy.origin, {
      ...common,
      resumeKey: 'A'.repeat(43),
    });
    expect((await wrong.closed).code).toBe(CLOSE.RESUME_REFUSED);
    const damaged = await SignalingClient.connect(proxy.origin, { ...common, resumeKey: 'x' });
    expect(await damaged.closed).toEqual({
      code: CLOSE.RESUME_REFUSED,
      reason: 'The resume key is damaged. Join again.',
    });
    expect(proxy.log.join('')).not.toContain(resumeKey);
    back.socket.close(1000);
    expect(await watcher.notification('peerClosed')).toEqual({ peerId: 'emil' });
    watcher.socket.close(1000);
  });

  test('a proxy that ends is a lost connection to the room server, not a person who leaves', async () => {
    const other = await startTestProxy({ origin: [room.url], turn: 'off' });
    const token = await testToken({ room: 'demo', who: 'gerd' });
    const common = { room: 'demo', peer: 'gerd', token };
    const gerd = await SignalingClient.connect(other.origin, common);
    const { resume } = await gerd.request<{ resume: { key: string } }>('join', {
      displayName: 'Gerd',
      device: { name: 'test' },
      rtpCapabilities: {},
      features: ['peer-resume'],
    });
    await other.close();
    expect((await gerd.closed).code).toBe(CLOSE.SERVER_SHUTTING_DOWN);
    const back = await SignalingClient.connect(proxy.origin, { ...common, resumeKey: resume.key });
    expect(await back.request('resume')).toHaveProperty('peers');
    back.socket.close(1000);
  });
});
