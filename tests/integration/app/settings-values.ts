import type { Settings } from '../../../src/shared/settings.ts';

/** Two states of all that is saved, long enough for a write to be interrupted in the middle. */
const state = (mark: string): Partial<Settings> => ({
  displayName: mark,
  httpProxy: {
    mode: 'manual',
    server: `http://${mark}.example.com:3128`,
    bypass: Array.from({ length: 200 }, (_, index) => `${mark.repeat(200)}${index}.example.com`),
  },
  devices: { cameraId: mark.repeat(256) },
});

export const SETTINGS_A = state('a');
export const SETTINGS_B = state('b');
