/** A value that tells its listeners when it is replaced. Made for `useSyncExternalStore`. */
export interface Readable<T> {
  get: () => T;
  /** Calls `listener` after every change; returns the end of the subscription. */
  subscribe: (listener: () => void) => () => void;
}

export class Observable<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  readonly get = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}
