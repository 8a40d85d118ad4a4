/** A slow pentatonic figure, Hz: pleasant under talk, and plainly not silence. */
const NOTES = [261.63, 293.66, 329.63, 392.0, 440.0, 392.0, 329.63, 293.66];
const NOTE_SECONDS = 0.8;
const PEAK_GAIN = 0.12;
/** How far ahead of the clock notes are laid down, s: more than a throttled timer's period. */
const LOOKAHEAD_SECONDS = 2;

/**
 * Plays soft notes for ever.
 * @returns the audio track of what is played; nothing sounds on this computer.
 */
export function startSound(): MediaStreamTrack {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  let next = context.currentTime + 0.1;
  let index = 0;
  const schedule = (): void => {
    while (next < context.currentTime + LOOKAHEAD_SECONDS) {
      playNote(context, destination, NOTES[index % NOTES.length] ?? 440, next);
      next += NOTE_SECONDS;
      index += 1;
    }
  };
  schedule();
  setInterval(schedule, 500);
  const track = destination.stream.getAudioTracks()[0];
  if (!track) throw new Error('this browser makes no audio track');
  return track;
}

function playNote(context: AudioContext, to: AudioNode, frequency: number, at: number): void {
  const oscillator = new OscillatorNode(context, { type: 'triangle', frequency });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(PEAK_GAIN, at + 0.06);
  gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS * 1.4);
  oscillator.connect(gain).connect(to);
  oscillator.start(at);
  oscillator.stop(at + NOTE_SECONDS * 1.5);
}
