import type { SettingKey, Settings, SettingSource } from '../../shared/settings.ts';

/** One value that a source has: checked and normalised. */
export interface SourceValue<K extends SettingKey = SettingKey> {
  value: Settings[K];
  /** The file, key or flag that holds it, for people. */
  origin: string | undefined;
  /** Whether weaker sources, the employee above all, must not change it. */
  locked: boolean;
}

/** Only the keys that a source has a value for. */
export type SourceValues = { [K in SettingKey]?: SourceValue<K> };

/**
 * One place that settings come from. A source says what it knows and nothing about the others:
 * merge.ts puts them in order.
 */
export interface SettingsSource {
  readonly source: Exclude<SettingSource, 'default'>;
  values(): SourceValues;
}
