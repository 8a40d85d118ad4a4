import type { types } from 'mediasoup';

/**
 * What rooms carry, in order of preference. H.264 has two profiles because hardware encoders
 * differ in which one they have.
 */

/** Where a sender's bandwidth estimate starts, kbit/s: enough for a first picture that is sharp. */
const VIDEO_START_BITRATE_KBPS = 1000;

const VIDEO_START = { 'x-google-start-bitrate': VIDEO_START_BITRATE_KBPS };

export const MEDIA_CODECS: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, parameters: VIDEO_START },
  {
    kind: 'video',
    mimeType: 'video/VP9',
    clockRate: 90_000,
    parameters: { ...VIDEO_START, 'profile-id': 0 },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      ...VIDEO_START,
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
    },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      ...VIDEO_START,
      'packetization-mode': 1,
      'profile-level-id': '4d0032',
      'level-asymmetry-allowed': 1,
    },
  },
];
