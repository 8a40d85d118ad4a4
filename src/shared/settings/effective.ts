import { z } from 'zod';
import { SETTING_KEYS, Settings, type SettingKey } from './definitions.ts';
import { PolicyStatus } from './policy-status.ts';

const SettingName = z.enum(SETTING_KEYS as [SettingKey, ...SettingKey[]]);

/** Where an effective value comes from, strongest first. */
export const SettingSource = z.enum(['managed', 'command-line', 'user', 'default']);
export type SettingSource = z.infer<typeof SettingSource>;

/** A value that another one won over. */
const Loser = z.object({
  source: SettingSource,
  /** The file, flag or store that holds it. */
  origin: z.string().optional(),
  value: z.unknown(),
  /**
   * - `weaker`: a stronger source has a value.
   * - `locked`: IT has set the value for good.
   * - `not-allowed`: the policy forbids this value; `problem` says how.
   */
  why: z.enum(['weaker', 'locked', 'not-allowed']),
  problem: z.string().optional(),
});
export type Loser = z.infer<typeof Loser>;

const Provenance = z.object({
  source: SettingSource,
  /** The file, flag or region that the value comes from. */
  origin: z.string().optional(),
  /** Whether the employee is kept from changing it. */
  locked: z.boolean(),
  /** Strongest first. The default is no loser. */
  losers: z.array(Loser),
});
export type Provenance = z.infer<typeof Provenance>;

/** Every setting in force, where it comes from, and the policy behind it. */
export const EffectiveSettings = z.object({
  values: Settings,
  provenance: z.record(SettingName, Provenance),
  policy: PolicyStatus,
});
export type EffectiveSettings = z.infer<typeof EffectiveSettings>;

/** One refused field of an update. */
export const SettingProblem = z.object({ key: SettingName, problem: z.string() });
export type SettingProblem = z.infer<typeof SettingProblem>;

/** A policy that changed while Causeway runs. Told after the settings themselves. */
export const PolicyChange = z.object({
  /** Settings whose value in force is another one now. */
  changed: z.array(SettingName),
  /** Of these, the ones that forbid something that was allowed before: they count at once. */
  tightened: z.array(SettingName),
});
export type PolicyChange = z.infer<typeof PolicyChange>;
