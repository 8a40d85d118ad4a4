import fs from 'node:fs';
import { inProject } from '../setup/project.ts';
import { OUTCOME_FILE_VARIABLE, readOutcome, type Outcome } from './outcome.ts';
import { runCommand, type CommandEnd } from './run-command.ts';
import type { CheckSuite, RunnerSuite, TestSuite } from './suites.ts';

export interface SuiteRun {
  outcome: Outcome;
  /** Sentences on what went wrong apart from failed tests. */
  problems: string[];
  interrupted: boolean;
}

/** Runs a suite, or says why it is skipped. */
export async function runSuite(suite: TestSuite, grep: string | undefined): Promise<SuiteRun> {
  const reason = suite.whySkipped?.() ?? null;
  if (reason !== null) {
    const skipped = [{ name: `all ${suite.name} tests`, reason }];
    return { outcome: { passed: 0, failed: 0, skipped }, problems: [], interrupted: false };
  }
  return suite.kind === 'checks' ? runChecks(suite) : runRunner(suite, grep);
}

async function runChecks(suite: CheckSuite): Promise<SuiteRun> {
  const run: SuiteRun = {
    outcome: { passed: 0, failed: 0, skipped: [] },
    problems: [],
    interrupted: false,
  };
  for (const check of suite.checks()) {
    const end = await runCommand(check.args, {}, suite.limitMinutes);
    if (end === 'passed') {
      run.outcome.passed += 1;
      continue;
    }
    run.outcome.failed += 1;
    run.problems.push(`${check.name} ${describeEnd(end, suite)}`);
    if (end === 'interrupted') return { ...run, interrupted: true };
  }
  return run;
}

async function runRunner(suite: RunnerSuite, grep: string | undefined): Promise<SuiteRun> {
  const file = inProject('.causeway', 'test-outcomes', `${suite.name}.json`);
  fs.rmSync(file, { force: true });
  const end = await runCommand(
    suite.args(grep),
    { [OUTCOME_FILE_VARIABLE]: file },
    suite.limitMinutes,
  );
  const written = readOutcome(file);
  return {
    ...judge(suite.name, end, written, grep !== undefined, describeEnd(end, suite)),
    interrupted: end === 'interrupted',
  };
}

/**
 * Puts a runner's end and its counts together, so that nothing that went wrong counts as a success.
 * @param written the counts that the runner's reporter wrote; null when it did not get to it
 * @param mayBeEmpty a suite may have no test only where a pattern selects tests
 */
export function judge(
  name: string,
  end: CommandEnd,
  written: Outcome | null,
  mayBeEmpty: boolean,
  endDescription: string,
): { outcome: Outcome; problems: string[] } {
  const outcome = written ?? { passed: 0, failed: 0, skipped: [] };
  const problems: string[] = [];
  if (end === 'timed out' || end === 'interrupted') problems.push(`${name} ${endDescription}`);
  else if (end === 'failed' && outcome.failed === 0) {
    problems.push(`${name} failed outside its tests (see above)`);
  } else if (written === null && !mayBeEmpty) problems.push(`${name} ended without a report`);
  else if (!mayBeEmpty && outcome.passed + outcome.failed + outcome.skipped.length === 0) {
    problems.push(`${name} has no tests`);
  }
  for (const { name: test } of outcome.skipped.filter(({ reason }) => reason === '')) {
    problems.push(`"${test}" is skipped without a reason`);
  }
  return { outcome: { ...outcome, failed: outcome.failed + problems.length }, problems };
}

function describeEnd(end: CommandEnd, suite: TestSuite): string {
  if (end === 'timed out') return `hung and was ended after ${suite.limitMinutes} minutes`;
  return end === 'interrupted' ? 'was interrupted' : 'failed';
}
