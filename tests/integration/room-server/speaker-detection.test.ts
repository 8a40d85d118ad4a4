import { createWorker, type types } from 'mediasoup';
import { afterAll, beforeAll, it } from 'vitest';
import { MEDIA_CODECS } from '../../../server/room/media-codecs.ts';
import { type Speaker, watchSpeakers } from '../../../server/room/speaker-detection.ts';
import { eventually } from './test-server.ts';

/** Real RTP through a real media worker, handed in without a network. */

const AUDIO_LEVEL_ID = 1;
const PACKETS_PER_BURST = 30;

let worker: types.Worker;
let transport: types.DirectTransport;
let router: types.Router;

beforeAll(async () => {
  worker = await createWorker();
  router = await worker.createRouter({ mediaCodecs: MEDIA_CODECS });
  transport = await router.createDirectTransport();
});

afterAll(() => worker.close());

async function speak(peerId: string, ssrc: number): Promise<types.Producer> {
  return await transport.produce({
    kind: 'audio',
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
      headerExtensions: [
        { uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: AUDIO_LEVEL_ID },
      ],
      encodings: [{ ssrc }],
    },
    appData: { peerId },
  });
}

/** One RTP packet with an audio level (RFC 6464) of `level` dBov, 0 to −127. */
function packet(ssrc: number, sequence: number, level: number): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt8(0x90, 0); // version 2, with header extension
  bytes.writeUInt8(111, 1);
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(sequence * 960, 4);
  bytes.writeUInt32BE(ssrc, 8);
  bytes.writeUInt16BE(0xbede, 12);
  bytes.writeUInt16BE(1, 14);
  bytes.writeUInt8(AUDIO_LEVEL_ID << 4, 16);
  bytes.writeUInt8(0x80 | -level, 17);
  bytes.writeUInt32BE(0x78f0_1234, 20);
  return bytes;
}

it('the loudest peer is the speaker, and silence is nobody', async () => {
  const changes: (Speaker | undefined)[] = [];
  const speakers = await watchSpeakers(router, (speaker) => changes.push(speaker));
  const anna = await speak('anna', 1111);
  const ben = await speak('ben', 2222);
  await speakers.add(anna);
  await speakers.add(ben);
  let sequence = 0;
  const burst = (annaLevel: number, benLevel: number): void => {
    for (let sent = 0; sent < PACKETS_PER_BURST; sent += 1) {
      sequence += 1;
      anna.send(packet(1111, sequence, annaLevel));
      ben.send(packet(2222, sequence, benLevel));
    }
  };
  burst(-50, -20);
  await eventually(() => changes.at(-1)).toEqual({ peerId: 'ben', volume: -20 });
  burst(-10, -20);
  await eventually(() => changes.at(-1)).toEqual({ peerId: 'anna', volume: -10 });
  await eventually(() => changes.length >= 3 && changes.at(-1) === undefined).toBe(true);
});
