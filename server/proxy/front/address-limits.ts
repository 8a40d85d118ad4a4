import { CountPerKey, TokenBucket } from '../../shared/rate-limit.ts';
import { MAX_TRACKED_ADDRESSES } from '../limits.ts';

/** Seconds' worth of requests that one address may make at once: an office joining its 9 o'clock. */
const BURST_SECONDS = 10;
/** IPv6 clients choose freely among the addresses of a /64: the prefix is what is counted. */
const IPV6_PREFIX_GROUPS = 4;

/** What one client address may do: how often, and how much at once. */
export class AddressLimits {
  readonly #perSecond: number;
  readonly #connections: CountPerKey;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(options: { requestsPerSecond: number; connections: number }) {
    this.#perSecond = options.requestsPerSecond;
    this.#connections = new CountPerKey(options.connections);
  }

  /** Whether the address may make one more request now. */
  tryRequest(address: string): boolean {
    const key = limitKey(address);
    let bucket = this.#buckets.get(key);
    if (bucket) this.#buckets.delete(key);
    else {
      bucket = new TokenBucket({
        capacity: this.#perSecond * BURST_SECONDS,
        perSecond: this.#perSecond,
      });
      this.#forgetOldest();
    }
    // A map keeps the order of insertion: put back last, the first is the longest unseen.
    this.#buckets.set(key, bucket);
    return bucket.tryTake();
  }

  /** Takes a place for a connection; undefined when the address has too many. */
  takeConnection(address: string): (() => void) | undefined {
    return this.#connections.take(limitKey(address));
  }

  #forgetOldest(): void {
    if (this.#buckets.size < MAX_TRACKED_ADDRESSES) return;
    const oldest = this.#buckets.keys().next().value;
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}

/** The part of an address that stands for one client. */
export function limitKey(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups
    .slice(0, IPV6_PREFIX_GROUPS)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}
