import type { Path } from '../../shared/path.ts';
import type { Connected, Lane, LaneView, LinkView, SpareName } from './call-state.ts';
import { rankOf } from './fallback.ts';
import { isHeardSince, judgeLink, type Condition } from './liveness.ts';
import {
  CONSENT_FRESH_MS,
  EPISODE_GRACE_MS,
  LANE_GIVE_UP_MS,
  MOVES_PER_MINUTE,
  PLAIN_DEAD_MS,
  REBUILD_CONNECT_MS,
  STANDBY_AFTER_MS,
  STANDBY_RETRY_MAX_MS,
  STANDBY_RETRY_MS,
  STILL_HEARD_MS,
} from './limits.ts';
import { without } from './without.ts';
import {
  hasFailed,
  isIdle,
  isAllLost,
  isAnswering,
  recentMoves,
  isOtherHeard,
  type LaneContext,
  type LaneOutcome,
} from './lane-views.ts';
import { double, watchDoubled, giveUpSpare } from './doubling.ts';

/**
 * One direction of media and the links that may carry it. Pure: what is seen of them in, what to do
 * out. The next path of the plan is kept ready; on mere suspicion media is asked for there as well
 * (see doubling.ts).
 */

export function watchLane(lane: Lane, context: LaneContext): LaneOutcome {
  const view = context.views[context.role];
  const condition = judgeLink(view.active, {
    acceptedSilence: lane.silenceAccepted,
    isOtherInDoubt: isOtherInDoubt(context),
  });
  const watched = markUp(lane, view, context.now);
  if (watched.lostSince !== undefined) return lookAround(watched, watched.lostSince, context);
  if (watched.doubled) return watchDoubled(watched, watched.doubled, condition, context);
  if (watched.mustMove) return leave(watched, watched.mustMove, context);
  // Not for death: what comes in is heard all the while, and the other way is the better one.
  if (isWayOutShut(context)) return double(watched, 'standby', 'better-path', context);
  if (condition === 'well' || condition === 'idle') return tendStandby(easy(watched), context);
  return seekHelp(watched, condition, context);
}

/** The other lane is, or was a moment ago, in doubt about the protocol that this one is on. */
function isOtherInDoubt({ role, state, views, now }: LaneContext): boolean {
  const other = state.lanes[role === 'send' ? 'receive' : 'send'];
  const { active } = views[role];
  if (other.troubleSince !== undefined && other.doubled?.reason !== 'better-path') return true;
  const { episode } = state;
  const hasJustMoved = now - (other.moves.at(-1) ?? -Infinity) < EPISODE_GRACE_MS;
  return (
    hasJustMoved &&
    episode !== undefined &&
    episode.reason !== 'better-path' &&
    episode.from.protocol === active.path?.protocol
  );
}

/**
 * Sending has moved away because nothing came back, and here media still comes in from where it left:
 * so it was the way out. What is received there can ask for no lost packet and no key frame any more,
 * and is given up by ICE in some seconds (RFC 7675): it follows while that can be done unseen.
 */
function isWayOutShut({ role, state, views, now }: LaneContext): boolean {
  const { episode, lanes } = state;
  if (role !== 'receive' || !episode || episode.moved.includes(role)) return false;
  if (episode.reason !== 'path-dead' || state.signaling) return false;
  const { active, standby } = views.receive;
  const leftAt = lanes.send.moves.at(-1) ?? now;
  return (
    active.path?.protocol === episode.from.protocol &&
    isHeardSince(active, leftAt + STILL_HEARD_MS) &&
    standby?.status === 'connected' &&
    recentMoves(lanes.receive, now).length < MOVES_PER_MINUTE
  );
}

/** Notes since when spare links are connected. */
function markUp(lane: Lane, view: LaneView, now: number): Lane {
  let marked = lane;
  for (const name of ['standby', 'probe'] as const) {
    const spare = marked[name];
    if (spare && spare.upSince === undefined && view[name]?.status === 'connected') {
      marked = { ...marked, [name]: { ...spare, upSince: now } };
    }
  }
  return marked;
}

function easy(lane: Lane): Lane {
  return lane.troubleSince === undefined ? lane : without(lane, 'troubleSince');
}

// --- no doubt -------------------------------------------------------------------------------------

/** Keeps the next path of the plan connected, where there is one and it is wanted. */
function tendStandby(lane: Lane, context: LaneContext): LaneOutcome {
  const { role, state, views, now, rules } = context;
  const { active, standby: view } = views[role];
  if (!lane.standby) {
    const to = nextPath(state.plan, active.path);
    const isWanted =
      rules.standby &&
      state.abilities.migration &&
      state.signaling === undefined &&
      active.status === 'connected' &&
      now - state.since >= STANDBY_AFTER_MS &&
      now >= lane.standbyAfter;
    return to && isWanted ? build(lane, 'standby', to, context) : { lane, actions: [] };
  }
  // ICE may have taken the active link there by itself.
  const isBeside = active.path !== undefined && active.path.protocol === lane.standby.to.protocol;
  if (!isBeside && !hasFailed(lane.standby, view, now)) return { lane, actions: [] };
  return dropStandby(lane, context, !isBeside);
}

/** The path to fall back on: the next of the plan after the one in use. */
function nextPath(plan: readonly Path[], inUse: Path | undefined): Path | undefined {
  return inUse && plan.find((_path, rank) => rank > rankOf(inUse, plan));
}

function dropStandby(lane: Lane, { role, now }: LaneContext, isFailure: boolean): LaneOutcome {
  const rest = without(lane, 'standby');
  const failures = isFailure ? lane.standbyFailures + 1 : 0;
  const wait = isFailure
    ? Math.min(STANDBY_RETRY_MS * 2 ** (failures - 1), STANDBY_RETRY_MAX_MS)
    : 0;
  return {
    lane: { ...rest, standbyFailures: failures, standbyAfter: now + wait },
    actions: [{ act: 'drop', role, spare: 'standby' }],
  };
}

function build(lane: Lane, spare: SpareName, path: Path, context: LaneContext): LaneOutcome {
  const { role, now } = context;
  return {
    lane: { ...lane, [spare]: { to: path, since: now } },
    actions: [{ act: 'build', role, spare, path }],
  };
}

// --- in doubt -------------------------------------------------------------------------------------

function seekHelp(lane: Lane, condition: Condition, context: LaneContext): LaneOutcome {
  const { role, state, views, now } = context;
  const { active, standby: view } = views[role];
  const troubled: Lane = { ...lane, troubleSince: lane.troubleSince ?? now };
  const troubleMs = now - (troubled.troubleSince ?? now);
  const lost: LaneOutcome = { lane: troubled, actions: [], isLost: true };
  const wait: LaneOutcome = { lane: troubled, actions: [] };

  if (active.status === 'failed' && !state.abilities.migration) return lost;
  const isCutOff = state.signaling !== undefined;
  if (troubleMs >= LANE_GIVE_UP_MS) {
    if (!isAnswering(active, CONSENT_FRESH_MS)) return lost;
    // The path is there: whoever sends has stopped.
    if (!isCutOff) return accept(lane, active);
  }
  if (condition === 'connecting') return wait;
  // Nothing can be asked of the server.
  if (isCutOff) return isAllLost(context) ? lost : wait;
  if (!state.abilities.migration) {
    return condition === 'dead' || isDeadByItself(context) ? lost : wait;
  }
  if (recentMoves(lane, now).length >= MOVES_PER_MINUTE) return lost;
  if (!lane.standby) return buildInNeed(troubled, condition, context);
  const isReady =
    view?.status === 'connected' || (condition === 'dead' && isIdle(lane.standby, view, now));
  if (isReady) {
    const reason = condition === 'dead' ? 'path-dead' : 'path-suspect';
    return double(troubled, 'standby', reason, context);
  }
  if (hasFailed(lane.standby, view, now)) return dropStandby(troubled, context, true);
  return wait;
}

/** What was silent may be so until it is heard again. */
function accept(lane: Lane, { hearing }: LinkView): LaneOutcome {
  const rest = without(lane, 'troubleSince');
  return { lane: { ...rest, silenceAccepted: hearing?.heardAt ?? 0 }, actions: [] };
}

/** Without a spare to compare with: silence here, while the other direction is silent as well. */
function isDeadByItself(context: LaneContext): boolean {
  const silentMs = context.views[context.role].active.hearing?.silentMs ?? 0;
  return silentMs >= PLAIN_DEAD_MS && !isOtherHeard(context);
}

/** None stands ready: the next path of the plan, or else a fresh link on the same one. */
function buildInNeed(lane: Lane, condition: Condition, context: LaneContext): LaneOutcome {
  const { role, state, views, now } = context;
  const { active } = views[role];
  const next = nextPath(state.plan, active.path);
  const silentMs = active.hearing?.silentMs ?? 0;
  // A fresh link on the same path helps where an address or a relay is gone, and only there.
  const isCertain = condition === 'dead' || silentMs >= PLAIN_DEAD_MS;
  const path = next ?? (isCertain ? samePath(state, active) : undefined);
  const isTooSoon = lane.standbyFailures > 0 && now < lane.standbyAfter;
  if (!path || isTooSoon) return { lane, actions: [] };
  return build(lane, 'standby', path, context);
}

function samePath({ plan, path }: Connected, active: LinkView): Path | undefined {
  const inUse = active.path ?? path;
  return plan.find((planned) => planned.protocol === inUse.protocol);
}

/**
 * Media was lost together with signaling, which is back. Links that have answered since are as good as
 * ever. Otherwise more than one path was lost: the address has changed, or the network was away. All
 * is built anew then, and what stood ready is not waited for.
 */
function lookAround(before: Lane, lostSince: number, context: LaneContext): LaneOutcome {
  const { role, state, views, now } = context;
  const lane = without(before, 'lostSince');
  const { active, standby } = views[role];
  const hasAnswered = [active, standby].some((link) => link && isAnswering(link, now - lostSince));
  if (hasAnswered || !state.abilities.migration) return watchLane(lane, context);
  const left = loseSpare(lane, 'standby', context);
  const fresh: Lane = { ...left.lane, standbyFailures: 0, standbyAfter: now };
  return { lane: { ...fresh, mustMove: 'path-dead' }, actions: left.actions };
}

/** This lane has to go on elsewhere: on a fresh link on the best path of the plan that comes up. */
function leave(
  lane: Lane,
  reason: NonNullable<Lane['mustMove']>,
  context: LaneContext,
): LaneOutcome {
  const { role, state, views, now } = context;
  const { plan } = state;
  const path = plan[lane.standbyFailures % plan.length];
  if (!path || lane.standbyFailures >= plan.length) return { lane, actions: [], isLost: true };
  if (state.signaling) return { lane, actions: [] };
  if (!lane.standby) return build(lane, 'standby', path, context);
  const view = views[role].standby;
  // A receiving link of one who is alone has nothing to connect for.
  const isReady = view?.status === 'connected' || (role === 'receive' && view?.status === 'unused');
  if (isReady) return double(lane, 'standby', reason, context);
  const isLast = lane.standbyFailures === plan.length - 1;
  const isLate = reason === 'path-dead' && now - lane.standby.since >= REBUILD_CONNECT_MS;
  return hasFailed(lane.standby, view, now) || (isLate && !isLast)
    ? dropStandby(lane, context, true)
    : { lane, actions: [] };
}

/** A spare link could not be made, or nothing could be asked for on it. */
export function loseSpare(lane: Lane, name: SpareName, context: LaneContext): LaneOutcome {
  if (!lane[name]) return { lane, actions: [] };
  if (lane.doubled?.onto === name) return giveUpSpare(lane, lane.doubled, context);
  if (name === 'standby') return dropStandby(lane, context, true);
  return {
    lane: without(lane, 'probe'),
    actions: [{ act: 'drop', role: context.role, spare: 'probe' }],
  };
}
