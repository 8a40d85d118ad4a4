import { createHash } from 'node:crypto';
import { ORIGIN_DOWN_MS } from '../limits.ts';

/**
 * Which room server a room is on. A room lives in one server's memory, so everybody in it must be
 * brought to the same one, through whichever gateway they come: rendezvous hashing gives every
 * room its own order of the configured servers, the same in every gateway with the same list.
 * The first is used; the next ones only while those before could not be reached at all.
 */
export class Origins {
  readonly #origins: readonly string[];
  readonly #now: () => number;
  readonly #downUntil = new Map<string, number>();

  /**
   * @param origins Normalised http(s) origins.
   * @param now Monotonic clock, ms.
   */
  constructor(origins: readonly string[], now: () => number = () => performance.now()) {
    this.#origins = [...new Set(origins)];
    this.#now = now;
  }

  /** The servers to try for a room, best first; those known to be down come last. */
  inOrderFor(roomId: string): string[] {
    const now = this.#now();
    const isDown = (origin: string) => (this.#downUntil.get(origin) ?? 0) > now;
    const ordered = this.#origins
      .map((origin) => ({ origin, weight: weightOf(origin, roomId) }))
      .sort((one, other) => (one.weight < other.weight ? 1 : -1))
      .map(({ origin }) => origin);
    return [...ordered.filter((origin) => !isDown(origin)), ...ordered.filter(isDown)];
  }

  /** The server could not be reached: for a while every room passes it over. */
  markDown(origin: string): void {
    this.#downUntil.set(origin, this.#now() + ORIGIN_DOWN_MS);
  }

  markUp(origin: string): void {
    this.#downUntil.delete(origin);
  }
}

function weightOf(origin: string, roomId: string): string {
  return createHash('sha256').update(`${origin}\n${roomId}`).digest('hex');
}
