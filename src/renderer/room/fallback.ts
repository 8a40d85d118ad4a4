import { isSamePath, type Path } from '../../shared/path.ts';
import type { Connected } from './call-state.ts';
import { FALLBACK_GRACE_MS } from './limits.ts';

/** Rank of a path in the plan: 0 is the one wanted. A path outside the plan ranks behind all. */
function rankOf(path: Path, plan: readonly Path[]): number {
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
 * once it has lasted FALLBACK_GRACE_MS; the first one coming back ends it.
 */
export function followPath(state: Connected, selected: Path, now: number): Connected {
  const { lesserSince: since, fallback: before, ...rest } = state;
  const path = isSamePath(selected, state.path) ? state.path : selected;
  const wanted = state.plan[0];
  if (!wanted || path.protocol === wanted.protocol) {
    return { ...rest, path, wasPreferred: true };
  }
  const lesserSince = since ?? now;
  if (before) {
    const fallback = before.using === path.protocol ? before : { ...before, using: path.protocol };
    return { ...rest, path, lesserSince, fallback };
  }
  if (now - lesserSince < FALLBACK_GRACE_MS) return { ...rest, path, lesserSince };
  return {
    ...rest,
    path,
    lesserSince,
    fallback: {
      wanted: wanted.protocol,
      using: path.protocol,
      since: now,
      reason: state.wasPreferred ? 'lost-in-call' : 'blocked-at-join',
    },
  };
}
