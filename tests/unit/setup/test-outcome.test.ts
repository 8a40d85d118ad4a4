import { describe, expect, it } from 'vitest';
import { closingLine, sumOutcomes, type Outcome } from '../../../tools/test/outcome.ts';
import { judge } from '../../../tools/test/run-suite.ts';

const nothing: Outcome = { passed: 0, failed: 0, skipped: [] };
const good: Outcome = { ...nothing, passed: 3 };
const skipped = (reason: string): Outcome => ({ ...good, skipped: [{ name: 'a test', reason }] });

describe('what counts as a failure of a suite', () => {
  it.each([
    ['a run that passed', 'passed', good, 0, ''],
    ['a run with a failed test', 'failed', { ...good, failed: 2 }, 2, ''],
    ['a run that failed with no test failing', 'failed', good, 1, 'failed outside its tests'],
    ['a run that failed before it could report', 'failed', null, 1, 'failed outside its tests'],
    ['a run that passed without a report', 'passed', null, 1, 'ended without a report'],
    ['a run with no test', 'passed', nothing, 1, 'has no tests'],
    ['a run that hung', 'timed out', good, 1, 'hung'],
    ['a run that was interrupted', 'interrupted', good, 1, 'hung'],
    ['a skip with a reason', 'passed', skipped('needs root'), 0, ''],
    ['a skip without a reason', 'passed', skipped(''), 1, '"a test" is skipped without a reason'],
  ] as const)('%s', (_what, end, written, failed, problem) => {
    const verdict = judge('unit', end, written, false, 'hung');
    expect(verdict.outcome.failed).toBe(failed);
    expect(verdict.problems.join()).toContain(problem);
    if (problem === '') expect(verdict.problems).toEqual([]);
  });

  it('allows a suite in which a pattern selects no test', () => {
    expect(judge('unit', 'passed', nothing, true, '').problems).toEqual([]);
    expect(judge('unit', 'passed', null, true, '').problems).toEqual([]);
  });
});

it('ends with one line over all suites', () => {
  const total = sumOutcomes([good, { ...skipped('needs root'), failed: 1 }]);
  expect(closingLine(total)).toBe('6 passed, 1 failed, 1 skipped');
});
