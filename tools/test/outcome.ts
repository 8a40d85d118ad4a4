import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

/** What came of a suite's tests. */
export const outcomeSchema = z.object({
  passed: z.number().int().nonnegative(),
  failed: z.number().int().nonnegative(),
  /** `reason` is empty where the test gave none. */
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** Names the file into which a test runner's reporter writes the {@link Outcome}. */
export const OUTCOME_FILE_VARIABLE = 'CAUSEWAY_TEST_OUTCOME_FILE';

/**
 * Writes the outcome where the variable says, for use in a reporter; without the variable, nowhere.
 */
export function writeOutcome(outcome: Outcome): void {
  const file = process.env[OUTCOME_FILE_VARIABLE];
  if (!file) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(outcome));
}

/**
 * Reads what a reporter wrote.
 * @returns null when the test runner ended before it could report
 */
export function readOutcome(file: string): Outcome | null {
  try {
    return outcomeSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export function sumOutcomes(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((sum, outcome) => sum + outcome.passed, 0),
    failed: outcomes.reduce((sum, outcome) => sum + outcome.failed, 0),
    skipped: outcomes.flatMap((outcome) => outcome.skipped),
  };
}

/** The line that ends a test run; continuous integration reads it. */
export function closingLine({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed, ${skipped.length} skipped`;
}
