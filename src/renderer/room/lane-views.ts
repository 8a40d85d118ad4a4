import type { Path } from '../../shared/path.ts';
import type { MigrationReason } from '../../shared/connection-state.ts';
import type {
  Action,
  CallRules,
  Connected,
  Lane,
  LaneViews,
  LinkRole,
  LinkView,
  Spare,
} from './call-state.ts';
import { judgeLink } from './liveness.ts';
import {
  ALL_LOST_MS,
  JUST_ANSWERED_MS,
  MOVE_REQUEST_BUDGET_MS,
  PLAIN_DEAD_MS,
  RESUME_CHANCE_BESIDE_OTHERS_MS,
  RESUME_CHANCE_MS,
  SPARE_CONNECT_MS,
} from './limits.ts';

/** What is seen of one direction of media, and what is asked of it in several places. */

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

/** Nothing asks it to connect, for nobody is there who would send anything. */
export function isIdle(spare: Spare, view: LinkView | undefined, now: number): boolean {
  return view?.status === 'unused' && now - spare.since >= MOVE_REQUEST_BUDGET_MS;
}

export function hasFailed(spare: Spare, view: LinkView | undefined, now: number): boolean {
  if (view?.status === 'failed' || view?.status === 'disconnected') return true;
  if (view?.relayFault !== undefined && view.relayFault !== 'no-answer') return true;
  const isUp = spare.upSince !== undefined || view?.status === 'unused';
  return !isUp && now - spare.since >= SPARE_CONNECT_MS;
}

/** Signaling and both directions of media. Of one direction alone, whoever sends may have stopped. */
export function isAllLost(context: LaneContext): boolean {
  const { role, state, views, now, rules } = context;
  const { signaling } = state;
  if (!signaling) return false;
  const silentMs = views[role].active.hearing?.silentMs ?? 0;
  const chanceMs = rules.hasOtherProxies ? RESUME_CHANCE_BESIDE_OTHERS_MS : RESUME_CHANCE_MS;
  const mayResume = signaling.attempt === 1 && now - signaling.since < chanceMs;
  return !mayResume && silentMs >= ALL_LOST_MS && !isOtherHeard(context);
}

export function isOtherHeard({ role, views }: LaneContext): boolean {
  const { status, hearing } = views[role === 'send' ? 'receive' : 'send'].active;
  return status === 'connected' && (hearing?.silentMs ?? Infinity) < PLAIN_DEAD_MS / 2;
}

/** The other direction's link, where it is on the same protocol as this one. */
function besideOn({ role, views, state }: LaneContext): LinkView | undefined {
  const { active } = views[role];
  const other = views[role === 'send' ? 'receive' : 'send'].active;
  return other.path?.protocol === (active.path ?? state.path).protocol ? other : undefined;
}

/** The other direction of media is on this path too, and was answered just now. */
export function isOtherAnswered(context: LaneContext): boolean {
  const other = besideOn(context);
  return other?.status === 'connected' && (other.hearing?.silentMs ?? Infinity) < JUST_ANSWERED_MS;
}

/** A consent check of its own was answered lately. */
export function isAnswering({ status, hearing }: LinkView, withinMs: number): boolean {
  return status === 'connected' && (hearing?.consentMs ?? 0) < withinMs;
}

/** The active path still answers: consent checks, or the other direction on the same protocol. */
export function isThere(context: LaneContext, withinMs: number): boolean {
  if (isAnswering(context.views[context.role].active, withinMs)) return true;
  const other = besideOn(context);
  return (
    other !== undefined &&
    judgeLink(other) === 'well' &&
    (other.hearing?.silentMs ?? Infinity) < PLAIN_DEAD_MS
  );
}

/** When media moved in the last minute. */
export function recentMoves({ moves }: Lane, now: number): number[] {
  return moves.filter((at) => now - at < 60_000);
}
