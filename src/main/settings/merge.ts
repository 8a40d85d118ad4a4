import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  type EffectiveSettings,
  type SettingSource,
} from '../../shared/settings.ts';
import type { SettingsSource } from './source.ts';

/** Strongest first. */
const ORDER: readonly SettingSource[] = ['managed', 'command-line', 'user', 'default'];

/** Every setting from the strongest source that has it, with where it comes from. */
export function mergeSettings(sources: readonly SettingsSource[]): EffectiveSettings {
  const ordered = [...sources].sort((a, b) => ORDER.indexOf(a.source) - ORDER.indexOf(b.source));
  const read = ordered.map((source) => ({ source, values: source.values() }));
  const values: EffectiveSettings['values'] = { ...DEFAULT_SETTINGS };
  const provenance = {} as EffectiveSettings['provenance'];
  for (const key of SETTING_KEYS) {
    const strongest = read.find((entry) => entry.values[key] !== undefined);
    provenance[key] = {
      source: strongest?.source.source ?? 'default',
      locked: strongest?.source.isLocked(key) ?? false,
    };
    if (strongest) Object.assign(values, { [key]: strongest.values[key] });
  }
  return { values, provenance };
}
