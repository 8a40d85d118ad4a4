import { isDeepStrictEqual } from 'node:util';
import {
  DEFAULT_SETTINGS,
  SETTING_KEYS,
  settingInfo,
  type Loser,
  type Provenance,
  type SettingKey,
  type Settings,
  type SettingSource,
} from '../../shared/settings.ts';
import {
  modeForbidden,
  proxiesForbidden,
  serverForbidden,
  type Limits,
} from '../../shared/settings/allowed.ts';
import { regionOf } from './region.ts';
import type { SourceValue, SourceValues } from './source.ts';

/** What the sources say, each checked and normalised. */
export interface SettingsInput {
  managed: SourceValues;
  commandLine: SourceValues;
  user: SourceValues;
  /** This computer's own addresses, for the proxies by region. */
  addresses: readonly string[];
}

export interface MergedSettings {
  values: Settings;
  provenance: Record<SettingKey, Provenance>;
}

interface Candidate {
  source: SettingSource;
  entry: SourceValue;
}

/**
 * Every setting from the strongest source that has an allowed value for it: a value that IT locks,
 * the command line, the employee, a value that IT suggests, the default. What only IT sets comes
 * from IT or is the default.
 */
export function mergeSettings(input: SettingsInput): MergedSettings {
  const values: Settings = { ...DEFAULT_SETTINGS };
  const provenance = {} as MergedSettings['provenance'];
  const { managed } = input;
  for (const key of SETTING_KEYS) {
    // The limits first: they are settings of IT's own and limited by nothing.
    if (settingInfo(key).setBy === 'it') settle(key, itsOwn(key, managed), undefined);
  }
  for (const key of SETTING_KEYS) {
    if (settingInfo(key).setBy === 'it') continue;
    const candidates = [...forced(key, values, input), ...inOrder(key, input)];
    settle(key, candidates, values, lastResort(key, values, managed));
  }
  return { values, provenance };

  function settle(
    key: SettingKey,
    candidates: readonly Candidate[],
    limits: Limits | undefined,
    otherwise?: Candidate,
  ): void {
    const refusals = candidates.map(({ entry }) => limits && forbidden(key, entry.value, limits));
    const winnerAt = refusals.findIndex((refusal) => refusal === undefined);
    const winner = candidates[winnerAt] ?? otherwise;
    const locked = winner?.entry.locked ?? false;
    if (winner) Object.assign(values, { [key]: winner.entry.value });
    provenance[key] = {
      source: winner?.source ?? 'default',
      ...(winner?.entry.origin !== undefined && { origin: winner.entry.origin }),
      locked,
      losers: candidates.flatMap((candidate, index): Loser[] => {
        if (index === winnerAt) return [];
        const problem = refusals[index];
        const { source, entry } = candidate;
        return [
          {
            source,
            ...(entry.origin !== undefined && { origin: entry.origin }),
            value: entry.value,
            ...(problem === undefined
              ? { why: locked && winner?.source === 'managed' ? 'locked' : 'weaker' }
              : { why: 'not-allowed', problem }),
          },
        ];
      }),
    };
  }
}

function itsOwn(key: SettingKey, managed: SourceValues): Candidate[] {
  const entry = managed[key];
  return entry ? [{ source: 'managed', entry: { ...entry, locked: true } }] : [];
}

function inOrder(key: SettingKey, input: SettingsInput): Candidate[] {
  const byIt = input.managed[key];
  const candidates: Candidate[] = [];
  const add = (source: SettingSource, entry: SourceValue | undefined): void => {
    if (entry) candidates.push({ source, entry });
  };
  if (byIt?.locked === true) add('managed', byIt);
  add('command-line', input.commandLine[key]);
  add('user', input.user[key]);
  if (byIt?.locked === false) add('managed', byIt);
  return candidates;
}

/** What follows from other settings of IT's, and leaves no choice. */
function forced(
  key: SettingKey,
  limits: Settings,
  { managed, addresses }: SettingsInput,
): Candidate[] {
  const byIt = (value: unknown, origin: string | undefined): Candidate[] => [
    { source: 'managed', entry: { value, origin, locked: true } as SourceValue },
  ];
  const [mode, ...otherModes] = limits.allowedModes;
  if (key === 'preferredProtocol' && otherModes.length === 0) {
    return byIt(mode, managed.allowedModes?.origin);
  }
  if (key === 'updates' && limits.disableUpdates) {
    return byIt('off', managed.disableUpdates?.origin);
  }
  if (key === 'signalingBaseUrl') {
    const region = regionOf(limits.proxiesByRegion, addresses);
    const origin = managed.proxiesByRegion?.origin ?? '';
    if (region) return byIt(region.signalingBaseUrl, `region “${region.name}” in ${origin}`);
  }
  return [];
}

/** Where nobody has set anything that is allowed and the default is not either. */
function lastResort(
  key: SettingKey,
  limits: Settings,
  managed: SourceValues,
): Candidate | undefined {
  const [mode] = limits.allowedModes;
  if (key !== 'preferredProtocol' || mode === undefined) return undefined;
  if (!modeForbidden(limits, DEFAULT_SETTINGS.preferredProtocol)) return undefined;
  const entry = { value: mode, origin: managed.allowedModes?.origin, locked: false };
  return { source: 'managed', entry };
}

/** Why the limits forbid a value; undefined when they do not. */
function forbidden(key: SettingKey, value: unknown, limits: Limits): string | undefined {
  switch (key) {
    case 'serverUrl':
      return serverForbidden(limits, value as Settings['serverUrl'])?.message;
    case 'signalingBaseUrl':
      return proxiesForbidden(limits, value as Settings['signalingBaseUrl'])?.message;
    case 'preferredProtocol':
      return modeForbidden(limits, value as Settings['preferredProtocol'])?.message;
    default:
      return undefined;
  }
}

/** Settings whose values differ. */
export function changedKeys(before: Settings, after: Settings): SettingKey[] {
  return SETTING_KEYS.filter((key) => !isDeepStrictEqual(before[key], after[key]));
}
