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
    await client.request('join', {
      displayName: peer,
      device: { name: 'test', version: '1' },
      rtpCapabilities: await client.request('getRouterRtpCapabilities'),
      sctpCapabilities: { numStreams: { OS: 1024, MIS: 1024 } },
    });
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
});
