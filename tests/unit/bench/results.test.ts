import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BenchResult, writeResult } from '../../../bench/results.ts';
import type { BenchCase } from '../../../bench/results.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-results-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

const MACHINE = { os: 'Linux', cpu: 'some', cores: 2, memoryGiB: 4, node: 'v24' };

function result(...cases: [name: string, sample: number][]): BenchResult {
  return {
    name: 'cut',
    when: '2026-01-01T00:00:00.000Z',
    machine: MACHINE,
    cases: cases.map(([name, sample]): BenchCase => {
      return { case: name, unit: 'ms', app: [sample], baseline: null };
    }),
  };
}

async function casesOf(path: string): Promise<[string, number | undefined][]> {
  const { cases } = BenchResult.parse(JSON.parse(await readFile(path, 'utf8')));
  return cases.map(({ case: name, app }) => [name, app[0]]);
}

it('replaces the cases that were run alone, where they stood, and keeps the others', async () => {
  await writeResult(result(['one', 1], ['two', 2], ['three', 3]), { keepOthers: false, folder });
  const path = await writeResult(result(['two', 22], ['four', 4]), { keepOthers: true, folder });
  expect(await casesOf(path)).toEqual([
    ['one', 1],
    ['two', 22],
    ['three', 3],
    ['four', 4],
  ]);
});

it('replaces the whole file after a whole run', async () => {
  await writeResult(result(['one', 1], ['gone', 2]), { keepOthers: false, folder });
  const path = await writeResult(result(['one', 11]), { keepOthers: false, folder });
  expect(await casesOf(path)).toEqual([['one', 11]]);
});

it('writes a case that is run alone where there is no file yet', async () => {
  const path = await writeResult(result(['one', 1]), { keepOthers: true, folder });
  expect(await casesOf(path)).toEqual([['one', 1]]);
});
