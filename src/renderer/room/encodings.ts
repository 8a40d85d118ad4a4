import type { types } from 'mediasoup-client';

/** Simulcast layers, lowest first; bit rates are what VP8 needs for a talking head, bit/s. */
const LOW = { maxBitrate: 150_000, scalabilityMode: 'L1T3' } as const;
const MIDDLE = { maxBitrate: 500_000, scalabilityMode: 'L1T3' } as const;
const HIGH = { maxBitrate: 1_500_000, scalabilityMode: 'L1T3' } as const;

/** From this width on a picture is worth three layers, px. */
const THREE_LAYERS_FROM = 960;
/** And from this on two; below, one is as small as a lower layer would be. */
const TWO_LAYERS_FROM = 480;

/** What to send of a camera picture that is `width` pixels wide (0 when unknown). */
export function videoEncodings(width: number): types.RtpEncodingParameters[] {
  if (width >= THREE_LAYERS_FROM) {
    return [
      { ...LOW, scaleResolutionDownBy: 4 },
      { ...MIDDLE, scaleResolutionDownBy: 2 },
      { ...HIGH, scaleResolutionDownBy: 1 },
    ];
  }
  if (width >= TWO_LAYERS_FROM) {
    return [
      { ...LOW, scaleResolutionDownBy: 2 },
      { ...MIDDLE, scaleResolutionDownBy: 1 },
    ];
  }
  return [{ ...MIDDLE, scaleResolutionDownBy: 1 }];
}

/** Speech: nothing is sent in silence (DTX), and lost packets are mended from the next (FEC). */
export const AUDIO_CODEC_OPTIONS: types.ProducerCodecOptions = {
  opusStereo: false,
  opusDtx: true,
  opusFec: true,
};

/** Starts low enough for a thin line and rises within a second or two, kbit/s. */
export const VIDEO_CODEC_OPTIONS: types.ProducerCodecOptions = { videoGoogleStartBitrate: 800 };
