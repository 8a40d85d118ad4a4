import { once } from 'node:events';
import protooClient, { type Peer, type ProtooMessage } from 'protoo-client';
import { expect, it } from 'vitest';
import { createTransport, produce } from '../room-server/media.ts';
import { SignalingClient } from '../room-server/signaling-client.ts';
import { startTestServer } from '../room-server/test-server.ts';

/** The room server with the public protoo-client library, which knows nothing of Causeway. */

const server = await startTestServer({ auth: 'none' });
const address = server.url.replace('http', 'ws');

async function connect(room: string, peerId: string): Promise<Peer> {
  const peer = new protooClient.Peer(
    new protooClient.WebSocketTransport(`${address}/?roomId=${room}&peerId=${peerId}`),
  );
  await once(peer, 'open');
  return peer;
}

it('joins with no token, is offered a consumer, accepts it and hears of others', async () => {
  const peer = await connect('demo', 'protoo');
  const notifications: ProtooMessage[] = [];
  peer.on('notification', (message: ProtooMessage) => notifications.push(message));
  const offered = new Promise<ProtooMessage>((resolve) => {
    peer.on('request', (request: ProtooMessage, accept: () => void) => {
      accept();
      resolve(request);
    });
  });

  const rtpCapabilities = await peer.request('getRouterRtpCapabilities');
  await peer.request('createWebRtcTransport', {
    forceTcp: false,
    producing: false,
    consuming: true,
  });
  expect(
    await peer.request('join', { displayName: 'P', device: { name: 'protoo' }, rtpCapabilities }),
  ).toEqual({ peers: [] });

  const other = await SignalingClient.connect(server.url, { room: 'demo', peer: 'other' });
  await other.request('join', { displayName: 'O', device: { name: 'test' }, rtpCapabilities });
  const { producerId } = await produce(other, 'audio');
  expect(await offered).toMatchObject({
    method: 'newConsumer',
    data: { peerId: 'other', producerId, kind: 'audio' },
  });
  // The score follows once the server knows that the consumer was accepted.
  if (!notifications.some(({ method }) => method === 'consumerScore')) {
    await new Promise<void>((resolve) => {
      peer.on('notification', ({ method }: ProtooMessage) => {
        if (method === 'consumerScore') resolve();
      });
    });
  }
  expect(notifications).toContainEqual(
    expect.objectContaining({
      method: 'newPeer',
      data: expect.objectContaining({ id: 'other' }) as unknown,
    }),
  );
  peer.close();
  expect(await other.notification('peerClosed')).toEqual({ peerId: 'protoo' });
  await other.leave();
});

it('gets errors with code and reason', async () => {
  const peer = await connect('errors', 'protoo');
  await expect(peer.request('nonsense')).rejects.toMatchObject({
    code: 404,
    message: 'unknown method “nonsense”',
  });
  await expect(peer.request('restartIce', { transportId: 'x' })).rejects.toMatchObject({
    code: 404,
    message: 'restartIce: no transport “x” of this peer',
  });
  peer.close();
});

it('lives with a restarted room: it connects again by itself', async () => {
  const peer = await connect('restart', 'protoo');
  const disconnected = once(peer, 'disconnected');
  process.kill(server.workerPids()[0] ?? Number.NaN, 'SIGKILL');
  await disconnected;
  await once(peer, 'open');
  expect(await peer.request('getRouterRtpCapabilities')).toHaveProperty('codecs');
  peer.close();
});

it('takes part in the same room as a client of ours', async () => {
  const peer = await connect('mixed', 'protoo');
  const ours = await SignalingClient.connect(server.url, { room: 'mixed' });
  const rtpCapabilities = await ours.request('getRouterRtpCapabilities');
  await ours.request('join', { displayName: 'Ours', device: { name: 'test' }, rtpCapabilities });
  await createTransport(ours, { producing: false, consuming: true });
  const answer = await peer.request('join', {
    displayName: 'Theirs',
    device: { name: 'protoo', flag: 'protoo', version: '4' },
    rtpCapabilities,
  });
  expect(answer['peers']).toEqual([
    { id: ours.peerId, displayName: 'Ours', device: { name: 'test' } },
  ]);
  expect(await ours.notification('newPeer')).toMatchObject({ displayName: 'Theirs' });
  peer.close();
  await ours.leave();
});
