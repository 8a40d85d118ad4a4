import type { FullConfig, Reporter, Suite, TestCase, TestError } from '@playwright/test/reporter';
import { writeOutcome, type Outcome } from '../outcome.ts';

/** A Playwright reporter that hands the counts, and every skipped test's reason, to `npm test`. */
export default class PlaywrightOutcomeReporter implements Reporter {
  #root: Suite | undefined;
  #errorsOutsideTests = 0;

  onBegin(_config: FullConfig, suite: Suite): void {
    this.#root = suite;
  }

  onError(_error: TestError): void {
    this.#errorsOutsideTests += 1;
  }

  onEnd(): void {
    const outcome: Outcome = { passed: 0, failed: this.#errorsOutsideTests, skipped: [] };
    for (const test of this.#root?.allTests() ?? []) {
      switch (test.outcome()) {
        case 'expected':
          outcome.passed += 1;
          break;
        case 'skipped':
          outcome.skipped.push({
            name: test.titlePath().filter(Boolean).join(' › '),
            reason: reasonOf(test),
          });
          break;
        // A test that passes at times only is not a passing one.
        case 'flaky':
        case 'unexpected':
          outcome.failed += 1;
          break;
      }
    }
    writeOutcome(outcome);
  }

  printsToStdio(): boolean {
    return false;
  }
}

function reasonOf(test: TestCase): string {
  const annotations = [
    ...test.annotations,
    ...test.results.flatMap((result) => result.annotations),
  ];
  const skip = annotations.find(({ type }) => type === 'skip' || type === 'fixme');
  if (skip) return skip.description ?? '';
  return 'not run: an earlier test failed or the run was stopped';
}
