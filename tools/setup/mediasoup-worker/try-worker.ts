// Starts the worker that MEDIASOUP_WORKER_BIN names, has it set up a transport, and closes it.
// Run as a program of its own, because mediasoup reads the variable when it is loaded.
import { createWorker } from 'mediasoup';

const worker = await createWorker({ logLevel: 'warn' });
const router = await worker.createRouter({
  mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
});
const transport = await router.createWebRtcTransport({
  listenInfos: [{ protocol: 'udp', ip: '127.0.0.1' }],
});
// A fingerprint shows that OpenSSL works, a candidate that libuv does.
if (transport.dtlsParameters.fingerprints.length === 0 || transport.iceCandidates.length === 0) {
  throw new Error('the worker made a transport without certificate or candidate');
}
worker.close();
