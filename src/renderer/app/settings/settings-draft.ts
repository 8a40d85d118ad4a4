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
import {
  modeForbidden,
  proxiesForbidden,
  serverForbidden,
  type Limits,
} from '../../../shared/settings/allowed.ts';
import { HttpProxy } from '../../../shared/settings/http-proxy.ts';

/** The HTTP proxy while it is edited: what was typed for one mode waits while another is chosen. */
export interface HttpProxyDraft {
  mode: HttpProxy['mode'];
  server: string;
  bypass: string;
  url: string;
}

/** The settings of the screen while they are edited: text as typed. */
export interface SettingsDraft {
  signalingBaseUrl: string;
  preferredProtocol: PreferredProtocol;
  standbyPath: boolean;
  serverUrl: string;
  httpProxy: HttpProxyDraft;
  displayName: string;
  appearance: Settings['appearance'];
  diagnostics: Settings['diagnostics'];
}
export type DraftKey = keyof SettingsDraft;
export type DraftProblems = Partial<Record<SettingKey, string>>;

export function draftOf(values: Settings): SettingsDraft {
  const { preferredProtocol, standbyPath, serverUrl, displayName, appearance, diagnostics } =
    values;
  return {
    ...{ preferredProtocol, standbyPath, serverUrl, displayName, appearance, diagnostics },
    signalingBaseUrl: values.signalingBaseUrl.map(shortProxy).join('\n'),
    httpProxy: httpProxyDraftOf(values.httpProxy),
  };
}

export const DEFAULT_DRAFT: SettingsDraft = draftOf(DEFAULT_SETTINGS);
const DRAFT_KEYS = Object.keys(DEFAULT_DRAFT) as DraftKey[];

/** Hosts as typed: one per line, or separated by commas. Empty ones do not count. */
export function splitHosts(text: string): string[] {
  return text
    .split(/[\n,;]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What is wrong with each field, or forbidden by IT; no key when nothing is. */
export function problemsOf(draft: SettingsDraft, limits: Limits = DEFAULT_SETTINGS): DraftProblems {
  const problems = {
    signalingBaseUrl: proxiesProblem(draft.signalingBaseUrl, limits),
    preferredProtocol: modeForbidden(limits, draft.preferredProtocol)?.message,
    serverUrl: serverProblem(draft.serverUrl, limits),
    httpProxy: httpProxyProblem(draft.httpProxy)?.problem,
    displayName: nameProblem(draft.displayName),
  };
  return Object.fromEntries(
    Object.entries(problems).filter(([, problem]) => problem !== undefined),
  );
}

function proxiesProblem(text: string, limits: Limits): string | undefined {
  const proxies = splitHosts(text);
  const results = proxies.map((host) => parseSignalingBaseUrl(host));
  const badAt = results.findIndex(({ ok }) => !ok);
  const bad = results[badAt];
  if (bad && !bad.ok) return (proxies.length > 1 ? `Line ${badAt + 1}: ` : '') + bad.problem;
  const list = Settings.shape.signalingBaseUrl.safeParse(proxies);
  if (!list.success) return list.error.issues[0]?.message ?? '';
  return proxiesForbidden(limits, list.data)?.message;
}

function serverProblem(text: string, limits: Limits): string | undefined {
  const server = parseServerUrl(text);
  return server.ok ? serverForbidden(limits, server.endpoint.httpOrigin)?.message : server.problem;
}

function nameProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const name = DisplayName.safeParse(text);
  return name.success ? undefined : name.error.issues[0]?.message;
}

/** What is wrong with the HTTP proxy, and in which of its fields. */
export function httpProxyProblem(
  draft: HttpProxyDraft,
): { part: 'server' | 'bypass' | 'url'; problem: string } | undefined {
  const result = HttpProxy.safeParse(httpProxyOf(draft));
  const issue = result.error?.issues[0];
  if (!issue) return undefined;
  const [part, index] = issue.path;
  const entry = typeof index === 'number' ? `Line ${index + 1}: ` : '';
  return {
    part: part === 'bypass' || part === 'url' ? part : 'server',
    problem: entry + issue.message,
  };
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
  const patch: Record<string, unknown> = {};
  for (const key of DRAFT_KEYS) {
    const { source, locked } = settings.provenance[key];
    if (reset.has(key)) {
      if (source === 'user') patch[key] = null;
    } else if (!locked && !isSame(key, draft, before)) {
      patch[key] = storedOf(key, draft);
    }
  }
  return patch;
}

/** Whether two drafts mean the same in one field. */
export function isSame(key: DraftKey, a: SettingsDraft, b: SettingsDraft): boolean {
  return JSON.stringify(storedOf(key, a)) === JSON.stringify(storedOf(key, b));
}

/** Fields that were not edited follow the new values; edited ones stay as typed. */
export function rebase(
  draft: SettingsDraft,
  before: SettingsDraft,
  now: SettingsDraft,
): SettingsDraft {
  return Object.fromEntries(
    DRAFT_KEYS.map((key) => [key, (isSame(key, draft, before) ? now : draft)[key]]),
  ) as unknown as SettingsDraft;
}

/** A field as it is stored, not checked yet. */
function storedOf(key: DraftKey, draft: SettingsDraft): unknown {
  switch (key) {
    case 'signalingBaseUrl':
      return splitHosts(draft.signalingBaseUrl);
    case 'displayName':
      return draft.displayName.trim();
    case 'httpProxy':
      return httpProxyOf(draft.httpProxy);
    default:
      return draft[key];
  }
}

function httpProxyOf({ mode, server, bypass, url }: HttpProxyDraft): unknown {
  if (mode === 'manual') return { mode, server, bypass: splitHosts(bypass) };
  return mode === 'pac' ? { mode, url } : { mode };
}

function httpProxyDraftOf(proxy: HttpProxy): HttpProxyDraft {
  const empty = { server: '', bypass: '', url: '' };
  switch (proxy.mode) {
    case 'manual': {
      const server = proxy.server.replace(/^http:\/\//, '');
      return { ...empty, mode: 'manual', server, bypass: proxy.bypass.join('\n') };
    }
    case 'pac':
      return { ...empty, ...proxy };
    default:
      return { ...empty, mode: proxy.mode };
  }
}

/** `https://proxy.example.com` is `proxy.example.com` to a person; plain http stays visible. */
function shortProxy(origin: string): string {
  return origin.replace(/^https:\/\//, '');
}
