import { isSamePath, type Path } from '../../shared/path.ts';
import type { CallRules, Connected } from './call-state.ts';
import { FALLBACK_GRACE_MS, RELAY_FALLBACK_GRACE_MS } from './limits.ts';

/** How long another protocol than the preferred one may carry before it is called a fallback, ms. */
export function fallbackGrace({ route }: CallRules): number {
  return route === 'proxy' ? RELAY_FALLBACK_GRACE_MS : FALLBACK_GRACE_MS;
}

/** Rank of a path in the plan: 0 is the one wanted. A path outside the plan ranks behind all. */
export function rankOf(path: Path, plan: readonly Path[]): number {
  const rank = plan.findIndex((planned) => planned.protocol === path.protocol);
  return rank < 0 ? plan.length : rank;
}

/** The path that a call is on when its links differ: a call is only as good as its worse link. */
export function lesserPath(paths: readonly Path[], plan: readonly Path[]): Path | undefined {
  return paths.reduce<Path | undefined>(
    (worst, path) => (worst && rankOf(worst, plan) >= rankOf(path, plan) ? worst : path),
    undefined,
  );
}

/**
 * Takes the path now selected into the state. Another protocol than the plan's first is a fallback
 * once it has outlasted the grace; the first one coming back ends it.
 */
export function followPath(
  state: Connected,
  selected: Path,
  now: number,
  rules: CallRules,
  wasMoved = false,
): Connected {
  // Media that was moved on purpose does not come back by itself in a moment.
  const grace = wasMoved ? 0 : fallbackGrace(rules);
  const { lesserSince: since, fallback: before, ...rest } = state;
  const path = isSamePath(selected, state.path) ? state.path : selected;
  const wanted = state.plan[0];
  if (!wanted || path.protocol === wanted.protocol) {
    return {
      ...rest,
      path,
      preferredSince: since === undefined ? (state.preferredSince ?? now) : now,
    };
  }
  const lesserSince = since ?? now;
  const stoodFor = lesserSince - (state.preferredSince ?? lesserSince);
  const wasPreferred = state.wasPreferred || stoodFor >= grace;
  const next: Connected = { ...rest, path, lesserSince, wasPreferred };
  if (before) {
    const fallback = before.using === path.protocol ? before : { ...before, using: path.protocol };
    return { ...next, fallback };
  }
  if (now - lesserSince < grace) return next;
  const reason = wasPreferred ? 'lost-in-call' : 'blocked-at-join';
  return {
    ...next,
    fallback: { wanted: wanted.protocol, using: path.protocol, since: now, reason },
  };
}
