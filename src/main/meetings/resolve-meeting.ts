import type { Meeting } from '../../shared/ipc.ts';
import { parseMeetingLink } from '../../shared/meeting-link.ts';
import type { EffectiveSettings } from '../../shared/settings.ts';
import { callForbidden } from '../../shared/settings/allowed.ts';

export type ResolvedMeeting =
  | { status: 'ready'; meeting: Meeting }
  | { status: 'invalid'; problem: string }
  /** The policy forbids it. */
  | { status: 'refused'; problem: string; forIt: string };

/**
 * A meeting link or name under the settings and the policy in force. The link may name its own room
 * server, if the policy allows that one; which proxies and protocol are used is never up to a link.
 */
export function resolveMeeting(
  input: string,
  { values, policy }: Pick<EffectiveSettings, 'values' | 'policy'>,
): ResolvedMeeting {
  const parsed = parseMeetingLink(input);
  if (!parsed.ok) return { status: 'invalid', problem: parsed.problem };
  const { roomId, serverUrl = values.serverUrl, token } = parsed.link;
  const meeting = {
    roomId,
    ...(token === undefined ? {} : { token }),
    serverUrl,
    preferredProtocol: values.preferredProtocol,
    signalingBaseUrl: values.signalingBaseUrl,
  };
  const refusal = policy.callsRefused ?? callForbidden(values, meeting);
  return refusal
    ? { status: 'refused', problem: refusal.message, forIt: refusal.forIt }
    : { status: 'ready', meeting };
}
