import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { SETTING_KEYS, Settings } from '../../../shared/settings.ts';
import type { SourceValues } from '../source.ts';
import type { SettingsFile } from '../user-settings.ts';

/** A policy that was read without an error, as it is kept for worse days. */
export interface KnownPolicy {
  values: SourceValues;
  hash: string;
  /** When it was first read, ms since 1970. */
  since: number;
  /** Places that must not vanish, see {@link PolicyReading.needed}. */
  needed: string[];
}

/** In the user's own folder. */
export const LAST_GOOD_FILE_NAME = 'last-good-policy';

const Kept = z.object({
  hash: z.string(),
  since: z.number(),
  needed: z.array(z.string()),
  values: z.record(
    z.string(),
    z.object({ value: z.unknown(), origin: z.string().optional(), locked: z.boolean() }),
  ),
});

/**
 * The last good policy of each place, kept in the user's own folder with its hash: what was damaged
 * there, or does not fit this version any more, is as good as unknown.
 */
export class LastGood {
  readonly #file: SettingsFile;

  constructor(file: SettingsFile) {
    this.#file = file;
  }

  /** @param name Of the place. */
  read(name: string): KnownPolicy | undefined {
    const kept = Kept.safeParse(this.#file.store[name]);
    if (!kept.success) return undefined;
    const values: SourceValues = {};
    for (const key of SETTING_KEYS) {
      const entry = kept.data.values[key];
      if (!entry) continue;
      const parsed = Settings.shape[key].safeParse(entry.value);
      if (!parsed.success) return undefined;
      const { origin, locked } = entry;
      Object.assign(values, { [key]: { value: parsed.data, origin, locked } });
    }
    const isWhole = hashOf(values) === kept.data.hash;
    const { hash, since, needed } = kept.data;
    return isWhole ? { values, hash, since, needed } : undefined;
  }

  /** Keeps a policy; does nothing when it is the one that is kept already. */
  keep(name: string, policy: KnownPolicy): void {
    const kept = this.read(name);
    if (kept?.hash === policy.hash && isDeepStrictEqual(kept.needed, policy.needed)) return;
    this.#file.store = { ...this.#file.store, [name]: policy };
  }

  forget(name: string): void {
    const { [name]: forgotten, ...others } = this.#file.store;
    if (forgotten !== undefined) this.#file.store = others;
  }
}

/** SHA-256 over keys, values and locks: the same wherever the policy came from. */
export function hashOf(values: SourceValues): string {
  const entries = SETTING_KEYS.flatMap((key) => {
    const entry = values[key];
    return entry ? [[key, entry.value, entry.locked]] : [];
  });
  return createHash('sha256').update(JSON.stringify(entries)).digest('hex');
}
