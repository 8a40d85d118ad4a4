import type { PolicyOrigin, PolicyProblem } from '../../../shared/settings/policy-status.ts';
import type { SourceValues } from '../source.ts';

/** What a place for policies held when it was read. */
export interface PolicyReading {
  values: SourceValues;
  origins: PolicyOrigin[];
  /** With an error among them, `values` must not be used. */
  problems: PolicyProblem[];
  /** Places that must not vanish: without them, the policy that was known goes on. */
  needed: string[];
}

/** One place where IT can put a policy. One class per kind of place. */
export interface PolicyReader {
  /** Under which its last good policy is kept. */
  readonly name: 'files' | 'native';
  /**
   * Whether a policy that is not there any more was taken back on purpose. A file may vanish by
   * mishap; what a management service holds is taken away by that service only.
   */
  readonly canBeWithdrawn: boolean;
  /** Between two looks for a change, ms. */
  readonly pollIntervalMs: number;
  /** Differs whenever `read()` might give something else; cheap. */
  fingerprint(): Promise<string>;
  read(): PolicyReading;
}
