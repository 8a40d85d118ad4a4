import type { LaneView, LaneViews, LinkRole, LinkView } from './call-state.ts';
import { LINK_ROLES } from './call-state.ts';
import type { Hearing } from './hearing.ts';
import {
  CONSENT_SUSPECT_MS,
  IRREGULAR_GAP_MS,
  LOOK_DOUBLED_MS,
  LOOK_MAX_MS,
  LOOK_MIN_MS,
  ONE_SIDED_MARGIN_MS,
  SILENCE_FACTOR,
  SILENCE_MARGIN_MS,
  SILENCE_MIN_MS,
  SILENCE_UNKNOWN_MS,
} from './limits.ts';

/**
 * Is a path dead? Pure. Silence is judged by the rhythm of what came in before it, so that a pause
 * in speech, a muted participant or a computer that is out of breath is not taken for a dead path.
 */

/**
 * - `idle`: nothing asks it to connect.
 * - `connecting`: not up yet, or not any more since it never was.
 * - `well`: connected, and as lively as can be expected.
 * - `suspect`: silent for longer than usual.
 * - `dead`: WebRTC says so, or its consent checks have gone unanswered (RFC 7675).
 */
export type Condition = 'idle' | 'connecting' | 'well' | 'suspect' | 'dead';

export interface Doubts {
  /** The `heardAt` whose silence is known not to be the path's fault. */
  readonly acceptedSilence?: number | undefined;
  /** The other direction is in doubt on the same path: a shorter silence will do. */
  readonly isOtherInDoubt?: boolean;
}

export function judgeLink(
  view: LinkView,
  { acceptedSilence, isOtherInDoubt = false }: Doubts = {},
): Condition {
  switch (view.status) {
    case 'unused':
      return 'idle';
    case 'connecting':
      return 'connecting';
    case 'disconnected':
    case 'failed':
      return 'dead';
    case 'connected':
      break;
  }
  const { hearing } = view;
  if (!hearing) return 'well';
  if (isConsentLost(hearing)) return 'dead';
  if (hearing.heardAt === acceptedSilence) return 'well';
  const limit = silenceLimit(hearing, isOtherInDoubt);
  return limit !== undefined && hearing.silentMs >= limit ? 'suspect' : 'well';
}

/**
 * The silence that is suspicious after what was heard before, ms. Undefined where nothing comes
 * regularly: only consent checks then tell.
 */
export function silenceLimit(
  { usualGapMs, isOneSided }: Hearing,
  isOtherInDoubt = false,
): number | undefined {
  if (usualGapMs === undefined) return SILENCE_UNKNOWN_MS;
  if (usualGapMs > IRREGULAR_GAP_MS) return undefined;
  if (isOneSided) return Math.max(SILENCE_MIN_MS, usualGapMs + ONE_SIDED_MARGIN_MS);
  if (isOtherInDoubt) return Math.max(SILENCE_MIN_MS, usualGapMs + SILENCE_MARGIN_MS);
  return Math.max(SILENCE_MIN_MS, usualGapMs * SILENCE_FACTOR + SILENCE_MARGIN_MS);
}

function isConsentLost({ consentMs, silentMs }: Hearing): boolean {
  return consentMs >= CONSENT_SUSPECT_MS && silentMs >= CONSENT_SUSPECT_MS;
}

/** Whether something came in on a link after `since`. */
export function isHeardSince(view: LinkView | undefined, since: number): boolean {
  return view?.status === 'connected' && (view.hearing?.heardAt ?? 0) > since;
}

/** Whether a link goes on carrying, as far as can be told now. */
export function isStillHeard({ status, hearing }: LinkView): boolean {
  if (status !== 'connected' || !hearing) return false;
  return hearing.silentMs < (silenceLimit(hearing) ?? CONSENT_SUSPECT_MS);
}

/** How long to wait before the next look at the links, ms: until a silence could be suspicious. */
export function nextLookIn(views: LaneViews, isMoving: boolean): number {
  if (isMoving) return LOOK_DOUBLED_MS;
  const waits = LINK_ROLES.flatMap((role) => waitsOf(views[role], role));
  return Math.max(LOOK_MIN_MS, Math.min(LOOK_MAX_MS, ...waits));
}

function waitsOf({ active }: LaneView, role: LinkRole): number[] {
  const { hearing } = active;
  if (active.status !== 'connected' || !hearing) return [];
  const limit = silenceLimit(hearing);
  if (limit === undefined) return [];
  // Feedback is overdue: what comes in unasked may soon tell that the way out is shut, and no event tells of that.
  const isOverdue = role === 'send' && hearing.silentMs > (hearing.usualGapMs ?? Infinity);
  return [isOverdue ? LOOK_MIN_MS : limit - hearing.silentMs];
}
