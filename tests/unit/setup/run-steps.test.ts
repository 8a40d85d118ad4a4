import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Progress } from '../../../tools/bootstrap/progress.mjs';
import { runSteps } from '../../../tools/setup/run-steps.ts';
import type { SetupStep } from '../../../tools/setup/step.ts';

let folder: string;
let log: string[];

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-steps-'));
  log = [];
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const start = (name: string): Progress => ({
  update: (detail) => log.push(`${name}: ${detail}`),
  note: (text) => log.push(`${name}: ${text}`),
  done: (result) => log.push(`${name}: ${result}`),
  stop: () => log.push(`${name}: stopped`),
});
const run = (...steps: SetupStep[]): Promise<void> =>
  runSteps(steps, path.join(folder, 'lock'), start);

function step(name: string, done: boolean, result: string | Error = 'ok'): SetupStep {
  let isDone = done;
  return {
    name,
    isDone: () => isDone,
    run: () => {
      if (result instanceof Error) return Promise.reject(result);
      isDone = true;
      return Promise.resolve(result);
    },
  };
}

it('does nothing at all when everything is done', async () => {
  await run(step('A', true), step('B', true));
  expect(log).toEqual([]);
  expect(fs.readdirSync(folder)).toEqual([]);
});

it('runs what is missing, in order', async () => {
  await run(step('A', false), step('B', true), step('C', false));
  expect(log).toEqual(['A: ok', 'C: ok']);
});

it('stops at the first step that fails, and does it and the rest at the next start', async () => {
  const first = step('A', false);
  const last = step('C', false);
  await expect(run(first, step('B', false, new Error('no network')), last)).rejects.toThrow(
    'no network',
  );
  expect(log).toEqual(['A: ok', 'B: stopped']);
  log.length = 0;
  await run(first, step('B', false), last);
  expect(log).toEqual(['B: ok', 'C: ok']);
});

it('asks a later step only after the earlier ones have run', async () => {
  let packagesWanted = false;
  const download: SetupStep = {
    ...step('download', false),
    run: () => {
      packagesWanted = true;
      return Promise.resolve('failed: it has to be built');
    },
  };
  const packages: SetupStep = { ...step('packages', true), isDone: () => !packagesWanted };
  await run(download, packages);
  expect(log).toEqual(['download: failed: it has to be built', 'packages: ok']);
});
