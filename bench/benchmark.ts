import type { Need } from '../tools/setup/needs.ts';
import type { Aim, BenchCase, Machine } from './results.ts';

export interface BenchOptions {
  /** Samples of each side in each case. */
  runs: number;
  /** Names of the cases to run; undefined: all. */
  only?: readonly string[];
  /** Long waits may be cut short: nothing will be written. */
  quick: boolean;
  /** One line of progress. */
  log: (line: string) => void;
}

export interface BenchOutcome {
  cases: BenchCase[];
  aims: Aim[];
  /** What the benchmark knows of the machine beyond the obvious. */
  machine?: Partial<Machine>;
  /** Cases that could not be run here, each with the reason. */
  skipped: string[];
}

export interface Benchmark {
  /** Also the name of the file with its results. */
  readonly name: string;
  readonly description: string;
  /** What set-up has to do before it. */
  readonly needs: readonly Need[];
  /** Samples a result needs at least to be worth keeping. */
  readonly minimumRuns: number;
  /** Cases that can be run alone; absent: it is run as a whole. */
  readonly cases?: readonly string[];
  run(options: BenchOptions): Promise<BenchOutcome>;
}
