import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Progress } from '../../../tools/bootstrap/progress.mjs';
import { bundleStep } from '../../../tools/setup/bundle-step.ts';
import { inProject } from '../../../tools/setup/project.ts';

const silent: Progress = { update() {}, note() {}, done() {}, stop() {} };
let place: string;

beforeEach(() => {
  fs.mkdirSync(inProject('.causeway'), { recursive: true });
  place = fs.mkdtempSync(inProject('.causeway', 'bundle-test-'));
  writeSource('one');
});
afterEach(() => {
  fs.rmSync(place, { recursive: true, force: true });
});

const source = (): string => path.join(place, 'source.txt');
const writeSource = (text: string): void => {
  fs.writeFileSync(source(), text);
};
const built = (): string => fs.readFileSync(path.join(place, 'bundle', 'result.txt'), 'utf8');

/** A bundler that copies the source, and fails half-way on the source "broken". */
function step() {
  const relative = path.relative(inProject(), place);
  const program = `
    const [source, outDir] = process.argv.slice(1);
    const fs = require('node:fs');
    const text = fs.readFileSync(source, 'utf8');
    fs.mkdirSync(outDir);
    fs.writeFileSync(outDir + '/result.txt', text);
    if (text === 'broken') { console.error('line 1: does not parse'); process.exit(1); }`;
  return bundleStep({
    name: 'Test bundle',
    doing: 'building',
    inputs: [path.join(relative, 'source.txt')],
    folder: path.join(relative, 'bundle'),
    args: (outDir) => ['--eval', program, source(), outDir],
  });
}

it('builds once, and again only when a source has changed', async () => {
  expect(step().isDone()).toBe(false);
  await step().run(silent);
  expect(built()).toBe('one');
  expect(step().isDone()).toBe(true);
  writeSource('two');
  expect(step().isDone()).toBe(false);
  await step().run(silent);
  expect(built()).toBe('two');
});

it('keeps the earlier bundle when a build fails, and shows what the bundler said', async () => {
  await step().run(silent);
  writeSource('broken');
  await expect(step().run(silent)).rejects.toThrow('line 1: does not parse');
  expect(built()).toBe('one');
  expect(step().isDone()).toBe(false);
});

it('starts anew after a build that was cut off', async () => {
  fs.mkdirSync(path.join(place, 'bundle.unfinished'));
  fs.writeFileSync(path.join(place, 'bundle.unfinished', 'rest.txt'), 'half');
  await step().run(silent);
  expect(fs.readdirSync(path.join(place, 'bundle')).sort()).toEqual(['.stamp', 'result.txt']);
});
