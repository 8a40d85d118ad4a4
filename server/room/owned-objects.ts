import { ProtooError } from '../../src/shared/protoo.ts';

interface Owned {
  readonly id: string;
}

/**
 * What one peer has of a kind (transports, producers, …), found by id. An id that is not here
 * does not exist for this peer, whoever else may own it.
 */
export class OwnedObjects<T extends Owned> implements Iterable<T> {
  readonly #kind: string;
  readonly #limit: number;
  readonly #objects = new Map<string, T>();
  #beingMade = 0;

  /** @param kind Its name in errors, singular. */
  constructor(kind: string, limit = Number.POSITIVE_INFINITY) {
    this.#kind = kind;
    this.#limit = limit;
  }

  get size(): number {
    return this.#objects.size;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#objects.values();
  }

  /** @throws {ProtooError} 404. */
  get(id: string): T {
    const object = this.#objects.get(id);
    if (!object) throw new ProtooError(404, `no ${this.#kind} “${id}” of this peer`);
    return object;
  }

  find(id: string): T | undefined {
    return this.#objects.get(id);
  }

  /**
   * Makes an object and keeps it, unless the limit is reached; those being made count too.
   * @throws {ProtooError} 403 at the limit; what `make` throws.
   */
  async create(make: () => Promise<T>): Promise<T> {
    if (this.#objects.size + this.#beingMade >= this.#limit) {
      throw new ProtooError(403, `this peer has its limit of ${this.#limit} ${this.#kind}s`);
    }
    this.#beingMade += 1;
    try {
      const object = await make();
      this.#objects.set(object.id, object);
      return object;
    } finally {
      this.#beingMade -= 1;
    }
  }

  add(object: T): void {
    this.#objects.set(object.id, object);
  }

  delete(id: string): boolean {
    return this.#objects.delete(id);
  }
}
