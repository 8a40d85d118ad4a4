import { defineConfig } from 'vitest/config';

/** Tests that are there to be skipped; only tests/unit/setup/reporters.test.ts runs them. */
export default defineConfig({ test: { include: ['*.sample.ts'] } });
