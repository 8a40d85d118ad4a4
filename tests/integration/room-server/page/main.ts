import { Device, type types } from 'mediasoup-client';
import type { CallerPage, Pictures, Received, SignalFromPage } from './caller-page.ts';

declare global {
  var callerPage: CallerPage;
  var signal: SignalFromPage;
}

const devices = new Map<string, Device>();
const transports = new Map<string, types.Transport>();
const producers = new Map<string, types.Producer>();

function the<T>(things: Map<string, T>, id: string): T {
  const thing = things.get(id);
  if (!thing) throw new Error(`the page has no “${id}”`);
  return thing;
}

function settle<T>(promise: Promise<T>, done: (value: T) => void, fail: (error: Error) => void) {
  promise.then(done, (error: unknown) => fail(error as Error));
}

/** The fake microphone only beeps now and then, which is no speech. */
function aTone(): MediaStreamTrack[] {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const destination = context.createMediaStreamDestination();
  tone.connect(destination);
  tone.start();
  return destination.stream.getTracks();
}

async function theFakeCamera(): Promise<MediaStreamTrack[]> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true });
  return stream.getTracks();
}

globalThis.callerPage = {
  async load(peer, routerRtpCapabilities) {
    const device = new Device();
    await device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities });
    devices.set(peer, device);
    return device.recvRtpCapabilities;
  },

  addTransport(peer, direction, answer) {
    const device = the(devices, peer);
    const options = answer as types.TransportOptions;
    const transport =
      direction === 'send'
        ? device.createSendTransport(options)
        : device.createRecvTransport(options);
    const transportId = transport.id;
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      const data = { transportId, dtlsParameters };
      settle(signal(peer, 'connectWebRtcTransport', data), () => done(), fail);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
      const data = { transportId, kind, rtpParameters, ...appData };
      settle(signal(peer, 'produce', data), (answered) => done(answered as { id: string }), fail);
    });
    transports.set(transportId, transport);
  },

  async produce(transportId, kind, replaces) {
    const [track] = kind === 'audio' ? aTone() : await theFakeCamera();
    if (!track) throw new Error(`no ${kind} to send`);
    const producer = await the(transports, transportId).produce({
      track,
      ...(kind === 'video'
        ? { encodings: [{ maxBitrate: 100_000 }, { maxBitrate: 500_000 }] }
        : {}),
      appData: replaces === undefined ? {} : { replaces },
    });
    producers.set(producer.id, producer);
    return producer.id;
  },

  closeProducer(producerId) {
    the(producers, producerId).close();
  },

  async accept(offer) {
    const { transportId } = offer as { transportId: string };
    await the(transports, transportId).consume(offer as types.ConsumerOptions);
  },

  async received(transportId) {
    const total: Received = { audio: 0, video: 0, framesDecoded: 0 };
    for (const entry of (await the(transports, transportId).getStats()).values()) {
      const report = entry as RTCInboundRtpStreamStats;
      // The server's probes of the bandwidth have a stream of their own, and are no media.
      if (report.type !== 'inbound-rtp' || report.mid === 'probator') continue;
      total[report.kind as 'audio' | 'video'] += report.packetsReceived ?? 0;
      total.framesDecoded += report.framesDecoded ?? 0;
    }
    return total;
  },

  async pictures(transportId) {
    const total: Pictures = { decoded: 0, keyFrames: 0, width: 0 };
    for (const entry of (await the(transports, transportId).getStats()).values()) {
      const report = entry as RTCInboundRtpStreamStats;
      if (report.type !== 'inbound-rtp' || report.kind !== 'video') continue;
      total.decoded += report.framesDecoded ?? 0;
      total.keyFrames += report.keyFramesDecoded ?? 0;
      total.width = Math.max(total.width, report.frameWidth ?? 0);
    }
    return total;
  },
};
