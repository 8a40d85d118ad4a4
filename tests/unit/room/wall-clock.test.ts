import { expect, it } from 'vitest';
import { createWallClock } from '../../../src/renderer/room/wall-clock.ts';

/** Clocks as a browser has them: whole ms of the day, fractions of the monotonic one. */
function clocks() {
  let passed = 0;
  let set = 0;
  return {
    at: (ms: number) => (passed = ms),
    setWall: (byMs: number) => (set += byMs),
    readWall: () => Math.floor(1_700_000_000_000.4 + passed + set),
    readMonotonic: () => 100.7 + passed,
  };
}

it('gives the same time of day for the same moment, whenever it is asked', () => {
  const { at, readWall, readMonotonic } = clocks();
  const toWallTime = createWallClock(readWall, readMonotonic);
  const told = new Set<number>();
  for (let ms = 0; ms < 1000; ms += 0.37) {
    at(ms);
    told.add(toWallTime(90.2));
  }
  expect([...told]).toEqual([1_700_000_000_000 - 10]);
});

it('is within a millisecond of the clock', () => {
  const { at, readWall, readMonotonic } = clocks();
  const toWallTime = createWallClock(readWall, readMonotonic);
  at(5000.5);
  expect(Math.abs(toWallTime(readMonotonic()) - readWall())).toBeLessThanOrEqual(1);
});

it.each([-3_600_000, 60_000, 300])('follows a clock that was set by %i ms', (byMs) => {
  const { setWall, readWall, readMonotonic } = clocks();
  const toWallTime = createWallClock(readWall, readMonotonic);
  const before = toWallTime(90);
  setWall(byMs);
  expect(toWallTime(90)).toBe(before + byMs);
});
