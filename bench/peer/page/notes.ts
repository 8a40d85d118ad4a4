/** Loud enough to be measured, far from clipping. */
const GAIN = 0.3;
/** How far ahead of the clock notes are laid down, s: more than a throttled timer's period. */
const LOOKAHEAD_SECONDS = 3;
const SCHEDULE_MS = 500;

/**
 * Plays the frequencies (Hz) one after the other for ever, each for `noteMs`. A receiver that hears
 * the next note has new sound; one whose jitter buffer conceals a loss goes on with the old one.
 * @returns the audio track; nothing sounds on this computer.
 */
export function startNotes(frequencies: readonly number[], noteMs: number): MediaStreamTrack {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const oscillator = new OscillatorNode(context, { frequency: frequencies[0] ?? 440 });
  oscillator.connect(new GainNode(context, { gain: GAIN })).connect(destination);
  let next = context.currentTime;
  let index = 0;
  const schedule = (): void => {
    while (next < context.currentTime + LOOKAHEAD_SECONDS) {
      oscillator.frequency.setValueAtTime(frequencies[index % frequencies.length] ?? 440, next);
      next += noteMs / 1000;
      index += 1;
    }
  };
  oscillator.start();
  schedule();
  setInterval(schedule, SCHEDULE_MS);
  const track = destination.stream.getAudioTracks()[0];
  if (!track) throw new Error('this browser makes no audio track');
  return track;
}
