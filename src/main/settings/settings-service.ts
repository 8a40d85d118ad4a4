import { isDeepStrictEqual } from 'node:util';
import type { SettingsUpdateResult } from '../../shared/ipc.ts';
import {
  Settings,
  SETTING_KEYS,
  settingInfo,
  type EffectiveSettings,
  type PolicyChange,
  type SettingKey,
  type SettingProblem,
} from '../../shared/settings.ts';
import { NO_POLICY, type PolicyStatus } from '../../shared/settings/policy-status.ts';
import { flagOf } from '../command-line.ts';
import { messageOf } from '../error-message.ts';
import { explainSetting } from './explain.ts';
import { changedKeys, mergeSettings } from './merge.ts';
import type { SettingsSource } from './source.ts';
import { tightenedKeys } from './tightened.ts';
import type { UserSettings } from './user-settings.ts';

/** The policy as the service needs it. */
export interface PolicySource extends SettingsSource {
  status(): PolicyStatus;
}

export interface SettingsSources {
  managed?: PolicySource;
  commandLine?: SettingsSource;
  user: UserSettings;
  /** This computer's own addresses. */
  addresses?: () => readonly string[];
}

/** The settings in force, and the one way to change them. */
export class SettingsService {
  readonly #sources: SettingsSources;
  readonly #listeners = new Set<(settings: EffectiveSettings) => void>();
  readonly #policyListeners = new Set<(change: PolicyChange) => void>();
  #refusal: PolicyStatus['callsRefused'];
  #effective: EffectiveSettings;

  constructor(sources: SettingsSources) {
    this.#sources = sources;
    this.#effective = this.#merge();
  }

  get effective(): EffectiveSettings {
    return this.#effective;
  }

  onChanged(listener: (settings: EffectiveSettings) => void): void {
    this.#listeners.add(listener);
  }

  /** Told after {@link onChanged}, when IT (or another network) has changed a value in force. */
  onPolicyChanged(listener: (change: PolicyChange) => void): void {
    this.#policyListeners.add(listener);
  }

  /**
   * No call is possible from now on, since what the settings ask for is not so; undefined: it is.
   * A refusal by the policy comes first.
   */
  refuseCalls(refusal: PolicyStatus['callsRefused']): void {
    this.#refusal = refusal;
    this.#apply(this.#merge());
  }

  /** After a change from outside: of the policy, or of the network that this computer is in. */
  refresh(): void {
    const before = this.#effective;
    if (!this.#apply(this.#merge())) return;
    const changed = changedKeys(before.values, this.#effective.values);
    if (changed.length === 0) return;
    const tightened = tightenedKeys(before, this.#effective);
    for (const listener of this.#policyListeners) listener({ changed, tightened });
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
      const lock = this.#whyLocked(key);
      if (value === null) {
        if (lock !== undefined) problems.push({ key, problem: lock });
        else forgotten.push(key);
        continue;
      }
      const parsed = Settings.shape[key].safeParse(value);
      if (!parsed.success) {
        problems.push({ key, problem: explainSetting(parsed.error, value) });
      } else if (isDeepStrictEqual(parsed.data, this.#effective.values[key]) && lock) {
        continue;
      } else {
        const problem = lock ?? this.#whyForbidden(key, parsed.data);
        if (problem !== undefined) problems.push({ key, problem });
        else Object.assign(values, { [key]: parsed.data });
      }
    }
    if (problems.length > 0) return { status: 'refused', problems };
    return this.#save(values, forgotten);
  }

  #save(values: Partial<Settings>, forgotten: readonly SettingKey[]): SettingsUpdateResult {
    const keys = [...Object.keys(values).filter(isSettingKey), ...forgotten];
    if (keys.length === 0) return { status: 'saved', settings: this.#effective };
    try {
      this.#sources.user.save(values, forgotten);
    } catch (error) {
      const problem = messageOf(error);
      return { status: 'refused', problems: keys.map((key) => ({ key, problem })) };
    }
    this.#apply(this.#merge());
    return { status: 'saved', settings: this.#effective };
  }

  #merge(): EffectiveSettings {
    const { managed, commandLine, user, addresses } = this.#sources;
    const merged = mergeSettings({
      managed: managed?.values() ?? {},
      commandLine: commandLine?.values() ?? {},
      user: user.values(),
      addresses: addresses?.() ?? [],
    });
    const policy = managed?.status() ?? NO_POLICY;
    const callsRefused = policy.callsRefused ?? this.#refusal;
    return { ...merged, policy: { ...policy, ...(callsRefused && { callsRefused }) } };
  }

  /** Returns whether anything is another now. */
  #apply(effective: EffectiveSettings): boolean {
    if (isDeepStrictEqual(this.#effective, effective)) return false;
    this.#effective = effective;
    for (const listener of this.#listeners) listener(effective);
    return true;
  }

  #whyLocked(key: SettingKey): string | undefined {
    const { locked, source, origin } = this.#effective.provenance[key];
    if (settingInfo(key).setBy === 'it') return 'Only your organization’s IT can set this.';
    if (!locked) return undefined;
    return source === 'command-line'
      ? `This is set for this run by ${origin ?? flagOf(key) ?? 'the command line'}. Start Causeway without that flag to change it.`
      : 'Your organization has set this and it cannot be changed here.';
  }

  /** Asks the merge itself: what it would not put in force is not worth storing. */
  #whyForbidden(key: SettingKey, value: unknown): string | undefined {
    const { managed, addresses } = this.#sources;
    const { provenance } = mergeSettings({
      managed: managed?.values() ?? {},
      commandLine: {},
      user: { [key]: { value, origin: undefined, locked: false } },
      addresses: addresses?.() ?? [],
    });
    return provenance[key].losers.find(
      ({ source, why }) => source === 'user' && why === 'not-allowed',
    )?.problem;
  }
}

function isSettingKey(key: string): key is SettingKey {
  return (SETTING_KEYS as string[]).includes(key);
}
