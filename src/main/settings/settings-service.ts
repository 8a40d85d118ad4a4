import { isDeepStrictEqual } from 'node:util';
import type { SettingsUpdateResult } from '../../shared/ipc.ts';
import {
  Settings,
  SETTING_KEYS,
  type EffectiveSettings,
  type SettingKey,
  type SettingProblem,
} from '../../shared/settings.ts';
import { flagOf } from '../command-line.ts';
import { explainSetting } from './explain.ts';
import { mergeSettings } from './merge.ts';
import type { SettingsSource } from './source.ts';
import type { UserSettings } from './user-settings.ts';

/** The settings in force, and the one way to change them. */
export class SettingsService {
  readonly #sources: readonly SettingsSource[];
  readonly #user: UserSettings;
  readonly #listeners = new Set<(settings: EffectiveSettings) => void>();
  #effective: EffectiveSettings;

  /** @param others Every source but the employee's own. */
  constructor(user: UserSettings, others: readonly SettingsSource[]) {
    this.#user = user;
    this.#sources = [user, ...others];
    this.#effective = mergeSettings(this.#sources);
  }

  get effective(): EffectiveSettings {
    return this.#effective;
  }

  onChanged(listener: (settings: EffectiveSettings) => void): void {
    this.#listeners.add(listener);
  }

  /**
   * Stores all of the patch or, when a part of it is not valid or locked, nothing. null forgets what
   * the employee has set.
   * @throws {RangeError} a key that is no setting.
   */
  update(patch: Readonly<Record<string, unknown>>): SettingsUpdateResult {
    const problems: SettingProblem[] = [];
    const values: Partial<Settings> = {};
    const forgotten: SettingKey[] = [];
    for (const [key, value] of Object.entries(patch)) {
      if (!isSettingKey(key)) throw new RangeError(`There is no setting “${key}”.`);
      if (value === undefined) continue;
      const { locked } = this.#effective.provenance[key];
      if (value === null) {
        if (locked) problems.push({ key, problem: lockedSentence(key, this.#effective) });
        else forgotten.push(key);
        continue;
      }
      const parsed = Settings.shape[key].safeParse(value);
      if (!parsed.success) {
        problems.push({ key, problem: explainSetting(parsed.error) });
      } else if (!locked) {
        Object.assign(values, { [key]: parsed.data });
      } else if (!isDeepStrictEqual(parsed.data, this.#effective.values[key])) {
        problems.push({ key, problem: lockedSentence(key, this.#effective) });
      }
    }
    if (problems.length > 0) return { status: 'refused', problems };
    return this.#save(values, forgotten);
  }

  #save(values: Partial<Settings>, forgotten: readonly SettingKey[]): SettingsUpdateResult {
    const keys = [...Object.keys(values).filter(isSettingKey), ...forgotten];
    if (keys.length === 0) return { status: 'saved', settings: this.#effective };
    try {
      this.#user.save(values, forgotten);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return { status: 'refused', problems: keys.map((key) => ({ key, problem })) };
    }
    const before = this.#effective;
    this.#effective = mergeSettings(this.#sources);
    if (!isDeepStrictEqual(before, this.#effective)) {
      for (const listener of this.#listeners) listener(this.#effective);
    }
    return { status: 'saved', settings: this.#effective };
  }
}

function isSettingKey(key: string): key is SettingKey {
  return (SETTING_KEYS as string[]).includes(key);
}

function lockedSentence(key: SettingKey, { provenance }: EffectiveSettings): string {
  return provenance[key].source === 'command-line'
    ? `This is set for this run by ${flagOf(key) ?? 'the command line'}. Start Causeway without that flag to change it.`
    : 'Your organisation has set this and it cannot be changed here.';
}
