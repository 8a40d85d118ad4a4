import { describe, expect, it } from 'vitest';
import { ClientRequests } from '../../../src/shared/signaling.ts';
import {
  audioParameters,
  createTransport,
  DTLS_PARAMETERS,
  produce,
  videoParameters,
} from './media.ts';
import { startTestServer } from './test-server.ts';
import { useTwoPeers } from './two-peers.ts';

/** The base protocol, message by message, between two peers of a room. */

const server = await startTestServer();
const peers = useTwoPeers(server);

describe('joining', () => {
  it('getRouterRtpCapabilities answers opus, VP8, VP9 and H.264', async () => {
    const answer = ClientRequests.getRouterRtpCapabilities.response.parse(
      await peers.anna.request('getRouterRtpCapabilities'),
    );
    const names = new Set(answer.codecs?.map((codec) => codec.mimeType));
    expect([...names]).toEqual(['audio/opus', 'video/VP8', 'video/rtx', 'video/VP9', 'video/H264']);
  });

  it('join answers who is there, and tells them of the newcomer', async () => {
    const carol = await server.connect({ room: peers.room, peer: 'carol' });
    const answer = ClientRequests.join.response.parse(
      await carol.request('join', {
        displayName: '  Carol  ',
        device: { name: 'Causeway', version: '0.1.0' },
        rtpCapabilities: await carol.request('getRouterRtpCapabilities'),
      }),
    );
    const device = { name: 'test', version: '1' };
    expect(answer.peers).toEqual([
      { id: 'anna', displayName: 'The anna', device },
      { id: 'ben', displayName: 'The ben', device },
    ]);
    const told = {
      id: 'carol',
      displayName: 'Carol',
      device: { name: 'Causeway', version: '0.1.0' },
    };
    expect(await peers.anna.notification('newPeer', ({ id }) => id === 'carol')).toEqual(told);
    expect(await peers.ben.notification('newPeer', ({ id }) => id === 'carol')).toEqual(told);
    await carol.leave();
  });

  it('peerClosed tells who has left', async () => {
    await peers.ben.leave();
    expect(await peers.anna.notification('peerClosed')).toEqual({ peerId: 'ben' });
  });

  it('a peer that connected but did not join is told of nobody, and nobody of it', async () => {
    const shy = await server.connect({ room: peers.room, peer: 'shy' });
    await createTransport(shy, { producing: false, consuming: true });
    await createTransport(peers.ben, { producing: false, consuming: true });
    await produce(peers.anna, 'audio');
    await peers.ben.serverRequest('newConsumer');
    await shy.leave();
    expect(shy.requests).toEqual([]);
    expect(shy.notifications.map(({ method }) => method)).toEqual(['mediasoup-version']);
    const carol = await server.join({ room: peers.room });
    await peers.anna.notification('newPeer', ({ id }) => id === carol.peerId);
    expect(peers.anna.notifications).not.toContainEqual({
      method: 'peerClosed',
      data: { peerId: 'shy' },
    });
    await carol.leave();
  });

  it('changeDisplayName tells the others', async () => {
    await peers.anna.request('changeDisplayName', { displayName: 'Anna B.' });
    expect(await peers.ben.notification('peerDisplayNameChanged')).toEqual({
      peerId: 'anna',
      displayName: 'Anna B.',
      oldDisplayName: 'The anna',
    });
    const carol = await server.connect({ room: peers.room });
    const answer = await carol.request<{ peers: unknown[] }>('join', {
      displayName: 'Carol',
      device: { name: 'test' },
      rtpCapabilities: {},
    });
    expect(answer.peers).toContainEqual(expect.objectContaining({ displayName: 'Anna B.' }));
    await carol.leave();
  });
});

describe('transports', () => {
  it('createWebRtcTransport offers UDP first and TCP on the same port', async () => {
    const transport = await createTransport(peers.anna, { producing: true, consuming: false });
    ClientRequests.createWebRtcTransport.response.parse(transport);
    expect(transport.iceCandidates).toEqual([
      expect.objectContaining({
        protocol: 'udp',
        address: '127.0.0.1',
        port: server.mediaPorts[0],
      }),
      expect.objectContaining({
        protocol: 'tcp',
        address: '127.0.0.1',
        port: server.mediaPorts[0],
      }),
    ]);
    expect(transport.sctpParameters).toBeUndefined();
  });

  it('with forceTcp it offers TCP only', async () => {
    const { iceCandidates } = await createTransport(peers.anna, {
      producing: true,
      consuming: false,
      forceTcp: true,
    });
    expect(iceCandidates.map(({ protocol }) => protocol)).toEqual(['tcp']);
  });

  it('with sctpCapabilities it has SCTP parameters', async () => {
    const transport = await createTransport(peers.anna, {
      producing: true,
      consuming: true,
      sctp: true,
    });
    expect(transport.sctpParameters).toMatchObject({ port: 5000, OS: 1024, MIS: 1024 });
  });

  it('connectWebRtcTransport is taken once', async () => {
    const { id } = await createTransport(peers.anna, { producing: true, consuming: false });
    const connect = { transportId: id, dtlsParameters: DTLS_PARAMETERS };
    await peers.anna.request('connectWebRtcTransport', connect);
    await expect(peers.anna.request('connectWebRtcTransport', connect)).rejects.toMatchObject({
      code: 403,
      message: `connectWebRtcTransport: transport “${id}” is connected`,
    });
  });

  it('connectWebRtcTransport may be tried again after parameters that were refused', async () => {
    const { id } = await createTransport(peers.anna, { producing: true, consuming: false });
    await expect(
      peers.anna.request('connectWebRtcTransport', {
        transportId: id,
        dtlsParameters: { fingerprints: [{ algorithm: 'md5', value: '00:11' }] },
      }),
    ).rejects.toMatchObject({ code: 400, message: expect.stringContaining('md5') as string });
    await peers.anna.request('connectWebRtcTransport', {
      transportId: id,
      dtlsParameters: DTLS_PARAMETERS,
    });
  });

  it('restartIce answers new ICE parameters', async () => {
    const transport = await createTransport(peers.anna, { producing: true, consuming: false });
    const fresh = ClientRequests.restartIce.response.parse(
      await peers.anna.request('restartIce', { transportId: transport.id }),
    );
    expect(fresh.usernameFragment).not.toBe(transport.iceParameters.usernameFragment);
    expect(fresh.password).not.toBe(transport.iceParameters.password);
  });

  it('getTransportStats answers the transport’s state', async () => {
    const { id } = await createTransport(peers.anna, { producing: true, consuming: false });
    expect(await peers.anna.request('getTransportStats', { transportId: id })).toEqual([
      expect.objectContaining({ transportId: id, iceState: 'new', dtlsState: 'new' }),
    ]);
  });
});

describe('data channels', () => {
  it('produceData makes a data consumer for the others', async () => {
    await createTransport(peers.ben, { producing: false, consuming: true, sctp: true });
    const { id: transportId } = await createTransport(peers.anna, {
      producing: true,
      consuming: false,
      sctp: true,
    });
    const { id: dataProducerId } = await peers.anna.request<{ id: string }>('produceData', {
      transportId,
      sctpStreamParameters: { streamId: 1, ordered: false, maxRetransmits: 1 },
      label: 'chat',
      protocol: 'text',
      appData: { room: 'lobby' },
    });
    const offered = await peers.ben.serverRequest('newDataConsumer');
    expect(offered).toMatchObject({
      peerId: 'anna',
      dataProducerId,
      label: 'chat',
      protocol: 'text',
      appData: { room: 'lobby' },
      sctpStreamParameters: { ordered: false, maxRetransmits: 1 },
    });
    await peers.anna.leave();
    expect(await peers.ben.notification('dataConsumerClosed')).toEqual({
      dataConsumerId: offered['id'],
    });
  });

  it('a newcomer gets data consumers for those that exist', async () => {
    const { id: transportId } = await createTransport(peers.anna, {
      producing: true,
      consuming: false,
      sctp: true,
    });
    await peers.anna.request('produceData', {
      transportId,
      sctpStreamParameters: { streamId: 1, ordered: true },
    });
    const carol = await server.join({ room: peers.room });
    await createTransport(carol, { producing: false, consuming: true, sctp: true });
    expect(await carol.serverRequest('newDataConsumer')).toMatchObject({ peerId: 'anna' });
    await carol.leave();
  });

  it('a transport without SCTP carries none', async () => {
    const { id: transportId } = await createTransport(peers.anna, {
      producing: true,
      consuming: false,
    });
    await expect(
      peers.anna.request('produceData', { transportId, sctpStreamParameters: { streamId: 1 } }),
    ).rejects.toMatchObject({
      code: 403,
      message: `produceData: transport “${transportId}” was made without sctpCapabilities`,
    });
  });
});

it('every request of the base protocol is counted, by method and outcome', async () => {
  const name = 'causeway_room_requests_total';
  const ok = await server.metric(name, '{method="restartIce",outcome="ok"}');
  const refused = await server.metric(name, '{method="restartIce",outcome="refused"}');
  const { id: transportId } = await createTransport(peers.anna, {
    producing: true,
    consuming: false,
  });
  await peers.anna.request('restartIce', { transportId });
  await expect(peers.anna.request('restartIce', { transportId: 'x' })).rejects.toMatchObject({
    code: 404,
  });
  expect(await server.metric(name, '{method="restartIce",outcome="ok"}')).toBe(ok + 1);
  expect(await server.metric(name, '{method="restartIce",outcome="refused"}')).toBe(refused + 1);
});

it('media parameters that mediasoup refuses are answered with its words', async () => {
  const { id: transportId } = await createTransport(peers.anna, {
    producing: true,
    consuming: false,
  });
  const rtpParameters = audioParameters();
  await peers.anna.request('produce', { transportId, kind: 'audio', rtpParameters });
  await expect(
    peers.anna.request('produce', { transportId, kind: 'audio', rtpParameters }),
  ).rejects.toMatchObject({
    code: 400,
    message: expect.stringContaining('already exists') as string,
  });
  await expect(
    peers.anna.request('produce', {
      transportId,
      kind: 'video',
      rtpParameters: {
        ...videoParameters(),
        codecs: [{ mimeType: 'video/X', payloadType: 99, clockRate: 90_000 }],
      },
    }),
  ).rejects.toMatchObject({
    code: 400,
    message: expect.stringContaining('unsupported codec') as string,
  });
});
