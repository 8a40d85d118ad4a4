export type CaptureKind = 'camera' | 'microphone';

/** Why a camera or microphone is not in use, or not the one that was wanted. */
export const MEDIA_PROBLEMS = [
  /** The operating system or the app's permission denies it. */
  'refused',
  /** Another program holds it. */
  'taken',
  /** There is none. */
  'none',
  /** The remembered one is not connected; another one is used. */
  'replaced',
  /** It was unplugged while in use. */
  'unplugged',
  /** It is there and did not start. */
  'failed',
] as const;
export type MediaProblem = (typeof MEDIA_PROBLEMS)[number];

/** What a rejection of `getUserMedia` means (Media Capture and Streams §10.2). */
export function mediaProblemOf(error: unknown): MediaProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  switch (name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotReadableError':
    case 'AbortError':
      return 'taken';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    default:
      return 'failed';
  }
}

/** Whether asking for any device may work where asking for one by its id did not. */
export function isDeviceMissing(error: unknown): boolean {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  return name === 'OverconstrainedError' || name === 'NotFoundError';
}
