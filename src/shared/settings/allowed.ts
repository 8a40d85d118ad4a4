import {
  parseServerUrl,
  parseSignalingBaseUrl,
  type Endpoint,
  type EndpointResult,
} from '../endpoint.ts';
import type { PreferredProtocol } from '../protocol.ts';
import { DIRECT, type SettingKey, type Settings } from './definitions.ts';
import { isHostAllowed } from './host-pattern.ts';

/**
 * What a company's policy forbids, as pure functions: main asks before a meeting is opened and for
 * every value it merges, and the call asks again whenever the policy changes.
 */

/** The settings that forbid something. */
export type Limits = Pick<Settings, 'allowedServers' | 'allowedProxies' | 'allowedModes'>;

/** Why a policy forbids something: for the employee and for IT. */
export interface Forbidden {
  key: SettingKey;
  message: string;
  forIt: string;
}

/** What a call needs of its settings. */
export interface CallRoute {
  serverUrl: string;
  /** Empty = direct. */
  signalingBaseUrl: readonly string[];
  preferredProtocol: PreferredProtocol;
}

/** Why the policy forbids this meeting server, or undefined. */
export function serverForbidden(limits: Limits, serverUrl: string): Forbidden | undefined {
  const endpoint = unwrap(parseServerUrl(serverUrl));
  if (endpoint && isHostAllowed(limits.allowedServers, endpoint)) return undefined;
  return {
    key: 'allowedServers',
    message: `Your organization does not allow meetings on ${hostOf(serverUrl)}.`,
    forIt: `${hostOf(serverUrl)} is not among allowedServers (${limits.allowedServers.join(', ')}).`,
  };
}

/** Why the policy forbids this list of Cloud Proxies (empty = direct), or undefined. */
export function proxiesForbidden(
  limits: Limits,
  signalingBaseUrl: readonly string[],
): Forbidden | undefined {
  const { allowedProxies } = limits;
  if (signalingBaseUrl.length === 0) {
    if (allowedProxies.includes(DIRECT)) return undefined;
    return {
      key: 'allowedProxies',
      message: 'Your organization allows calls through its Cloud Proxy only, and none is set.',
      forIt: `signalingBaseUrl is empty, and “${DIRECT}” is not among allowedProxies (${allowedProxies.join(', ')}).`,
    };
  }
  const hosts = allowedProxies.filter((pattern) => pattern !== DIRECT);
  const bad = signalingBaseUrl.find((address) => {
    const endpoint = unwrap(parseSignalingBaseUrl(address));
    return !endpoint || !isHostAllowed(hosts, endpoint);
  });
  if (bad === undefined) return undefined;
  return {
    key: 'allowedProxies',
    message: `Your organization does not allow the Cloud Proxy ${hostOf(bad)}.`,
    forIt: `${hostOf(bad)} is not among allowedProxies (${allowedProxies.join(', ')}).`,
  };
}

/** Why the policy forbids this protocol, or undefined. */
export function modeForbidden(limits: Limits, mode: PreferredProtocol): Forbidden | undefined {
  if (limits.allowedModes.includes(mode)) return undefined;
  return {
    key: 'allowedModes',
    message: `Your organization does not allow the protocol ${mode}.`,
    forIt: `${mode} is not among allowedModes (${limits.allowedModes.join(', ')}).`,
  };
}

/** Why the policy forbids a call on this route, or undefined. */
export function callForbidden(limits: Limits, call: CallRoute): Forbidden | undefined {
  return (
    serverForbidden(limits, call.serverUrl) ??
    proxiesForbidden(limits, call.signalingBaseUrl) ??
    modeForbidden(limits, call.preferredProtocol)
  );
}

/** Longest name that others see, as the servers take it. */
const MAX_NAME = 60;

/** A name as it is used in calls: with the company's domain behind it where IT wants that. */
export function nameInCalls(name: string, domain: string): string {
  if (domain === '') return name;
  const suffix = ` (${domain})`;
  const bare = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
  const cut = bare.slice(0, MAX_NAME - suffix.length);
  // Not in the middle of a character that takes two code units.
  return cut.replace(/[\ud800-\udbff]$/, '').trimEnd() + suffix;
}

function unwrap(result: EndpointResult): Endpoint | undefined {
  return result.ok ? result.endpoint : undefined;
}

function hostOf(origin: string): string {
  return URL.parse(origin)?.host ?? origin;
}
