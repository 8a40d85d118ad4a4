import { Device } from 'mediasoup-client';
import { Peer, WebSocketTransport } from 'protoo-client';
import type { types } from 'mediasoup-client';

export interface BaselineOptions {
  /** `wss://HOST:PORT` (`ws://` on loopback) of the room server. */
  serverUrl: string;
  roomId: string;
  peerId: string;
  displayName: string;
  /** Tracks to send; empty for a listener. */
  media: MediaStream;
  /** Relays, to use nothing else; absent: straight to the room server. */
  iceServers?: RTCIceServer[];
  /** A new remote video or audio track. */
  onTrack(track: MediaStreamTrack): void;
}

export interface BaselineCall {
  readonly transports: readonly types.Transport[];
  close(): void;
}

/** From this width on a picture is sent in layers, px. */
const SIMULCAST_FROM = 960;

interface NewConsumer {
  id: string;
  producerId: string;
  kind: types.MediaKind;
  rtpParameters: types.RtpParameters;
}

/**
 * What a developer gets who follows the public documentation: protoo, one transport each way, join,
 * produce, consume, and `restartIce` when a transport says `disconnected`. Nothing is tuned.
 */
export async function joinBaseline(options: BaselineOptions): Promise<BaselineCall> {
  const url = new URL(options.serverUrl);
  url.searchParams.set('roomId', options.roomId);
  url.searchParams.set('peerId', options.peerId);
  const peer = new Peer(new WebSocketTransport(url.href, { retry: { retries: 0 } }));
  await new Promise<void>((resolve, reject) => {
    peer.on('open', resolve);
    peer.on('failed', () => reject(new Error('the room server does not answer')));
    peer.on('close', () => reject(new Error('the room server closed the connection')));
  });

  const device = new Device();
  await device.load({
    routerRtpCapabilities: (await peer.request(
      'getRouterRtpCapabilities',
    )) as types.RtpCapabilities,
  });
  const send = await createTransport(peer, device, 'send', options.iceServers);
  const receive = await createTransport(peer, device, 'receive', options.iceServers);

  peer.on('request', (request, accept, reject) => {
    if (request.method !== 'newConsumer') {
      reject(404, `unknown method ${request.method}`);
      return;
    }
    const { id, producerId, kind, rtpParameters } = request.data as NewConsumer;
    receive
      .consume({ id, producerId, kind, rtpParameters })
      .then((consumer) => {
        accept();
        options.onTrack(consumer.track);
      })
      .catch((error: unknown) => reject(500, String(error)));
  });

  await peer.request('join', {
    displayName: options.displayName,
    device: { flag: 'chrome', name: 'Chrome', version: '1' },
    rtpCapabilities: device.recvRtpCapabilities,
  });
  // Clones, so that closing this call does not end the warm capture of the page.
  await Promise.all(
    options.media
      .getTracks()
      .map((track) => send.produce({ track: track.clone(), ...producerOptions(track) })),
  );
  return {
    transports: [send, receive],
    close: () => {
      peer.close();
      send.close();
      receive.close();
    },
  };
}

/** Three layers of a large picture, and speech with FEC: what the app sends too, so that the load is the same. */
function producerOptions(track: MediaStreamTrack): Partial<types.ProducerOptions> {
  if (track.kind === 'audio') return { codecOptions: { opusDtx: true, opusFec: true } };
  if ((track.getSettings().width ?? 0) < SIMULCAST_FROM) return {};
  return {
    codecOptions: { videoGoogleStartBitrate: 800 },
    encodings: [
      { scaleResolutionDownBy: 4, maxBitrate: 150_000, scalabilityMode: 'L1T3' },
      { scaleResolutionDownBy: 2, maxBitrate: 500_000, scalabilityMode: 'L1T3' },
      { scaleResolutionDownBy: 1, maxBitrate: 1_500_000, scalabilityMode: 'L1T3' },
    ],
  };
}

async function createTransport(
  peer: Peer,
  device: Device,
  direction: 'send' | 'receive',
  iceServers: RTCIceServer[] | undefined,
): Promise<types.Transport> {
  const info = (await peer.request('createWebRtcTransport', {
    forceTcp: false,
    producing: direction === 'send',
    consuming: direction === 'receive',
  })) as types.TransportOptions;
  const settings: types.TransportOptions = {
    ...info,
    iceServers: iceServers ?? [],
    iceTransportPolicy: iceServers ? 'relay' : 'all',
  };
  const transport =
    direction === 'send'
      ? device.createSendTransport(settings)
      : device.createRecvTransport(settings);
  const transportId = transport.id;

  transport.on('connect', ({ dtlsParameters }, done, failed) => {
    peer
      .request('connectWebRtcTransport', { transportId, dtlsParameters })
      .then(() => done())
      .catch(failed);
  });
  transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
    peer
      .request('produce', { transportId, kind, rtpParameters, appData })
      .then((answer) => done(answer as { id: string }))
      .catch(failed);
  });
  transport.on('connectionstatechange', (state) => {
    if (state !== 'disconnected') return;
    void peer
      .request('restartIce', { transportId })
      .then((iceParameters) =>
        transport.restartIce({ iceParameters: iceParameters as types.IceParameters }),
      )
      .catch((error: unknown) => console.warn('restartIce failed', error));
  });
  return transport;
}
