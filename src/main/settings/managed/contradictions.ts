import {
  modeForbidden,
  proxiesForbidden,
  serverForbidden,
  type Forbidden,
  type Limits,
} from '../../../shared/settings/allowed.ts';
import { DEFAULT_SETTINGS, type SettingKey } from '../../../shared/settings.ts';
import type { SourceValues } from '../source.ts';

/** Values of a policy that its own limits forbid: the limits win, so they never count. */
export function contradictions(values: SourceValues): { key: SettingKey; problem: string }[] {
  const limits: Limits = {
    allowedServers: values.allowedServers?.value ?? DEFAULT_SETTINGS.allowedServers,
    allowedProxies: values.allowedProxies?.value ?? DEFAULT_SETTINGS.allowedProxies,
    allowedModes: values.allowedModes?.value ?? DEFAULT_SETTINGS.allowedModes,
  };
  const found: { key: SettingKey; problem: string }[] = [];
  const note = (key: SettingKey, forbidden: Forbidden | undefined): void => {
    if (forbidden)
      found.push({ key, problem: `The policy forbids its own value: ${forbidden.forIt}` });
  };
  const { serverUrl, signalingBaseUrl, preferredProtocol, proxiesByRegion } = values;
  if (serverUrl) note('serverUrl', serverForbidden(limits, serverUrl.value));
  if (signalingBaseUrl) note('signalingBaseUrl', proxiesForbidden(limits, signalingBaseUrl.value));
  if (preferredProtocol) note('preferredProtocol', modeForbidden(limits, preferredProtocol.value));
  for (const region of proxiesByRegion?.value ?? []) {
    note('proxiesByRegion', proxiesForbidden(limits, region.signalingBaseUrl));
  }
  const isDirectForbidden = proxiesForbidden(limits, []) !== undefined;
  if (isDirectForbidden && !signalingBaseUrl && !proxiesByRegion) {
    found.push({
      key: 'allowedProxies',
      problem:
        'Calls without a Cloud Proxy are forbidden and no Cloud Proxy is set: only employees who know one can call. Set signalingBaseUrl as well.',
    });
  }
  return found;
}
