import { SETTINGS_VERSION } from '../../shared/settings.ts';

/** What a settings file holds, whatever its version. */
export type StoredValues = Readonly<Record<string, unknown>>;

/** Takes the values of one version to the next; keys that it does not know stay as they are. */
export type Migration = (values: StoredValues) => StoredValues;

/**
 * From version 1 to 2, from 2 to 3, and so on: when the form of a stored value changes, its step is
 * added here and SETTINGS_VERSION goes up by one. Steps are never changed or taken away: somebody
 * starts Causeway again after years.
 */
export const MIGRATIONS: readonly Migration[] = [];

/** The version that this program writes. */
export function currentVersion(migrations: readonly Migration[] = MIGRATIONS): number {
  return migrations === MIGRATIONS ? SETTINGS_VERSION : migrations.length + 1;
}

/**
 * Brings stored values up to the current version, step by step.
 * @param from Their version, at most the current one.
 */
export function migrate(
  values: StoredValues,
  from: number,
  migrations: readonly Migration[] = MIGRATIONS,
): StoredValues {
  const migrated = migrations.slice(from - 1).reduce((at, step) => step(at), values);
  return { ...migrated, version: currentVersion(migrations) };
}
