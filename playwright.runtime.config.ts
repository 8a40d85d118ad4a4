import { defineConfig } from '@playwright/test';

/** A launch takes about a second; several on a busy two-core machine take many. In ms. */
const TEST_TIMEOUT_MS = 60_000;
const EXPECT_TIMEOUT_MS = 10_000;

/** Tests of what the app runs on: the stand-in, or Electron itself where its binary is there. */
export default defineConfig({
  projects: [{ name: 'runtime', testDir: 'tests/runtime', testMatch: '**/*.spec.ts' }],
  timeout: TEST_TIMEOUT_MS,
  expect: { timeout: EXPECT_TIMEOUT_MS },
  // Start-up time is one of the things measured: two at once would measure each other.
  workers: 1,
  outputDir: 'test-results/runtime',
  reporter: 'list',
});
