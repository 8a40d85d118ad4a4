export interface Summary {
  n: number;
  median: number;
  /** Nearest-rank 95th percentile. */
  p95: number;
  min: number;
  max: number;
}

/** @throws {RangeError} when there is no sample to sum up. */
export function summarise(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('no samples');
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = (sorted.length - 1) / 2;
  return {
    n: sorted.length,
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
    p95: at(Math.ceil(sorted.length * 0.95) - 1),
    min: at(0),
    max: at(sorted.length - 1),
  };
}
