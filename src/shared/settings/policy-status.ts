import { z } from 'zod';

/** Longest problem list that is kept: a file can be wrong in more ways than anybody reads. */
export const MAX_PROBLEMS = 100;

/** One thing wrong with a managed source, for IT. */
const PolicyProblem = z.object({
  /** An error keeps the whole policy from being used; a warning does not. */
  severity: z.enum(['error', 'warning']),
  /** The file, registry key or property list. */
  path: z.string(),
  /** Where in it, from 1; absent when the problem is the file as such. */
  line: z.number().int().positive().optional(),
  column: z.number().int().positive().optional(),
  /** The setting at issue, as the file names it. */
  key: z.string().optional(),
  /** What was found and what is allowed, as sentences. */
  problem: z.string(),
});
export type PolicyProblem = z.infer<typeof PolicyProblem>;

/** One place that the managed policy is read from. */
const PolicyOrigin = z.object({
  path: z.string(),
  kind: z.enum(['file', 'drop-in', 'native']),
  state: z.enum(['absent', 'used', 'refused', 'broken']),
  /** ms since 1970; the registry tells none. */
  modifiedAt: z.number().optional(),
  /** SHA-256 of its bytes, hex. */
  hash: z.string().optional(),
});
export type PolicyOrigin = z.infer<typeof PolicyOrigin>;

/**
 * What became of the policy that IT pushed.
 * - `none`: there is no policy, and never was one.
 * - `ok`: what was pushed is in force.
 * - `refused`: others than the administrator could have written it.
 * - `broken`: it cannot be read, or something in it is not valid.
 * - `gone`: it was there and is not any more. An empty one (`{}`) would end it.
 */
const PolicyState = z.enum(['none', 'ok', 'refused', 'broken', 'gone']);
export type PolicyState = z.infer<typeof PolicyState>;

export const PolicyStatus = z.object({
  state: PolicyState,
  /**
   * The policy in force: the one that was found, the last good one in its place, or none at all
   * (nothing was pushed, or nothing good is known: then no call is possible).
   */
  inForce: z.enum(['none', 'current', 'last-good']),
  /** Every place that was looked at, strongest first. */
  origins: z.array(PolicyOrigin),
  /** SHA-256 of the policy in force, hex; the same on every computer that has the same policy. */
  hash: z.string().optional(),
  /** When the policy in force was first read, ms since 1970. */
  since: z.number().optional(),
  problems: z.array(PolicyProblem).max(MAX_PROBLEMS),
  /**
   * Calls are refused: why, for the employee and for IT. Nothing good is known of the policy, or the
   * HTTP proxy could not be set.
   */
  callsRefused: z.object({ message: z.string(), forIt: z.string() }).optional(),
});
export type PolicyStatus = z.infer<typeof PolicyStatus>;

export const NO_POLICY: PolicyStatus = {
  state: 'none',
  inForce: 'none',
  origins: [],
  problems: [],
};
