import { parseServerUrl, parseSignalingBaseUrl } from '../../../shared/endpoint.ts';
import { DisplayName } from '../../../shared/meeting-link.ts';
import type { PreferredProtocol } from '../../../shared/protocol.ts';
import {
  DEFAULT_SETTINGS,
  Settings,
  type EffectiveSettings,
  type SettingKey,
  type SettingsPatch,
} from '../../../shared/settings.ts';

/** The settings of the screen while they are edited: text as typed. */
export interface SettingsDraft {
  signalingBaseUrl: string;
  preferredProtocol: PreferredProtocol;
  serverUrl: string;
  displayName: string;
  appearance: Settings['appearance'];
}
export type DraftKey = keyof SettingsDraft;
export type DraftProblems = Partial<Record<SettingKey, string>>;

export function draftOf(values: Settings): SettingsDraft {
  return {
    signalingBaseUrl: values.signalingBaseUrl.map(shortProxy).join('\n'),
    preferredProtocol: values.preferredProtocol,
    serverUrl: values.serverUrl,
    displayName: values.displayName,
    appearance: values.appearance,
  };
}

export const DEFAULT_DRAFT: SettingsDraft = draftOf(DEFAULT_SETTINGS);

/** Hosts as typed: one per line, or separated by commas. Empty ones do not count. */
export function splitProxies(text: string): string[] {
  return text
    .split(/[\n,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What is wrong with each field; no key when nothing is. */
export function problemsOf(draft: SettingsDraft): DraftProblems {
  const problems: DraftProblems = {};
  const proxies = splitProxies(draft.signalingBaseUrl);
  const bad = proxies
    .map((host, index) => ({ index, result: parseSignalingBaseUrl(host) }))
    .find(({ result }) => !result.ok);
  if (bad && !bad.result.ok) {
    const line = proxies.length > 1 ? `Line ${bad.index + 1}: ` : '';
    problems.signalingBaseUrl = line + bad.result.problem;
  } else {
    const list = Settings.shape.signalingBaseUrl.safeParse(proxies);
    if (!list.success) problems.signalingBaseUrl = list.error.issues[0]?.message ?? '';
  }
  const server = parseServerUrl(draft.serverUrl);
  if (!server.ok) problems.serverUrl = server.problem;
  if (draft.displayName.trim() !== '') {
    const name = DisplayName.safeParse(draft.displayName);
    if (!name.success) problems.displayName = name.error.issues[0]?.message ?? '';
  }
  return problems;
}

/**
 * What differs from what is in force, ready to be stored; locked fields never.
 * @param reset Fields that were reset and not edited since: forgotten where the employee has set
 *   them. Storing the default instead would keep it when the default changes.
 */
export function patchOf(
  draft: SettingsDraft,
  settings: EffectiveSettings,
  reset: ReadonlySet<DraftKey> = new Set(),
): SettingsPatch {
  const before = draftOf(settings.values);
  const isOwn = (key: DraftKey): boolean => settings.provenance[key].source === 'user';
  const changed = (key: DraftKey): boolean =>
    draft[key] !== before[key] && !settings.provenance[key].locked && !reset.has(key);
  return {
    ...Object.fromEntries([...reset].filter(isOwn).map((key) => [key, null])),
    ...(changed('signalingBaseUrl') && { signalingBaseUrl: splitProxies(draft.signalingBaseUrl) }),
    ...(changed('preferredProtocol') && { preferredProtocol: draft.preferredProtocol }),
    ...(changed('serverUrl') && { serverUrl: draft.serverUrl }),
    ...(changed('displayName') && { displayName: draft.displayName.trim() }),
    ...(changed('appearance') && { appearance: draft.appearance }),
  };
}

/** `https://proxy.example.com` is `proxy.example.com` to a person; plain http stays visible. */
function shortProxy(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}
