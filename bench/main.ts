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
};

const USAGE = `Usage: npm run bench -- NAME [--runs N]

Does the set-up that is missing, measures the app and a baseline in turn in one run, and writes every
sample to bench/results/NAME.json. Without a NAME it lists the benchmarks.

NAME      ${Object.keys(BENCHMARKS).join(', ')}
--runs N  samples of each side in each case (default: what the benchmark asks for at least)`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { runs: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
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
  // Bundles of an older source, or another worker than the tests use, would be measured unnoticed.
  await prepare(benchmark.needs);
  console.log(`${benchmark.name}: ${benchmark.description} (${runs} runs of each)`);

  const outcome = await benchmark.run({ runs, log: (line) => console.log(line) });
  for (const reason of outcome.skipped) console.log(`skipped: ${reason}`);
  if (outcome.cases.length === 0) throw new Error('No case could be run here.');
  console.log(`\n${formatTable(outcome.cases)}\n`);
  for (const aim of outcome.aims) console.log(`${aim.met ? 'met    ' : 'NOT met'}  ${aim.text}`);

  if (runs < benchmark.minimumRuns) {
    console.log(`Not written: a result to keep has at least ${benchmark.minimumRuns} runs.`);
    return;
  }
  const path = await writeResult({
    name: benchmark.name,
    when: new Date().toISOString(),
    machine: { ...describeMachine(), ...outcome.machine },
    cases: outcome.cases,
  });
  console.log(`Every sample is in ${path}`);
}

async function list(): Promise<void> {
  const benchmarks = await Promise.all(Object.values(BENCHMARKS).map((load) => load()));
  const width = Math.max(...benchmarks.map(({ name }) => name.length));
  for (const { name, description, minimumRuns } of benchmarks) {
    console.log(`${name.padEnd(width)}  ${description} (at least ${minimumRuns} runs of each)`);
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
