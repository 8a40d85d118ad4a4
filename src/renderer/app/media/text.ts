import type { CaptureKind, MediaProblem } from './media-problem.ts';

/** One sentence for each thing that can be wrong with a camera or microphone, and what to do. */
export const MEDIA_PROBLEM_TEXT: Record<CaptureKind, Record<MediaProblem, string>> = {
  camera: {
    refused:
      'Causeway may not use the camera. Allow it in the system’s privacy settings; you can join without it.',
    taken:
      'Another program is using the camera. Close it and turn the camera on again, or join without it.',
    none: 'No camera was found. You can join without it.',
    replaced: 'The camera you used last time is not connected, so another one is used.',
    unplugged: 'The camera was unplugged. Connect it and turn it on again, or choose another one.',
    failed:
      'The camera did not start. Connect it again or choose another one; you can join without it.',
  },
  microphone: {
    refused:
      'Causeway may not use the microphone. Allow it in the system’s privacy settings; you can join and listen.',
    taken:
      'Another program is using the microphone. Close it and turn the microphone on again, or join and listen.',
    none: 'No microphone was found. You can join and listen.',
    replaced: 'The microphone you used last time is not connected, so another one is used.',
    unplugged:
      'The microphone was unplugged. Connect it and turn it on again, or choose another one.',
    failed:
      'The microphone did not start. Connect it again or choose another one; you can join and listen.',
  },
};

export const DEVICE_TEXT = {
  menu: 'Camera, microphone and speaker',
  camera: 'Camera',
  microphone: 'Microphone',
  speaker: 'Speaker',
  systemDefault: 'System default',
  noCamera: 'No camera',
  noMicrophone: 'No microphone',
  noSpeaker: 'No speaker',
  unnamed: (kind: string, index: number) => `${kind} ${index}`,
  level: 'Microphone level',
  levelSilent: 'silent',
  levelHeard: 'sound',
} as const;
