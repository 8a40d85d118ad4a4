import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  type EffectiveSettings,
  type SettingSource,
} from '../../shared/settings.ts';
import { NO_POLICY } from '../../shared/settings/policy-status.ts';
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
    const [strongest, ...weaker] = read.filter((entry) => entry.values[key] !== undefined);
    const locked = strongest?.source.isLocked(key) ?? false;
    provenance[key] = {
      source: strongest?.source.source ?? 'default',
      locked,
      losers: weaker.map(({ source: { source }, values: { [key]: value } }) => ({
        source,
        value,
        why: locked ? 'locked' : 'weaker',
      })),
    };
    if (strongest) Object.assign(values, { [key]: strongest.values[key] });
  }
  return { values, provenance, policy: NO_POLICY };
}
