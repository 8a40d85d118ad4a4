import { describe, expect, it } from 'vitest';
import { flowsSince, longestFreeze, longestGap, totalFreeze } from '../../fixtures/continuity.ts';

/** Thirty frames a second from 0 on, without those in the standstills. */
function frames(until: number, ...standstills: [number, number][]): number[] {
  return Array.from({ length: Math.floor(until / 33) + 1 }, (_, index) => index * 33).filter(
    (time) => !standstills.some(([from, to]) => time > from && time < to),
  );
}

describe('longestGap', () => {
  it('is the time from the last frame before a standstill to the first after it', () => {
    expect(longestGap(frames(3_000, [990, 1_650]), 0, 3_000)).toBe(660);
  });

  it('counts in full a standstill that had begun before the window', () => {
    expect(longestGap(frames(3_000, [990, 1_650]), 1_200, 3_000)).toBe(660);
  });

  it('counts one that has not ended', () => {
    expect(longestGap(frames(990), 500, 5_990)).toBe(5_000);
  });

  it('is the whole window where nothing came at all', () => {
    expect(longestGap([], 100, 1_100)).toBe(1_000);
  });
});

describe('freezes', () => {
  it('leave out what nobody sees', () => {
    const times = frames(3_000, [990, 1_155]);
    expect(longestFreeze(times, 0, 3_000)).toBe(0);
    expect(totalFreeze(times, 0, 3_000)).toBe(0);
    expect(longestGap(times, 0, 3_000)).toBe(165);
  });

  it('are added up', () => {
    const times = frames(9_000, [990, 1_650], [3_300, 3_960]);
    expect(totalFreeze(times, 0, 9_000)).toBe(1_320);
    expect(longestFreeze(times, 0, 9_000)).toBe(660);
  });
});

describe('flowsSince', () => {
  const wanted = { forMs: 1_000, gapMs: 200 };

  it('is true once frames have come for so long', () => {
    const times = frames(5_000, [990, 1_980]);
    expect(flowsSince(times, 2_500, wanted)).toBe(false);
    expect(flowsSince(times, 2_985, wanted)).toBe(true);
  });

  it('is false when the last frame is old, and when there is none', () => {
    expect(flowsSince(frames(1_000), 1_500, wanted)).toBe(false);
    expect(flowsSince([], 1_500, wanted)).toBe(false);
  });
});
