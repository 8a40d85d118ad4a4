import { CLOSE, closeMeaning } from '../../shared/close-codes.ts';
import { isSamePath, type Path } from '../../shared/path.ts';
import { backoffDelay } from './backoff.ts';
import {
  FRESH_LANE,
  LINK_ROLES,
  SPARES,
  type Action,
  type CallRules,
  type Connected,
  type Decision,
  type Episode,
  type Lane,
  type LaneViews,
  type LinkRole,
  type LinkView,
  type Observation,
  type RelayLease,
  type SpareName,
} from './call-state.ts';
import { closedError, reconnectReason } from './call-errors.ts';
import { fail, leaseFrom, lose, stay } from './decisions.ts';
import { isCarrying } from './decide-connecting.ts';
import { fallbackGrace, followPath, lesserPath, rankOf } from './fallback.ts';
import type { LaneContext, Move } from './lane-views.ts';
import { loseSpare, watchLane } from './lanes.ts';
import { EPISODE_GRACE_MS, RENEW_RETRY_MAX_MS, RENEW_RETRY_MS } from './limits.ts';
import { flapped, leftBest, notUp, returned, settleReturn, tendReturn } from './returning.ts';
import { without } from './without.ts';

/** What `decide()` does while a call stands. */

export function whileConnected(
  state: Connected,
  seen: Observation,
  now: number,
  rules: CallRules,
): Decision {
  switch (seen.seen) {
    case 'links':
      return watchLinks(state, seen.links, now, rules);
    case 'signaling-closed':
      return onSignalingClosed(state, seen.code, now, rules);
    case 'signaling-silent':
      return state.signaling ? stay(state) : resumeOr(state, CLOSE.IDLE, now, rules);
    case 'resumed':
      return stay(resumed(state));
    case 'resume-failed':
      return onResumeFailed(state, seen, now, rules);
    case 'spare-failed':
      return onSpareFailed(state, seen.role, seen.spare, now, rules);
    case 'abilities':
      return stay({ ...state, abilities: seen.abilities });
    case 'relay-lease':
      return stay({ ...state, relay: leaseFrom(seen.lifetimeMs, now) });
    case 'policy':
      return onPolicy(state, seen.plan, now, rules);
    case 'retry-now':
    case 'network-changed':
      return state.signaling && !state.signaling.isTrying ? tryResume(state, now) : stay(state);
    case 'clock':
      return onClock(state, now, rules);
    case 'join':
    case 'step':
    case 'no-media-to-connect':
    case 'proxy-entered':
    case 'attempt-failed':
    case 'forbidden':
    case 'leave':
      return stay(state);
  }
}

export function connectedDeadline(state: Connected, rules: CallRules): number | undefined {
  const { signaling } = state;
  const known = [
    state.lesserSince !== undefined && state.fallback === undefined
      ? state.lesserSince + fallbackGrace(rules)
      : undefined,
    signaling && !signaling.isTrying ? signaling.nextRetryAt : undefined,
    state.relay?.renewAt,
  ].filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}

// --- links ----------------------------------------------------------------------------------------

function watchLinks(before: Connected, views: LaneViews, now: number, rules: CallRules): Decision {
  const actions: Action[] = [];
  let state: Connected = { ...before, back: settleReturn(before.back, now) };
  for (const role of LINK_ROLES) {
    const context: LaneContext = { role, state, views, now, rules };
    const watched = watchLane(state.lanes[role], context);
    actions.push(...watched.actions);
    if (watched.isLost) {
      const lost = lose(state, state.signaling ? 'signaling-lost' : 'media-lost', now, rules);
      return lost;
    }
    state = { ...state, lanes: { ...state.lanes, [role]: watched.lane } };
    if (watched.hasFailedTrial) state = { ...state, back: flapped(state.back, now) };
    if (watched.moved) state = afterMove(state, role, watched.moved, now);
    else if (isAtEase(state, role)) {
      const way = tendReturn(state.lanes[role], state.back, { ...context, state });
      actions.push(...way.actions);
      state = { ...state, back: way.back, lanes: { ...state.lanes, [role]: way.lane } };
    }
  }
  const losers = LINK_ROLES.filter((role) => lostTheRace(state, role, views[role].active, rules));
  actions.push(...losers.map((role) => ({ act: 'offer-preferred', role }) as const));
  if (losers.length > 0) state = { ...state, offered: [...state.offered, ...losers] };
  return { state: endEpisode(follow(state, before, views, now, rules), now), actions };
}

function isAtEase({ lanes }: Connected, role: LinkRole): boolean {
  const lane = lanes[role];
  return lane.doubled === undefined && lane.troubleSince === undefined;
}

/** Takes the paths that carry now into the state: those seen, and those just moved to. */
function follow(
  state: Connected,
  before: Connected,
  views: LaneViews,
  now: number,
  rules: CallRules,
): Connected {
  const movedTo = state.episode === before.episode ? undefined : state.episode;
  const paths = LINK_ROLES.flatMap((role) => {
    if (movedTo?.moved.at(-1) === role) return [movedTo.to];
    const { active } = views[role];
    return isCarrying(active) ? [active.path] : [];
  });
  const path = lesserPath(paths, state.plan) ?? state.path;
  return followPath(state, path, now, rules, state.episode !== undefined);
}

function afterMove(state: Connected, role: LinkRole, move: Move, now: number): Connected {
  const wasBest = rankOf(move.from, state.plan) === 0;
  const isBest = rankOf(move.to, state.plan) === 0;
  const back = isBest
    ? returned(state.back, now)
    : wasBest && move.reason !== 'policy'
      ? leftBest(state.back, now)
      : state.back;
  const { episode } = state;
  const next: Episode =
    episode && isSamePath(episode.from, move.from)
      ? {
          ...episode,
          to: move.to,
          moved: [...episode.moved, role],
          tookMs: Math.max(episode.tookMs, move.tookMs),
        }
      : {
          from: move.from,
          to: move.to,
          reason: move.reason,
          since: move.lastHeardAt,
          moved: [role],
          tookMs: move.tookMs,
        };
  return { ...state, back, episode: next };
}

/** The story ends when all lanes have moved, or those that have not show no sign of it. */
function endEpisode(state: Connected, now: number): Connected {
  const { episode } = state;
  if (!episode || LINK_ROLES.some((role) => !isAtEase(state, role))) return state;
  const staying = LINK_ROLES.filter((role) => !episode.moved.includes(role));
  const lastMoveAt = Math.max(...episode.moved.map((role) => state.lanes[role].moves.at(-1) ?? 0));
  const isYoung = now - lastMoveAt < EPISODE_GRACE_MS;
  const isFollowing = staying.some((role) => state.lanes[role].probe !== undefined);
  if (staying.length > 0 && (isYoung || isFollowing)) return state;
  return { ...without(state, 'episode'), lastEpisode: episode };
}

/**
 * A relayed link that came up on another protocol than the one wanted may only have been quicker
 * there: Chromium stops asking for further relays as soon as one carries. It is offered the wanted
 * one once more, once. On the direct route ICE itself goes on trying all pairs.
 */
function lostTheRace(state: Connected, role: LinkRole, link: LinkView, rules: CallRules): boolean {
  const wanted = state.plan[0]?.protocol;
  return (
    rules.route === 'proxy' &&
    isCarrying(link) &&
    link.path.protocol !== wanted &&
    state.lanes[role].moves.length === 0 &&
    !state.offered.includes(role)
  );
}

function onSpareFailed(
  state: Connected,
  role: LinkRole,
  spare: SpareName,
  now: number,
  rules: CallRules,
): Decision {
  const views = NOTHING_SEEN;
  const lost = loseSpare(state.lanes[role], spare, { role, state, views, now, rules });
  const back = spare === 'probe' ? notUp(state.back, now) : state.back;
  const lanes = { ...state.lanes, [role]: lost.lane };
  return { state: { ...state, back, lanes }, actions: lost.actions };
}

const NOTHING_SEEN: LaneViews = {
  send: { active: { status: 'unused' } },
  receive: { active: { status: 'unused' } },
};

/**
 * All media leaves the links that were made under other rules, also those on a path that is still
 * allowed: ICE could take them elsewhere. A server that cannot move media is joined anew.
 */
function onPolicy(
  state: Connected,
  plan: readonly Path[],
  now: number,
  rules: CallRules,
): Decision {
  if (!state.abilities.migration || plan.length === 0) {
    return lose(state, 'media-lost', now, rules);
  }
  const actions: Action[] = LINK_ROLES.flatMap((role) => {
    const lane = state.lanes[role];
    const drops = SPARES.filter((spare) => lane[spare]).map(
      (spare) => ({ act: 'drop', role, spare }) as const,
    );
    return lane.doubled ? [{ act: 'settle', role, on: 'active' } as const, ...drops] : drops;
  });
  const startAnew = ({ moves }: Lane): Lane => ({ ...FRESH_LANE, moves, mustMove: 'policy' });
  const { send, receive } = state.lanes;
  const lanes = { send: startAnew(send), receive: startAnew(receive) };
  return { state: { ...state, plan, lanes }, actions };
}

// --- signaling ------------------------------------------------------------------------------------

function onSignalingClosed(
  state: Connected,
  code: number,
  now: number,
  rules: CallRules,
): Decision {
  if (!closeMeaning(code).retry) return fail(closedError(code));
  // Of a resumption that was under way, its own failure tells.
  return state.signaling ? stay(state) : resumeOr(state, code, now, rules);
}

/** What a server that closes like this has given up: the room, or every place in it. */
const GONE: readonly number[] = [
  CLOSE.ROOM_RESTARTED,
  CLOSE.SERVER_SHUTTING_DOWN,
  CLOSE.RESUME_REFUSED,
];

function resumeOr(state: Connected, code: number, now: number, rules: CallRules): Decision {
  const { resumeGraceMs } = state.abilities;
  if (resumeGraceMs === undefined || GONE.includes(code)) {
    return lose(state, reconnectReason(code), now, rules, closedError(code));
  }
  const signaling = { since: now, attempt: 1, nextRetryAt: now, isTrying: true };
  return { state: { ...state, signaling }, actions: [{ act: 'resume' }] };
}

/** What could not be looked into meanwhile is judged from now on. */
function resumed(state: Connected): Connected {
  const again = (lane: Lane): Lane => {
    const { troubleSince, ...rest } = lane;
    return troubleSince === undefined ? lane : { ...rest, lostSince: troubleSince };
  };
  const { send, receive } = state.lanes;
  return { ...without(state, 'signaling'), lanes: { send: again(send), receive: again(receive) } };
}

function tryResume(state: Connected, now: number): Decision {
  const { signaling } = state;
  if (!signaling) return stay(state);
  return {
    state: { ...state, signaling: { ...signaling, nextRetryAt: now, isTrying: true } },
    actions: [{ act: 'resume' }],
  };
}

function onResumeFailed(
  state: Connected,
  { error, isFinal }: Extract<Observation, { seen: 'resume-failed' }>,
  now: number,
  rules: CallRules,
): Decision {
  const { signaling, abilities } = state;
  if (!signaling) return stay(state);
  if (isFinal && !error.retryable) return fail(error);
  const attempt = signaling.attempt + 1;
  const nextRetryAt = now + backoffDelay(attempt, rules.seed);
  const isOver = nextRetryAt - signaling.since >= (abilities.resumeGraceMs ?? 0);
  if (isFinal || isOver) return lose(state, 'signaling-lost', now, rules, error);
  return stay({
    ...state,
    signaling: { ...signaling, attempt, nextRetryAt, isTrying: false },
  });
}

// --- clock ----------------------------------------------------------------------------------------

function onClock(state: Connected, now: number, rules: CallRules): Decision {
  const { signaling } = state;
  if (signaling && !signaling.isTrying && now >= signaling.nextRetryAt) {
    return tryResume(state, now);
  }
  const watched = followPath(state, state.path, now, rules);
  if (state.relay === undefined || now < state.relay.renewAt) return stay(watched);
  // Asked for again after a while, whether the renewal fails or is never answered.
  return {
    state: { ...watched, relay: tryAgain(state.relay, now) },
    actions: state.signaling ? [] : [{ act: 'renew-relay' }],
  };
}

function tryAgain({ tries }: RelayLease, now: number): RelayLease {
  const wait = Math.min(RENEW_RETRY_MS * 2 ** tries, RENEW_RETRY_MAX_MS);
  return { renewAt: now + wait, tries: tries + 1 };
}
