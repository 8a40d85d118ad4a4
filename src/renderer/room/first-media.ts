import type { types } from 'mediasoup-client';
import { firstFrame } from './first-frame.ts';

/** Between two looks for the first sound, ms: one packet. */
const SOUND_LOOK_MS = 20;

/**
 * Waits for the first media of a consumer from now on: a decoded picture, or sound that came over
 * the network (and is no filler). Works in a hidden window.
 * @returns false when the track ended or `signal` aborted before.
 */
export async function firstMedia(consumer: types.Consumer, signal: AbortSignal): Promise<boolean> {
  return consumer.kind === 'video'
    ? await firstFrame(consumer.track, signal)
    : await firstSound(consumer, signal);
}

async function firstSound(consumer: types.Consumer, signal: AbortSignal): Promise<boolean> {
  const { rtpReceiver } = consumer;
  if (!rtpReceiver) return false;
  const newest = (): number =>
    Math.max(0, ...rtpReceiver.getSynchronizationSources().map((source) => source.timestamp));
  const before = newest();
  while (!signal.aborted && !consumer.closed) {
    if (newest() > before) return true;
    await pause(SOUND_LOOK_MS, signal);
  }
  return false;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
