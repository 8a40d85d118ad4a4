import { cpus, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { prepare } from '../tools/setup/prepare.ts';
import { SetupError } from '../tools/setup/setup-error.ts';
import { formatTable, writeResult } from './results.ts';
import type { Benchmark } from './benchmark.ts';
import type { Machine } from './results.ts';

/** Each is loaded when asked for, and starts its own servers and browsers when it runs. */
const BENCHMARKS: Record<string, () => Promise<Benchmark>> = {
  join: async () => (await import('./join/join.ts')).joinBenchmark,
  proxy: async () => (await import('./proxy/proxy.ts')).proxyBenchmark,
  faults: async () => (await import('./faults/faults.ts')).faultsBenchmark,
  return: async () => (await import('./return/return.ts')).returnBenchmark,
  cut: async () => (await import('./cut/cut.ts')).cutBenchmark,
};

const USAGE = `Usage: npm run bench -- NAME [--runs N] [--only CASE] [--quick]

Does the set-up that is missing, measures the app and a baseline in turn in one run, and writes every
sample to bench/results/NAME.json. Without a NAME it lists the benchmarks.

NAME      ${Object.keys(BENCHMARKS).join(', ')}
--runs N  samples of each side in each case (default: what the benchmark asks for at least)
--only C  the case C, or all whose name contains C; may be given more than once.
          The others stay in the file as they are
--quick   long waits are cut short, and nothing is written`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      runs: { type: 'string' },
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [name, ...rest] = positionals;
  if (name === undefined) {
    await list();
    return;
  }
  const load = BENCHMARKS[name];
  if (load === undefined) throw new UsageError(`There is no benchmark “${name}”.`);
  if (rest.length > 0) throw new UsageError(`“${rest.join(' ')}” is one argument too many.`);
  const benchmark = await load();
  const runs = readRuns(values.runs, benchmark);
  const only = readOnly(values.only, benchmark);
  const { quick } = values;
  // Bundles of an older source, or another worker than the tests use, would be measured unnoticed.
  await prepare(benchmark.needs);
  console.log(`${benchmark.name}: ${benchmark.description} (${runs} runs of each)`);

  const outcome = await benchmark.run({
    ...{ runs, quick, log: (line: string) => console.log(line) },
    ...(only && { only }),
  });
  for (const reason of outcome.skipped) console.log(`skipped: ${reason}`);
  if (outcome.cases.length === 0) throw new Error('No case could be run here.');
  console.log(`\n${formatTable(outcome.cases)}\n`);
  for (const aim of outcome.aims) console.log(`${aim.met ? 'met    ' : 'NOT met'}  ${aim.text}`);

  if (quick || runs < benchmark.minimumRuns) {
    console.log(
      `Not written: a result to keep has at least ${benchmark.minimumRuns} runs and is not quick.`,
    );
    return;
  }
  const path = await writeResult(
    {
      name: benchmark.name,
      when: new Date().toISOString(),
      machine: { ...describeMachine(), ...outcome.machine },
      cases: outcome.cases,
    },
    { keepOthers: only !== undefined },
  );
  console.log(`Every sample is in ${path}`);
}

async function list(): Promise<void> {
  const benchmarks = await Promise.all(Object.values(BENCHMARKS).map((load) => load()));
  const width = Math.max(...benchmarks.map(({ name }) => name.length));
  for (const { name, description, minimumRuns, cases = [] } of benchmarks) {
    console.log(`${name.padEnd(width)}  ${description} (at least ${minimumRuns} runs of each)`);
    for (const entry of cases) console.log(`${' '.repeat(width)}    ${entry}`);
  }
  console.log('\nnpm run bench -- NAME runs one; --help tells more.');
}

class UsageError extends Error {}

function readRuns(text: string | undefined, benchmark: Benchmark): number {
  if (text === undefined) return benchmark.minimumRuns;
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new UsageError(`--runs takes a whole number from 1 up, not “${text}”.`);
  }
  return runs;
}

/** @throws {UsageError} when no case has such a name. */
function readOnly(
  texts: readonly string[] | undefined,
  { name: benchmark, cases }: Benchmark,
): string[] | undefined {
  if (texts === undefined) return undefined;
  if (!cases) throw new UsageError(`${benchmark} is run as a whole, without --only.`);
  return texts.flatMap((text) => {
    if (cases.includes(text)) return [text];
    const found = cases.filter((name) => name.toLowerCase().includes(text.toLowerCase()));
    if (found.length > 0) return found;
    throw new UsageError(`${benchmark} has no case “${text}”. It has: ${cases.join(' · ')}.`);
  });
}

function describeMachine(): Machine {
  const processors = cpus();
  return {
    os: `${type()} ${release()}`,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    node: process.version,
  };
}

try {
  await main();
} catch (error) {
  if (error instanceof UsageError || isParseError(error)) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exitCode = 2;
  } else if (error instanceof SetupError) {
    console.error(error.message);
    process.exitCode = error.exitCode;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}

function isParseError(error: unknown): error is Error {
  return (
    error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  );
}
