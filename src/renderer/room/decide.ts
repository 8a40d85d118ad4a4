import type {
  CallRules,
  CallState,
  Connecting,
  Decision,
  Observation,
  Trip,
} from './call-state.ts';
import type { RoomErrorData } from '../../shared/room-error.ts';
import { connectedDeadline, whileConnected } from './decide-connected.ts';
import { connectingDeadline, whileConnecting } from './decide-connecting.ts';
import { fail, stay } from './decisions.ts';

/**
 * The brain of a call: from what is known and what was just seen to what is known next and what to
 * do. Pure: no timer, no WebRTC, no chance. The driver samples, asks, and acts.
 *
 * @param now Monotonic time, ms; never less than in the call before.
 */
export function decide(
  state: CallState,
  observation: Observation,
  now: number,
  rules: CallRules,
): Decision {
  if (observation.seen === 'leave') return leave(state);
  if (observation.seen === 'forbidden') return end(state, observation.error);
  switch (state.phase) {
    case 'idle':
      return observation.seen === 'join' ? begin(observation.plan, now) : stay(state);
    case 'connecting':
      return whileConnecting(state, observation, now, rules);
    case 'connected':
      return whileConnected(state, observation, now, rules);
    case 'waiting':
      return isTimeToRetry(observation, state.nextRetryAt, now)
        ? retry(state.trip, now)
        : stay(state);
    case 'failed':
    case 'left':
      return stay(state);
  }
}

/** When `decide()` wants to see the clock next, if nothing else happens before. */
export function nextDeadline(state: CallState, rules: CallRules): number | undefined {
  switch (state.phase) {
    case 'connecting':
      return connectingDeadline(state, rules);
    case 'connected':
      return connectedDeadline(state, rules);
    case 'waiting':
      return state.nextRetryAt;
    case 'idle':
    case 'failed':
    case 'left':
      return undefined;
  }
}

function leave(state: CallState): Decision {
  if (state.phase === 'left') return stay(state);
  const nothingOpen = state.phase === 'idle' || state.phase === 'failed';
  return { state: { phase: 'left' }, actions: nothingOpen ? [] : [{ act: 'disconnect' }] };
}

function end(state: CallState, error: RoomErrorData): Decision {
  return state.phase === 'left' || state.phase === 'failed' ? stay(state) : fail(error);
}

function begin(plan: Connecting['plan'], now: number): Decision {
  return {
    state: { phase: 'connecting', trip: { attempt: 0 }, since: now, step: 'discovery', plan },
    actions: [{ act: 'connect' }],
  };
}

/** A network that has just changed may be the one that was waited for. */
function isTimeToRetry(seen: Observation, nextRetryAt: number, now: number): boolean {
  return (
    seen.seen === 'retry-now' ||
    seen.seen === 'network-changed' ||
    (seen.seen === 'clock' && now >= nextRetryAt)
  );
}

function retry(trip: Trip, now: number): Decision {
  return {
    state: { phase: 'connecting', trip, since: now, step: 'discovery', plan: [] },
    actions: [{ act: 'connect' }],
  };
}
