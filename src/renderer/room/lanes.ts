import type { Path } from '../../shared/path.ts';
import type { MigrationReason } from '../../shared/connection-state.ts';
import type {
  Action,
  CallRules,
  Connected,
  Doubled,
  Lane,
  LaneView,
  LaneViews,
  LinkRole,
  LinkView,
  Spare,
  SpareName,
} from './call-state.ts';
import { rankOf } from './fallback.ts';
import { isHeardSince, judgeLink, type Condition } from './liveness.ts';
import {
  ALL_LOST_MS,
  CONSENT_FRESH_MS,
  DOUBLED_MAX_MS,
  EPISODE_GRACE_MS,
  LANE_GIVE_UP_MS,
  MOVE_SILENCE_MS,
  MOVES_PER_MINUTE,
  PLAIN_DEAD_MS,
  POLICY_OVERLAP_MS,
  SPARE_CONNECT_MS,
  STANDBY_AFTER_MS,
  STANDBY_RETRY_MAX_MS,
  STANDBY_RETRY_MS,
} from './limits.ts';
import { without } from './without.ts';

/**
 * One direction of media and the links that may carry it. Pure: what is seen of them in, what to do
 * out. The evidence for a dead path is comparison: media is asked for on a second link on mere
 * suspicion, and whichever link it is heard on carries on. Where it is heard on neither, the one who
 * sends has stopped, or everything is lost; neither is mended by moving.
 */

export interface LaneContext {
  readonly role: LinkRole;
  readonly state: Connected;
  readonly views: LaneViews;
  readonly now: number;
  readonly rules: CallRules;
}

/** Media that has just moved. */
export interface Move {
  readonly from: Path;
  readonly to: Path;
  readonly reason: MigrationReason;
  /** When the last media was heard on the old path. */
  readonly lastHeardAt: number;
  /** Until media was heard on the new one; 0 where it never stopped, ms. */
  readonly tookMs: number;
}

export interface LaneOutcome {
  readonly lane: Lane;
  readonly actions: readonly Action[];
  readonly moved?: Move;
  /** No way to go on with this lane: the room has to be joined anew. */
  readonly isLost?: boolean;
  /** Media was asked for on a better path, and had to be called back. */
  readonly hasFailedTrial?: boolean;
}

export function watchLane(lane: Lane, context: LaneContext): LaneOutcome {
  const view = context.views[context.role];
  const condition = judgeLink(view.active, {
    acceptedSilence: lane.silenceAccepted,
    isOtherInDoubt: isOtherInDoubt(context),
  });
  const watched = markUp(lane, view, context.now);
  if (watched.doubled) return watchDoubled(watched, watched.doubled, condition, context);
  if (watched.mustMove) return obey(watched, context);
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

function hasFailed(spare: Spare, view: LinkView | undefined, now: number): boolean {
  if (view?.status === 'failed' || view?.status === 'disconnected') return true;
  if (view?.relayFault !== undefined && view.relayFault !== 'no-answer') return true;
  const isUp = spare.upSince !== undefined || view?.status === 'unused';
  return !isUp && now - spare.since >= SPARE_CONNECT_MS;
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
  if (troubleMs >= LANE_GIVE_UP_MS && !(isCutOff && isThere(context))) return lost;
  if (condition === 'connecting') return wait;
  // Nothing can be asked of the server.
  if (isCutOff) return isAllLost(context) ? lost : wait;
  if (!state.abilities.migration) {
    return condition === 'dead' || isDeadByItself(context) ? lost : wait;
  }
  if (recentMoves(lane, now).length >= MOVES_PER_MINUTE) return lost;
  if (!lane.standby) return buildInNeed(troubled, condition, context);
  // Where nobody sends anything, nothing has asked it to connect yet.
  const isReady =
    view?.status === 'connected' || (condition === 'dead' && view?.status === 'unused');
  if (isReady) {
    const reason = condition === 'dead' ? 'path-dead' : 'path-suspect';
    return double(troubled, 'standby', reason, context);
  }
  if (hasFailed(lane.standby, view, now)) return dropStandby(troubled, context, true);
  return wait;
}

/** Without a spare to compare with: silence here, while the other direction is silent as well. */
function isDeadByItself(context: LaneContext): boolean {
  const silentMs = context.views[context.role].active.hearing?.silentMs ?? 0;
  return silentMs >= PLAIN_DEAD_MS && !isOtherHeard(context);
}

/** Signaling and both directions of media. Of one direction alone, whoever sends may have stopped. */
function isAllLost(context: LaneContext): boolean {
  const silentMs = context.views[context.role].active.hearing?.silentMs ?? 0;
  const isCutOff = context.state.signaling !== undefined;
  return isCutOff && silentMs >= ALL_LOST_MS && !isOtherHeard(context);
}

function isOtherHeard({ role, views }: LaneContext): boolean {
  const { status, hearing } = views[role === 'send' ? 'receive' : 'send'].active;
  return status === 'connected' && (hearing?.silentMs ?? Infinity) < PLAIN_DEAD_MS / 2;
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

export function double(
  lane: Lane,
  onto: SpareName,
  reason: MigrationReason,
  { role, now }: LaneContext,
): LaneOutcome {
  return {
    lane: { ...lane, doubled: { onto, since: now, reason } },
    actions: [{ act: 'double', role, spare: onto }],
  };
}

/** Policy wants this lane elsewhere: on the best path of the plan that comes up. */
function obey(lane: Lane, context: LaneContext): LaneOutcome {
  const { role, state, views, now } = context;
  const { plan } = state;
  const path = plan[lane.standbyFailures % plan.length];
  if (!path || lane.standbyFailures >= plan.length) return { lane, actions: [], isLost: true };
  if (state.signaling) return { lane, actions: [] };
  if (!lane.standby) return build(lane, 'standby', path, context);
  const view = views[role].standby;
  // A receiving link of one who is alone has nothing to connect for.
  const isReady = view?.status === 'connected' || (role === 'receive' && view?.status === 'unused');
  if (isReady) return double(lane, 'standby', 'policy', context);
  return hasFailed(lane.standby, view, now)
    ? dropStandby(lane, context, true)
    : { lane, actions: [] };
}

// --- media asked for on both ----------------------------------------------------------------------

function watchDoubled(
  lane: Lane,
  before: Doubled,
  condition: Condition,
  context: LaneContext,
): LaneOutcome {
  const { role, state, views, now } = context;
  const { active } = views[role];
  const target = views[role][before.onto];
  const isHeard = isHeardSince(target, before.since);
  const doubled: Doubled =
    isHeard && before.heardAt === undefined ? { ...before, heardAt: now } : before;
  const on: Lane = { ...lane, doubled };
  const elapsed = now - doubled.since;

  const spare = lane[doubled.onto];
  if (!spare || !target || hasFailed(spare, target, now))
    return giveUpSpare(lane, doubled, context);
  if (isHeard && mayMove(doubled, condition, active, elapsed)) {
    return settleOn(on, doubled, spare, context);
  }
  // Whatever flows or not, it may not go on where it is.
  if (doubled.reason === 'policy' && elapsed >= POLICY_OVERLAP_MS) {
    return settleOn(on, doubled, spare, context);
  }
  // Nothing flows that could be heard: the one that is connected carries on.
  if (condition === 'dead' && isQuiet(target) && elapsed >= MOVE_SILENCE_MS) {
    return settleOn(on, doubled, spare, context);
  }
  const isBack = condition === 'well' && isHeardSince(active, doubled.since);
  if (isBack && isForDeath(doubled)) return revert(on, undefined, context);
  if (isAllLost(context)) return { lane: on, actions: [], isLost: true };
  if (elapsed < DOUBLED_MAX_MS) return { lane: on, actions: [] };
  if (doubled.reason === 'better-path') {
    // Nobody has sent anything: it goes where it will be better off when somebody does.
    return isHeardSince(active, doubled.since)
      ? giveUpSpare(lane, doubled, context)
      : settleOn(on, doubled, spare, context);
  }
  if (!isThere(context)) return { lane: on, actions: [], isLost: true };
  // Of that the server can only be told when it is in reach again.
  if (state.signaling) return { lane: on, actions: [] };
  // The path answers, and nothing is heard on either: whoever sends has stopped.
  return revert(on, active.hearing?.heardAt, context);
}

/** Media moves because the path died, or seems to have. */
function isForDeath({ reason }: Doubled): boolean {
  return reason === 'path-dead' || reason === 'path-suspect';
}

function mayMove(
  { reason }: Doubled,
  condition: Condition,
  { hearing }: LinkView,
  elapsed: number,
): boolean {
  switch (reason) {
    case 'better-path':
    case 'policy':
      return true;
    case 'path-dead':
    case 'path-suspect':
      return (
        condition === 'dead' || Math.min(hearing?.silentMs ?? Infinity, elapsed) >= MOVE_SILENCE_MS
      );
  }
}

/** Nothing flows on it as yet, and nothing is known to be wrong with it. */
function isQuiet({ status, hearing }: LinkView): boolean {
  if (status !== 'connected') return status === 'unused';
  return !Number.isFinite(hearing?.usualGapMs);
}

/** The active path still answers: consent checks, or the other direction on the same protocol. */
function isThere({ role, views, state }: LaneContext): boolean {
  const { active } = views[role];
  if (active.status === 'connected' && (active.hearing?.consentMs ?? 0) < CONSENT_FRESH_MS) {
    return true;
  }
  const other = views[role === 'send' ? 'receive' : 'send'].active;
  return (
    judgeLink(other) === 'well' &&
    other.path?.protocol === (active.path ?? state.path).protocol &&
    (other.hearing?.silentMs ?? Infinity) < PLAIN_DEAD_MS
  );
}

function settleOn(
  lane: Lane,
  doubled: Doubled,
  { to }: Spare,
  { role, state, views, now }: LaneContext,
): LaneOutcome {
  const { active } = views[role];
  const lastHeardAt = now - (active.hearing?.silentMs ?? 0);
  const wasSilent = isForDeath(doubled);
  const moved: Move = {
    from: active.path ?? state.path,
    to: views[role][doubled.onto]?.path ?? to,
    reason: doubled.reason === 'path-suspect' ? 'path-dead' : doubled.reason,
    lastHeardAt,
    tookMs: wasSilent ? Math.max(0, (doubled.heardAt ?? now) - lastHeardAt) : 0,
  };
  const drops: Action[] = (['standby', 'probe'] as const)
    .filter((name) => name !== doubled.onto && lane[name] !== undefined)
    .map((spare) => ({ act: 'drop', role, spare }));
  return {
    lane: {
      ...without(
        lane,
        'doubled',
        'troubleSince',
        'silenceAccepted',
        'standby',
        'probe',
        'mustMove',
      ),
      standbyFailures: 0,
      // The processor is busy with the first pictures.
      standbyAfter: now + STANDBY_AFTER_MS,
      moves: [...recentMoves(lane, now), now],
    },
    actions: [{ act: 'settle', role, on: doubled.onto }, ...drops],
    moved,
  };
}

function revert(
  lane: Lane,
  silenceAccepted: number | undefined,
  { role }: LaneContext,
): LaneOutcome {
  const rest = without(lane, 'doubled', 'troubleSince', 'silenceAccepted');
  return {
    lane: { ...rest, ...(silenceAccepted !== undefined && { silenceAccepted }) },
    actions: [{ act: 'settle', role, on: 'active' }],
  };
}

/** The link that media was asked for on is no use: back to the active one, for better or worse. */
function giveUpSpare(lane: Lane, doubled: Doubled, context: LaneContext): LaneOutcome {
  const { role, now } = context;
  const rest = without(lane, 'doubled', doubled.onto);
  const failures = doubled.onto === 'standby' ? lane.standbyFailures + 1 : lane.standbyFailures;
  return {
    lane: { ...rest, standbyFailures: failures, standbyAfter: now },
    actions: [
      { act: 'settle', role, on: 'active' },
      { act: 'drop', role, spare: doubled.onto },
    ],
    hasFailedTrial: doubled.onto === 'probe',
  };
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

/** When media moved in the last minute. */
export function recentMoves({ moves }: Lane, now: number): number[] {
  return moves.filter((at) => now - at < 60_000);
}
