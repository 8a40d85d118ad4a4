import { z } from 'zod';
import { SETTING_KEYS, Settings, type SettingKey } from './settings/definitions.ts';

/** Version of the stored settings; a store with a higher one is set aside, never overwritten. */
export const SETTINGS_VERSION = 1;

type Patch = { [K in SettingKey]: z.ZodOptional<z.ZodNullable<(typeof Settings.shape)[K]>> };

/**
 * What may be changed at once. A key that is absent stays as it is; null forgets what the employee
 * has set, so that whatever stands behind it counts, now and later.
 */
export const SettingsPatch = z.strictObject(
  Object.fromEntries(SETTING_KEYS.map((key) => [key, Settings.shape[key].nullish()])) as Patch,
);
export type SettingsPatch = z.input<typeof SettingsPatch>;

export {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  settingInfo,
  Settings,
  USER_SETTING_KEYS,
  type SettingKey,
} from './settings/definitions.ts';
export {
  EffectiveSettings,
  PolicyChange,
  SettingProblem,
  SettingSource,
  type Loser,
  type Provenance,
} from './settings/effective.ts';
