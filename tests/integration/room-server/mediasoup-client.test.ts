import { FakeMediaStreamTrack } from 'fake-mediastreamtrack';
import { Device, FakeHandler, testFakeParameters, type types } from 'mediasoup-client';
import { expect, it } from 'vitest';
import { SCTP_CAPABILITIES, type TransportAnswer } from './media.ts';
import type { SignalingClient } from './signaling-client.ts';
import { startTestServer } from './test-server.ts';

/**
 * A call of two with mediasoup-client itself, which checks every parameter the server sends. Only
 * the browser under it is missing: its handler makes the parameters and moves no packets.
 */

const server = await startTestServer();

interface Caller {
  client: SignalingClient;
  device: Device;
  send: types.Transport;
  receive: types.Transport;
}

async function call(name: string): Promise<Caller> {
  const client = await server.connect({ room: 'call', peer: name });
  const device = new Device({ handlerFactory: FakeHandler.createFactory(testFakeParameters) });
  await device.load({ routerRtpCapabilities: await client.request('getRouterRtpCapabilities') });
  const [send, receive] = await Promise.all([
    createTransport(client, device, 'send'),
    createTransport(client, device, 'receive'),
  ]);
  await client.request('join', {
    displayName: name,
    device: { name: 'mediasoup-client' },
    rtpCapabilities: device.recvRtpCapabilities,
    sctpCapabilities: SCTP_CAPABILITIES,
  });
  return { client, device, send, receive };
}

async function createTransport(
  client: SignalingClient,
  device: Device,
  direction: 'send' | 'receive',
): Promise<types.Transport> {
  const answer = await client.request<TransportAnswer>('createWebRtcTransport', {
    producing: direction === 'send',
    consuming: direction === 'receive',
    sctpCapabilities: SCTP_CAPABILITIES,
  });
  const options = answer as unknown as types.TransportOptions;
  const transport =
    direction === 'send'
      ? device.createSendTransport(options)
      : device.createRecvTransport(options);
  const transportId = transport.id;
  const settle = (promise: Promise<unknown>, done: () => void, fail: (error: Error) => void) =>
    void promise.then(done, fail);
  transport.on('connect', ({ dtlsParameters }, done, fail) =>
    settle(client.request('connectWebRtcTransport', { transportId, dtlsParameters }), done, fail),
  );
  transport.on('produce', (parameters, done, fail) => {
    client.request<{ id: string }>('produce', { transportId, ...parameters }).then(done, fail);
  });
  transport.on('producedata', (parameters, done, fail) => {
    client.request<{ id: string }>('produceData', { transportId, ...parameters }).then(done, fail);
  });
  return transport;
}

it('sound, simulcast picture and data reach the other', async () => {
  const anna = await call('anna');
  const ben = await call('ben');
  const consumers: types.Consumer[] = [];
  const dataConsumers: types.DataConsumer[] = [];
  ben.client.onServerRequest = async ({ method, data }) => {
    if (method === 'newConsumer') {
      consumers.push(await ben.receive.consume(data as unknown as types.ConsumerOptions));
    } else {
      dataConsumers.push(
        await ben.receive.consumeData(data as unknown as types.DataConsumerOptions),
      );
    }
    return {};
  };

  const audio = await anna.send.produce({
    // Node has no such type; this one has all that mediasoup-client touches.
    track: new FakeMediaStreamTrack({ kind: 'audio' }) as never,
  });
  const video = await anna.send.produce({
    track: new FakeMediaStreamTrack({ kind: 'video' }) as never,
    encodings: [{ maxBitrate: 100_000 }, { maxBitrate: 900_000 }],
  });
  await anna.send.produceData({ ordered: false, maxRetransmits: 2, label: 'chat' });

  // Each consumer is followed by its score once the client has taken it.
  for (const producer of [audio, video]) {
    const offered = await ben.client.serverRequest(
      'newConsumer',
      ({ producerId }) => producerId === producer.id,
    );
    await ben.client.notification(
      'consumerScore',
      ({ consumerId }) => consumerId === offered['id'],
    );
  }
  await ben.client.serverRequest('newDataConsumer');
  await ben.client.request('getRouterRtpCapabilities');
  expect(new Set(consumers.map(({ kind }) => kind))).toEqual(new Set(['audio', 'video']));
  expect(consumers.every(({ closed }) => !closed)).toBe(true);
  expect(dataConsumers.map(({ label }) => label)).toEqual(['chat']);

  await Promise.all([anna.client.leave(), ben.client.leave()]);
});
