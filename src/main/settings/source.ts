import type { SettingKey, Settings, SettingSource } from '../../shared/settings.ts';

/**
 * One place that settings come from. A source says what it knows and nothing about the others:
 * merge.ts puts them in order.
 */
export interface SettingsSource {
  readonly source: SettingSource;
  /** Only the keys that this source has a value for, each checked and normalised. */
  values(): Partial<Settings>;
  /** Whether a weaker source, the employee above all, must not change this value. */
  isLocked(key: SettingKey): boolean;
}
