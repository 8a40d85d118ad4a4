import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import { writeOutcome, type Outcome } from '../outcome.ts';

/** A Vitest reporter that hands the counts, and every skipped test's reason, to `npm test`. */
export default class VitestOutcomeReporter implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], errorsOutsideTests: readonly unknown[]): void {
    const outcome: Outcome = { passed: 0, failed: errorsOutsideTests.length, skipped: [] };
    for (const module of modules) {
      // A file that cannot be loaded, or a hook that throws, fails with no test of its own failing.
      outcome.failed += module.errors().length;
      for (const suite of module.children.allSuites()) outcome.failed += suite.errors().length;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') outcome.passed += 1;
        else if (result.state === 'failed') outcome.failed += 1;
        else if (this.#wasSelected(test)) {
          outcome.skipped.push({ name: test.fullName, reason: reasonOf(result) });
        }
      }
    }
    writeOutcome(outcome);
  }

  /** Vitest gives a test that the pattern leaves out as skipped too. */
  #wasSelected(test: TestCase): boolean {
    const pattern = this.#vitest?.getGlobalTestNamePattern();
    // Vitest matches names joined by blanks, and shows them joined by arrows.
    return pattern?.test(test.fullName.replaceAll(' > ', ' ')) ?? true;
  }
}

function reasonOf(result: { state: string; note?: string | undefined }): string {
  if (result.state === 'pending') return 'not run: the run was stopped';
  return result.note ?? '';
}
