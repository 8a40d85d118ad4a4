import { defineConfig } from 'vitest/config';

/** What starts a server, a browser or a network namespace may take this long on a busy machine. In ms. */
const REAL_PARTS_TIMEOUT_MS = 60_000;

/** Thousands of random cases take seconds on a busy machine. In ms. */
const PROPERTIES_TIMEOUT_MS = 30_000;

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.{ts,tsx}'],
          testTimeout: PROPERTIES_TIMEOUT_MS,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          testTimeout: REAL_PARTS_TIMEOUT_MS,
          hookTimeout: REAL_PARTS_TIMEOUT_MS,
          // Each file starts real servers: side by side they would time each other out.
          fileParallelism: false,
        },
      },
    ],
  },
});
