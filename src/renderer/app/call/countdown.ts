/** Whole seconds from `now` until `at` (both ms since the epoch), never below 0. */
export function secondsUntil(at: number, now: number): number {
  return Math.max(0, Math.ceil((at - now) / 1000));
}
