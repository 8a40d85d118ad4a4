import { isDeepStrictEqual } from 'node:util';
import {
  settingInfo,
  type EffectiveSettings,
  type SettingKey,
  type Settings,
} from '../../shared/settings.ts';
import { changedKeys } from './merge.ts';

/** What a value in force forbids; less of it is more freedom. */
type IsTighter<K extends SettingKey> = (before: Settings[K], after: Settings[K]) => boolean;

/** A list of what is allowed: tighter when something is not on it any more. */
function loses<T>(before: readonly T[], after: readonly T[]): boolean {
  return before.some((entry) => !after.includes(entry));
}

const comesOn = (before: boolean, after: boolean): boolean => after && !before;

/**
 * The settings that forbid something, and how to see that they forbid more than before. In doubt a
 * change is tighter: it then counts at once, and a call that is still allowed does not notice.
 */
const FORBIDDING: { [K in SettingKey]?: IsTighter<K> } = {
  allowedServers: loses,
  allowedProxies: loses,
  allowedModes: loses,
  disableScreenSharing: comesOn,
  disableChat: comesOn,
  disableUpdates: comesOn,
  // A call must not go on past the proxies that IT wants it to go through, or with a forbidden mode.
  signalingBaseUrl: (before, after) => after.length > 0 && !isDeepStrictEqual(before, after),
  // Nor by another way than the one that IT leads its traffic.
  httpProxy: (before, after) => !isDeepStrictEqual(before, after),
  preferredProtocol: (_before, after) => after !== 'UDP_OVER_TCP',
  displayNameDomain: (_before, after) => after !== '',
  extraCaCertificates: loses,
};

/** Of the settings whose value in force IT has changed, those that forbid more than before. */
export function tightenedKeys(
  before: Pick<EffectiveSettings, 'values'>,
  after: Pick<EffectiveSettings, 'values' | 'provenance'>,
): SettingKey[] {
  return changedKeys(before.values, after.values).filter((key) => {
    // What the employee may change back forbids nothing.
    if (settingInfo(key).setBy === 'everyone' && !after.provenance[key].locked) return false;
    const isTighter = FORBIDDING[key] as ((a: unknown, b: unknown) => boolean) | undefined;
    return isTighter?.(before.values[key], after.values[key]) ?? false;
  });
}
