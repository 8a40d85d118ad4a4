import { RETRY_FACTOR, RETRY_FIRST_MS, RETRY_JITTER, RETRY_MAX_MS } from './limits.ts';

/**
 * The wait before a reconnection attempt, ms: longer each time up to a limit, with jitter. The same
 * seed and attempt always give the same wait.
 *
 * @param attempt From 1.
 * @param seed Any number; differs between clients.
 */
export function backoffDelay(attempt: number, seed: number): number {
  const full = Math.min(RETRY_FIRST_MS * RETRY_FACTOR ** (attempt - 1), RETRY_MAX_MS);
  return Math.round(full * (1 - RETRY_JITTER * hashToUnit(seed, attempt)));
}

/** An evenly spread number in [0, 1) from two: the finaliser of MurmurHash3 (public domain). */
function hashToUnit(seed: number, index: number): number {
  let bits = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index, 0x85ebca6b)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
