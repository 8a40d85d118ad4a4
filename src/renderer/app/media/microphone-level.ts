/** Samples looked at for one reading: 2048 at 48 kHz are 43 ms. */
const WINDOW = 2048;
/** The meter's range in dBFS: below is room noise, above is as loud as speech gets. */
const FLOOR_DB = -60;
const CEILING_DB = -12;
/** How much of a fall is shown per reading, so that the meter does not flicker. */
const FALL = 0.12;

/** Loudness of a stretch of samples (-1 to 1) as a meter value from 0 to 1. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  if (rms === 0) return 0;
  const decibels = 20 * Math.log10(rms);
  return Math.min(1, Math.max(0, (decibels - FLOOR_DB) / (CEILING_DB - FLOOR_DB)));
}

/** What the meter shows next: up at once, down gently. */
export function smoothLevel(shown: number, measured: number): number {
  return measured >= shown ? measured : Math.max(measured, shown - FALL);
}

/**
 * Reads a track's level once per drawn frame.
 * @returns the end of the reading; it closes the audio context.
 */
export function watchLevel(track: MediaStreamTrack, onLevel: (level: number) => void): () => void {
  const context = new AudioContext();
  const source = context.createMediaStreamSource(new MediaStream([track]));
  const analyser = context.createAnalyser();
  analyser.fftSize = WINDOW;
  source.connect(analyser);
  void context.resume();
  const samples = new Float32Array(analyser.fftSize);
  let shown = 0;
  let frame = requestAnimationFrame(function read() {
    analyser.getFloatTimeDomainData(samples);
    shown = smoothLevel(shown, levelOf(samples));
    onLevel(shown);
    frame = requestAnimationFrame(read);
  });
  return () => {
    cancelAnimationFrame(frame);
    source.disconnect();
    void context.close();
  };
}
