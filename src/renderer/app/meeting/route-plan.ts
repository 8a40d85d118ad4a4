import type { MeetingLinkResult } from '../../../shared/meeting-link.ts';
import type { PreferredProtocol } from '../../../shared/protocol.ts';
import type { Settings } from '../../../shared/settings.ts';

/** Where a call will go, before it goes there. Hosts as people know them: no scheme. */
export interface RoutePlan {
  server: string;
  /** The first Cloud Proxy; undefined = direct. */
  proxy: string | undefined;
  /** Proxies after the first. */
  otherProxies: number;
  mode: PreferredProtocol;
}

/** What the settings in force and the entered link (if it is one) amount to. */
export function routePlanOf(
  settings: Pick<Settings, 'serverUrl' | 'signalingBaseUrl' | 'preferredProtocol'>,
  link: MeetingLinkResult,
): RoutePlan {
  const server = (link.ok && link.link.serverUrl) || settings.serverUrl;
  const [first, ...others] = settings.signalingBaseUrl;
  return {
    server: hostOf(server),
    proxy: first === undefined ? undefined : hostOf(first),
    otherProxies: others.length,
    mode: settings.preferredProtocol,
  };
}

export function hostOf(origin: string): string {
  return URL.parse(origin)?.host || origin;
}
