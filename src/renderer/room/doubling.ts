import type { MigrationReason } from '../../shared/connection-state.ts';
import type { Action, Doubled, Lane, LinkView, Spare, SpareName } from './call-state.ts';
import type { Hearing } from './hearing.ts';
import { isHeardSince, silenceLimit, type Condition } from './liveness.ts';
import {
  DOUBLED_MAX_MS,
  MOVE_AGAIN_MS,
  MOVE_SILENCE_MS,
  POLICY_OVERLAP_MS,
  SOUND_ONLY_MS,
  STANDBY_AFTER_MS,
} from './limits.ts';
import { without } from './without.ts';
import {
  hasFailed,
  isAllLost,
  isOtherAnswered,
  isThere,
  recentMoves,
  type LaneContext,
  type LaneOutcome,
  type Move,
} from './lane-views.ts';

/**
 * Media asked for on two links at once, until it is known on which it goes on. Pure. The evidence is
 * comparison: whichever link it is heard on carries on. Where it is heard on neither, the one who
 * sends has stopped, or everything is lost; neither is mended by moving.
 */

export function double(
  lane: Lane,
  onto: SpareName,
  reason: MigrationReason,
  context: LaneContext,
): LaneOutcome {
  const { role, now } = context;
  // For the others' sake: one of them may be moving, and pictures take the processor from what follows.
  const isDoubtful = role === 'receive' && reason === 'path-suspect' && isOtherAnswered(context);
  const extent = isDoubtful ? ({ isSoundOnly: true } as const) : {};
  return {
    lane: { ...lane, doubled: { onto, since: now, reason, ...extent } },
    actions: [{ act: 'double', role, spare: onto, ...extent }],
  };
}

export function watchDoubled(
  lane: Lane,
  before: Doubled,
  condition: Condition,
  context: LaneContext,
): LaneOutcome {
  if (!before.isSoundOnly || !isFillDue(before, condition, context)) {
    return compare(lane, before, condition, context);
  }
  const outcome = compare(lane, without(before, 'isSoundOnly'), condition, context);
  const fill = { act: 'fill', role: 'receive', spare: before.onto } as const;
  return { ...outcome, actions: [fill, ...outcome.actions] };
}

/** The doubt has become stronger, or is not answered by sound. */
function isFillDue({ onto, since }: Doubled, condition: Condition, context: LaneContext): boolean {
  const { role, views, now } = context;
  const { active } = views[role];
  const isHeardThere = isHeardSince(views[role][onto], since) && !isHeardSince(active, since);
  const isStronger = condition === 'dead' || isHeardThere || !isOtherAnswered(context);
  return isStronger || now - since >= SOUND_ONLY_MS;
}

function compare(
  lane: Lane,
  before: Doubled,
  condition: Condition,
  context: LaneContext,
): LaneOutcome {
  const { role, state, views, now } = context;
  const { active } = views[role];
  const target = views[role][before.onto];
  const isHeard = isHeardSince(target, before.since);
  const doubled = noteMissing(noteHeard(before, isHeard, active, now), active, target, now);
  const on: Lane = { ...lane, doubled };
  const elapsed = now - doubled.since;

  const spare = lane[doubled.onto];
  if (!spare || !target || hasFailed(spare, target, now))
    return giveUpSpare(lane, doubled, context);
  if (isHeard && mayMove(doubled, condition, target)) {
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
  const isBack =
    condition === 'well' && before.backAt !== undefined && isHeardSince(active, before.backAt);
  if (isBack && isForDeath(doubled)) return revert(on, undefined, context);
  if (isAllLost(context)) return { lane: on, actions: [], isLost: true };
  if (elapsed < DOUBLED_MAX_MS) return { lane: on, actions: [] };
  if (doubled.reason === 'better-path') {
    // Nobody has sent anything: it goes where it will be better off when somebody does.
    return isHeardSince(active, doubled.since)
      ? giveUpSpare(lane, doubled, context)
      : settleOn(on, doubled, spare, context);
  }
  // A check was due while both were asked.
  if (!isThere(context, elapsed)) return { lane: on, actions: [], isLost: true };
  // Of that the server can only be told when it is in reach again.
  if (state.signaling) return { lane: on, actions: [] };
  // The path answers, and nothing is heard on either: whoever sends has stopped.
  return revert(on, active.hearing?.heardAt, context);
}

function noteHeard(doubled: Doubled, isHeard: boolean, active: LinkView, now: number): Doubled {
  const isFirst = isHeard && doubled.heardAt === undefined;
  const isAgain = doubled.backAt === undefined && isHeardSince(active, doubled.since);
  if (!isFirst && !isAgain) return doubled;
  return {
    ...doubled,
    ...(isFirst && { heardAt: now }),
    ...(isAgain && { backAt: active.hearing?.heardAt ?? now }),
  };
}

/** Media moves because the path died, or seems to have. */
function isForDeath({ reason }: Doubled): boolean {
  return reason === 'path-dead' || reason === 'path-suspect';
}

/** Begins when the spare link has brought what is missing on the active one, ends when that is heard. */
function noteMissing(
  doubled: Doubled,
  { hearing: here }: LinkView,
  target: LinkView | undefined,
  now: number,
): Doubled {
  const there = target?.hearing;
  if (!isMissing(here, there, now - doubled.since)) return without(doubled, 'missingSince');
  return doubled.missingSince === undefined && there
    ? { ...doubled, missingSince: there.heardAt }
    : doubled;
}

/** One packet may be lost on one way, or be sooner on the other; a second one is no chance. */
function mayMove(
  { reason, missingSince }: Doubled,
  condition: Condition,
  { hearing: there }: LinkView,
): boolean {
  switch (reason) {
    case 'better-path':
    case 'policy':
      return true;
    case 'path-dead':
    case 'path-suspect':
      return (
        condition === 'dead' ||
        (missingSince !== undefined && (there?.heardAt ?? 0) - missingSince >= MOVE_AGAIN_MS)
      );
  }
}

/**
 * What is suspicious once has to be so once more, while both are asked; and the other link has to
 * have brought what is missing on this one.
 */
function isMissing(
  here: Hearing | undefined,
  there: Hearing | undefined,
  elapsed: number,
): boolean {
  if (!here) return true;
  const enough = Math.max(MOVE_SILENCE_MS, silenceLimit(here) ?? 0);
  const behindMs = (there?.heardAt ?? 0) - here.heardAt;
  return Math.min(here.silentMs, elapsed) >= enough && behindMs >= MOVE_SILENCE_MS;
}

/** Nothing flows on it as yet, and nothing is known to be wrong with it. */
function isQuiet({ status, hearing }: LinkView): boolean {
  if (status !== 'connected') return status === 'unused';
  return !Number.isFinite(hearing?.usualGapMs);
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
    // A link that nothing flows on has no path of its own: it leaves what the other one has left.
    from: active.path ?? state.episode?.from ?? state.path,
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
  const rest = without(lane, 'doubled', 'troubleSince', 'silenceAccepted', 'mustMove');
  return {
    lane: { ...rest, ...(silenceAccepted !== undefined && { silenceAccepted }) },
    actions: [{ act: 'settle', role, on: 'active' }],
  };
}

/** The link that media was asked for on is no use: back to the active one, for better or worse. */
export function giveUpSpare(lane: Lane, doubled: Doubled, context: LaneContext): LaneOutcome {
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
