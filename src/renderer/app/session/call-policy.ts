import type { Meeting } from '../../../shared/ipc.ts';
import type { PreferredProtocol } from '../../../shared/protocol.ts';
import type { EffectiveSettings, PolicyChange } from '../../../shared/settings.ts';
import { callForbidden } from '../../../shared/settings/allowed.ts';

/** What a changed policy means to a call that is under way. */
export type PolicyVerdict =
  /** It goes on as it is; what has changed counts for the next one. */
  | { kind: 'later' }
  /** Its media may use less than before, from now on. */
  | { kind: 'restrict'; preferredProtocol: PreferredProtocol }
  /** It may not go on. */
  | { kind: 'forbid'; why: string };

/**
 * A policy that was tightened counts at once; one that allows more, or something else of the same,
 * counts for the next call.
 */
export function judgeCall(
  meeting: Meeting,
  { values, policy }: Pick<EffectiveSettings, 'values' | 'policy'>,
  { tightened }: Pick<PolicyChange, 'tightened'>,
): PolicyVerdict {
  if (policy.callsRefused) return { kind: 'forbid', why: policy.callsRefused.forIt };
  if (tightened.length === 0) return { kind: 'later' };
  const { preferredProtocol } = values;
  const refusal = callForbidden(values, { ...meeting, preferredProtocol });
  if (refusal) return { kind: 'forbid', why: refusal.forIt };
  // A proxy that was not there before: this call goes past it.
  if (tightened.includes('signalingBaseUrl') && goesPast(meeting, values.signalingBaseUrl)) {
    return { kind: 'forbid', why: 'signalingBaseUrl names another way out than this call takes.' };
  }
  // What is connected would go on by the way that it took.
  if (tightened.includes('httpProxy')) {
    return { kind: 'forbid', why: 'httpProxy leads another way out than this call takes.' };
  }
  return preferredProtocol === meeting.preferredProtocol
    ? { kind: 'later' }
    : { kind: 'restrict', preferredProtocol };
}

function goesPast({ signalingBaseUrl }: Meeting, allowed: readonly string[]): boolean {
  if (signalingBaseUrl.length === 0) return allowed.length > 0;
  return signalingBaseUrl.some((proxy) => !allowed.includes(proxy));
}
