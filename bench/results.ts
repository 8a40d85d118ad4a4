import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { summarise } from './statistics.ts';

const RESULTS_FOLDER = resolve(import.meta.dirname, 'results');

/** What the numbers were taken on. */
export const Machine = z.object({
  os: z.string(),
  cpu: z.string(),
  cores: z.number().int().positive(),
  memoryGiB: z.number().positive(),
  node: z.string(),
  /** What ran the app: Electron with its version, or the stand-in. */
  appRuntime: z.string().optional(),
  chromium: z.string().optional(),
});
export type Machine = z.infer<typeof Machine>;

const Samples = z.array(z.number().nonnegative()).min(1);

/** One measured situation: every sample, in the order it was taken. */
export const BenchCase = z.object({
  case: z.string().min(1),
  /** Unit of the samples, such as `ms` or `Mbit/s`. */
  unit: z.string().min(1),
  app: Samples,
  /** Null where there is nothing to compare with. */
  baseline: Samples.nullable(),
});
export type BenchCase = z.infer<typeof BenchCase>;

/** The one shape of all files in bench/results. */
export const BenchResult = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** ISO 8601, UTC. */
  when: z.iso.datetime(),
  machine: Machine,
  cases: z.array(BenchCase).min(1),
});
export type BenchResult = z.infer<typeof BenchResult>;

/** An aim that a benchmark was written for, and whether this run met it. */
export interface Aim {
  text: string;
  met: boolean;
}

/**
 * Writes every sample to `bench/results/NAME.json`; returns the file's path. With `keepOthers`, cases
 * of the file that are not in `result` stay as they are.
 * @throws {z.ZodError} when the result has not the common shape; nothing is written then.
 */
export async function writeResult(
  result: BenchResult,
  { keepOthers, folder = RESULTS_FOLDER }: { keepOthers: boolean; folder?: string },
): Promise<string> {
  const checked = BenchResult.parse(result);
  await mkdir(folder, { recursive: true });
  const path = resolve(folder, `${checked.name}.json`);
  const kept = keepOthers ? await readCases(path) : [];
  const cases = [
    // In the place that it had, so that a file's history shows what changed.
    ...kept.map((old) => checked.cases.find((entry) => entry.case === old.case) ?? old),
    ...checked.cases.filter((entry) => !kept.some((old) => old.case === entry.case)),
  ];
  await writeFile(path, `${JSON.stringify({ ...checked, cases }, undefined, 2)}\n`);
  return path;
}

async function readCases(path: string): Promise<BenchCase[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? [] : BenchResult.parse(JSON.parse(text)).cases;
}

const HEADINGS = ['case', 'who', 'n', 'median', 'p95', 'min–max', 'unit', '× baseline'];

/** The cases as a table of text: one line for the app, one for the baseline. */
export function formatTable(cases: readonly BenchCase[]): string {
  const rows = cases.flatMap((entry) => {
    const baseline = entry.baseline && summarise(entry.baseline);
    const app = summarise(entry.app);
    const ratio = baseline?.median ? (app.median / baseline.median).toFixed(2) : '–';
    const line = (who: string, summary: typeof app, last: string): string[] => [
      entry.case,
      who,
      String(summary.n),
      round(summary.median),
      round(summary.p95),
      `${round(summary.min)}–${round(summary.max)}`,
      entry.unit,
      last,
    ];
    return [line('app', app, ratio), ...(baseline ? [line('baseline', baseline, '')] : [])];
  });
  const table = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column < 2 || column === 6 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
