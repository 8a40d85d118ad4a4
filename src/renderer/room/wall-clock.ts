/** Further apart than this, one of the clocks was set, or the computer slept, ms. */
const CLOCK_SET_MS = 250;

/**
 * Tells times of the monotonic clock as times of day, the same one each time it is asked: the
 * difference of both clocks read anew is off by a millisecond now and then, and would make old news
 * look new.
 * @returns From `performance.now()` to whole ms since the epoch.
 */
export function createWallClock(
  readWall: () => number = Date.now,
  readMonotonic: () => number = () => performance.now(),
): (monotonic: number) => number {
  let offset = readWall() - readMonotonic();
  return (monotonic) => {
    const seen = readWall() - readMonotonic();
    if (Math.abs(seen - offset) > CLOCK_SET_MS) offset = seen;
    return Math.round(monotonic + offset);
  };
}
