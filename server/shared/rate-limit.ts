/** Limits on how often and how many: a token bucket and a counter per address. */

/** Keys that are held before the first look for those that can be forgotten. */
const FIRST_SWEEP = 1_000;

/**
 * A token bucket: `capacity` at once, `perSecond` in the long run.
 * @see RFC 2697 for the idea; one rate, one bucket.
 */
export class TokenBucket {
  readonly #capacity: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #updatedAt: number;

  /** @param now Monotonic clock, ms. */
  constructor(
    limit: { capacity: number; perSecond: number },
    now: () => number = () => performance.now(),
  ) {
    this.#capacity = limit.capacity;
    this.#perSecond = limit.perSecond;
    this.#now = now;
    this.#tokens = limit.capacity;
    this.#updatedAt = now();
  }

  /** Whether it is as if nothing had ever been taken. */
  get isFull(): boolean {
    return this.#tokens + this.#earned(this.#now()) >= this.#capacity;
  }

  /** Takes `count` tokens, or none and answers false when fewer are there. */
  tryTake(count = 1): boolean {
    const now = this.#now();
    this.#tokens = Math.min(this.#capacity, this.#tokens + this.#earned(now));
    this.#updatedAt = now;
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }

  #earned(now: number): number {
    return ((now - this.#updatedAt) / 1000) * this.#perSecond;
  }
}

/** A token bucket for each key (a network address, say); those that are full again are forgotten. */
export class TokenBuckets {
  readonly #limit: { capacity: number; perSecond: number };
  readonly #now: () => number;
  readonly #buckets = new Map<string, TokenBucket>();
  #sweepAt = FIRST_SWEEP;

  /** @param now Monotonic clock, ms. */
  constructor(
    limit: { capacity: number; perSecond: number },
    now: () => number = () => performance.now(),
  ) {
    this.#limit = limit;
    this.#now = now;
  }

  get size(): number {
    return this.#buckets.size;
  }

  tryTake(key: string): boolean {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      if (this.#buckets.size >= this.#sweepAt) this.#sweep();
      bucket = new TokenBucket(this.#limit, this.#now);
      this.#buckets.set(key, bucket);
    }
    return bucket.tryTake();
  }

  #sweep(): void {
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull) this.#buckets.delete(key);
    }
    // Twice what is left, so that sweeping stays cheap however many keys there are.
    this.#sweepAt = Math.max(FIRST_SWEEP, this.#buckets.size * 2);
  }
}

/** How many things each key (a network address, say) holds at once, bounded. */
export class CountPerKey {
  readonly #limit: number;
  readonly #counts = new Map<string, number>();

  /** @param limit 0 = no limit. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes a place for `key`; answers the function that gives it back, or undefined when full. */
  take(key: string): (() => void) | undefined {
    const held = this.#counts.get(key) ?? 0;
    if (this.#limit > 0 && held >= this.#limit) return undefined;
    this.#counts.set(key, held + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const left = (this.#counts.get(key) ?? 1) - 1;
      if (left > 0) this.#counts.set(key, left);
      else this.#counts.delete(key);
    };
  }
}
