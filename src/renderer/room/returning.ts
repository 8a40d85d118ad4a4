import type { Path } from '../../shared/path.ts';
import type { Lane, Return } from './call-state.ts';
import { rankOf } from './fallback.ts';
import { double } from './doubling.ts';
import { isIdle, recentMoves, type LaneContext, type LaneOutcome } from './lane-views.ts';
import { judgeLink } from './liveness.ts';
import {
  FLAP_PAUSE_MAX_MS,
  FLAP_PAUSE_MS,
  FLAP_WINDOW_MS,
  MOVES_PER_MINUTE,
  PROBE_FIRST_MS,
  PROBE_LAPSE_MS,
  PROBE_PROOF_MS,
  PROBE_RETRY_MAX_MS,
  PROBE_RETRY_MS,
  SPARE_CONNECT_MS,
} from './limits.ts';
import { without } from './without.ts';

/**
 * The way back to the plan's first path. Pure. The sending lane goes ahead: a link on the better path
 * is brought up beside the call and has to answer without a lapse for a while; the receiving lane
 * follows when the sending one stands there. Who fails on trial, or soon after, waits longer each
 * time.
 */

/** Nothing was lost yet. */
export function untouched(): Return {
  return { after: 0, failures: 0, flaps: 0 };
}

/** A lane has left the best path, because it died. */
export function leftBest(back: Return, now: number): Return {
  const isFlap = back.returnedAt !== undefined && now - back.returnedAt < FLAP_WINDOW_MS;
  const rest = without(back, 'returnedAt');
  if (isFlap) return flapped(rest, now);
  return { ...rest, failures: 0, after: Math.max(back.after, now + PROBE_FIRST_MS) };
}

/** The better path came up, and was no good after all. */
export function flapped(back: Return, now: number): Return {
  const pause = Math.min(FLAP_PAUSE_MS * 2 ** back.flaps, FLAP_PAUSE_MAX_MS);
  return { ...back, failures: 0, flaps: back.flaps + 1, after: now + pause };
}

export interface ReturnOutcome extends LaneOutcome {
  readonly back: Return;
}

/** What to do about the way back for a lane that is neither in trouble nor moving. */
export function tendReturn(lane: Lane, back: Return, context: LaneContext): ReturnOutcome {
  const best = bestPath(context);
  if (!best) return endProbe(lane, back, context);
  if (lane.probe) return watchProbe(lane, lane.probe, back, context);
  const { state, now, role } = context;
  const isBusy = state.signaling !== undefined || !state.abilities.migration;
  if (isBusy || now < back.after || !mayFollow(context)) return { lane, back, actions: [] };
  return {
    lane: { ...lane, probe: { to: best, since: now } },
    back,
    actions: [{ act: 'build', role, spare: 'probe', path: best }],
  };
}

/** The path that this lane would rather be on. */
function bestPath({ role, state, views }: LaneContext): Path | undefined {
  const inUse = views[role].active.path;
  const best = state.plan[0];
  return best && inUse && rankOf(inUse, state.plan) > 0 ? best : undefined;
}

/** The receiving lane goes where the sending one has gone before, and stands. */
function mayFollow({ role, state, views, now }: LaneContext): boolean {
  if (role === 'send') return true;
  const { path } = views.send.active;
  const lane = state.lanes.send;
  if (!path || rankOf(path, state.plan) > 0 || lane.doubled) return false;
  const hasMoved = lane.moves.at(-1) ?? state.since;
  const isProven = state.back.returnedAt !== undefined || now - hasMoved >= PROBE_PROOF_MS;
  return (
    isProven && judgeLink(views.send.active, { acceptedSilence: lane.silenceAccepted }) === 'well'
  );
}

function endProbe(lane: Lane, back: Return, { role }: LaneContext): ReturnOutcome {
  if (!lane.probe) return { lane, back, actions: [] };
  return {
    lane: without(lane, 'probe'),
    back,
    actions: [{ act: 'drop', role, spare: 'probe' }],
  };
}

function watchProbe(
  lane: Lane,
  probe: NonNullable<Lane['probe']>,
  back: Return,
  context: LaneContext,
): ReturnOutcome {
  const { role, state, views, now } = context;
  const view = views[role].probe;
  const mayMove = state.signaling === undefined && recentMoves(lane, now).length < MOVES_PER_MINUTE;
  if (isIdle(probe, view, now)) {
    return mayMove
      ? { ...double(lane, 'probe', 'better-path', context), back }
      : { lane, back, actions: [] };
  }
  if (probe.upSince === undefined) {
    const isOver =
      view?.status === 'failed' ||
      view?.relayFault === 'refused' ||
      view?.relayFault === 'no-candidates' ||
      now - probe.since >= SPARE_CONNECT_MS;
    if (!isOver) return { lane, back, actions: [] };
    return endProbe(lane, notUp(back, now), context);
  }
  // Only the sending one is asked for signs of life.
  const isLapse = role === 'send' && (view?.hearing?.silentMs ?? 0) >= PROBE_LAPSE_MS;
  if (view?.status !== 'connected' || isLapse) {
    return endProbe(lane, flapped(back, now), context);
  }
  const proof = role === 'send' ? PROBE_PROOF_MS : 0;
  const isProven = now - probe.upSince >= proof;
  if (!isProven || !mayMove) return { lane, back, actions: [] };
  return { ...double(lane, 'probe', 'better-path', context), back };
}

/** It did not come up: found again soon when it opens, so the wait grows little. */
export function notUp(back: Return, now: number): Return {
  const wait = Math.min(PROBE_RETRY_MS * 2 ** back.failures, PROBE_RETRY_MAX_MS);
  return { ...back, failures: back.failures + 1, after: Math.max(back.after, now + wait) };
}

/** A lane is back on the best path. */
export function returned(back: Return, now: number): Return {
  return { ...back, failures: 0, returnedAt: now };
}

/** A return that has lasted clears what was held against the path. */
export function settleReturn(back: Return, now: number): Return {
  const hasLasted = back.returnedAt !== undefined && now - back.returnedAt >= FLAP_WINDOW_MS;
  return hasLasted && back.flaps > 0 ? { ...back, flaps: 0 } : back;
}
