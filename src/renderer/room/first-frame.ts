/** Insertable streams (W3C mediacapture-transform), which the DOM typings do not have yet. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
declare const MediaStreamTrackProcessor:
  (new (init: { track: MediaStreamTrack }) => TrackProcessor) | undefined;

/**
 * Waits for the first decoded frame of a remote video track. Needs no element and works in a hidden
 * window.
 * @returns false when the track ended or `signal` aborted before there was one.
 */
export async function firstFrame(track: MediaStreamTrack, signal: AbortSignal): Promise<boolean> {
  if (typeof MediaStreamTrackProcessor === 'undefined' || signal.aborted) return false;
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  const stop = (): void => void reader.cancel().catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  const { value, done } = await reader.read();
  signal.removeEventListener('abort', stop);
  value?.close();
  stop();
  return !done;
}
