import type { RoomErrorData } from '../../shared/room-error.ts';
import type { CallRules, CallState, Connected, Decision, RelayLease, Trip } from './call-state.ts';
import type { ReconnectReason } from '../../shared/connection-state.ts';
import { backoffDelay } from './backoff.ts';
import { exhaustedError } from './call-errors.ts';
import {
  MAX_ATTEMPTS,
  MIN_CREDENTIAL_LIFETIME_MS,
  RENEW_AT_SHARE,
  STABLE_CALL_MS,
} from './limits.ts';

/** Decisions that are taken in several phases of a call. */

export function stay(state: CallState): Decision {
  return { state, actions: [] };
}

export function fail(error: RoomErrorData): Decision {
  return { state: { phase: 'failed', error }, actions: [{ act: 'disconnect' }] };
}

/** Closes what is open and waits before the next attempt, or gives up after too many. */
export function fallBehind(
  trip: Trip,
  now: number,
  rules: CallRules,
  last?: RoomErrorData,
): Decision {
  const attempt = trip.attempt + 1;
  if (attempt > MAX_ATTEMPTS) return fail(exhaustedError(trip, last));
  return {
    state: {
      phase: 'waiting',
      trip: { ...trip, attempt },
      since: now,
      nextRetryAt: now + backoffDelay(attempt, rules.seed),
    },
    actions: [{ act: 'disconnect' }],
  };
}

/** The session is gone: a call that stood for a while starts counting attempts anew. */
export function lose(
  state: Connected,
  reason: ReconnectReason,
  now: number,
  rules: CallRules,
  last?: RoomErrorData,
): Decision {
  const attempt = now - state.since >= STABLE_CALL_MS ? 0 : state.trip.attempt;
  return fallBehind({ attempt, reason }, now, rules, last);
}

export function leaseFrom(lifetimeMs: number, now: number): RelayLease {
  const renewAt = now + Math.max(lifetimeMs, MIN_CREDENTIAL_LIFETIME_MS) * RENEW_AT_SHARE;
  return { renewAt, tries: 0 };
}
