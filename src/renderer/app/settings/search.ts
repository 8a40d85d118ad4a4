import { settingInfo, type Provenance, type SettingKey } from '../../../shared/settings.ts';
import { sourceText } from './text.ts';

/**
 * Whether a setting is what somebody looks for: every word stands in its title, its hint, its name
 * in managed files, where its value comes from, or in what it can be set to.
 */
export function matchesSearch(
  query: string,
  key: SettingKey,
  provenance: Pick<Provenance, 'source' | 'locked'>,
  more: readonly string[] = [],
): boolean {
  const { title, hint } = settingInfo(key);
  const text = [title, hint, key, sourceText(provenance), ...more].join(' ').toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
