import { defineConfig } from '@playwright/test';

/** Two apps that encode and decode video on two cores take their time to start, ms. */
const CALL_TIMEOUT_MS = 60_000;

/** How long a screen may take to show what it should, ms. */
const EXPECT_TIMEOUT_MS = 15_000;

export default defineConfig({
  outputDir: 'test-results',
  forbidOnly: process.env.CI !== undefined,
  // A test that passes at the second try has found something: it is not tried again.
  retries: 0,
  // Each test runs several browsers that encode video; more at once would starve each other.
  workers: 1,
  fullyParallel: false,
  timeout: CALL_TIMEOUT_MS,
  expect: { timeout: EXPECT_TIMEOUT_MS },
  reporter: 'list',
  projects: [
    { name: 'runtime', testDir: 'tests/runtime' },
    { name: 'start', testDir: 'tests/start' },
    { name: 'engine', testDir: 'tests/engine' },
    { name: 'e2e', testDir: 'tests/e2e' },
    { name: 'firewall', testDir: 'tests/firewall' },
  ],
});
