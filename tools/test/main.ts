// npm test: lint, types, unused code, and all tests, in one run with one closing line.
import { parseArgs } from 'node:util';
import { prepare } from '../setup/prepare.ts';
import { SetupError } from '../setup/setup-error.ts';
import { electronExecutable } from '../runtime.ts';
import { closingLine, sumOutcomes } from './outcome.ts';
import { runSuite, type SuiteRun } from './run-suite.ts';
import { SUITES, type TestSuite } from './suites.ts';

const USAGE = `Usage: npm test -- [suite…] [--grep PATTERN]

  suite             any of: ${SUITES.map((suite) => suite.name).join(', ')} (default: all)
  --grep PATTERN    only tests whose names match the regular expression
  --help            show this
`;

const RULE_WIDTH = 72;
const MS_PER_SECOND = 1000;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SetupError ? error.exitCode : 1;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { grep: { type: 'string', short: 'g' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const suites = selectSuites(positionals);
  const needs = suites.filter((suite) => !suite.whySkipped?.()).flatMap((suite) => suite.needs);
  await prepare([...new Set(needs)]);
  if (needs.includes('app')) {
    const { kind } = electronExecutable();
    say(`The app runs on ${kind === 'electron' ? 'Electron' : 'the stand-in for Electron'}.`);
  }
  return report(suites, await runAll(suites, values.grep), values.grep);
}

function selectSuites(names: readonly string[]): TestSuite[] {
  for (const name of names) {
    if (!SUITES.some((suite) => suite.name === name)) {
      throw new Error(`There is no test suite "${name}".\n${USAGE}`);
    }
  }
  return SUITES.filter((suite) => names.length === 0 || names.includes(suite.name));
}

async function runAll(suites: readonly TestSuite[], grep: string | undefined): Promise<SuiteRun[]> {
  const runs: SuiteRun[] = [];
  for (const suite of suites) {
    // A pattern selects among named tests; the checks have none.
    if (grep !== undefined && suite.kind === 'checks') continue;
    say(`\n── ${suite.name} ${'─'.repeat(RULE_WIDTH - suite.name.length)}`);
    const started = Date.now();
    const run = await runSuite(suite, grep);
    runs.push(run);
    const seconds = Math.round((Date.now() - started) / MS_PER_SECOND);
    const failed = run.outcome.failed > 0 ? ` · ${run.outcome.failed} FAILED` : '';
    say(`── ${suite.name} · ${run.outcome.passed} passed${failed} · ${seconds} s`);
    if (run.interrupted) break;
  }
  return runs;
}

function report(
  suites: readonly TestSuite[],
  runs: readonly SuiteRun[],
  grep: string | undefined,
): number {
  const total = sumOutcomes(runs.map((run) => run.outcome));
  const problems = runs.flatMap((run) => run.problems);
  if (total.passed + total.failed + total.skipped.length === 0) {
    problems.push(`No test in ${suites.map(({ name }) => name).join(', ')} matches "${grep}".`);
    total.failed += 1;
  }
  say(`\n${'─'.repeat(RULE_WIDTH + 4)}`);
  for (const { name, reason } of total.skipped) {
    say(`skipped: ${name}: ${reason || 'no reason given'}`);
  }
  for (const problem of problems) say(`problem: ${problem}`);
  say(closingLine(total));
  return total.failed > 0 ? 1 : 0;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
