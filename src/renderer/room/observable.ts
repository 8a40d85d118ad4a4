/** A value that is replaced, never mutated, and told to whoever listens. */
export class Observable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) callSafely(listener);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

type Listeners<Events> = { [E in keyof Events]?: Set<Events[E]> };
type Listener = (...args: never[]) => void;

/** Typed events: `Events` maps each name to its listener's type. */
export class Emitter<Events extends { [E in keyof Events]: Listener }> {
  readonly #listeners: Listeners<Events> = {};

  on<E extends keyof Events>(event: E, listener: Events[E]): () => void {
    const listeners = (this.#listeners[event] ??= new Set<Events[E]>());
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  emit<E extends keyof Events>(event: E, ...args: Parameters<Events[E]>): void {
    for (const listener of [...(this.#listeners[event] ?? [])]) {
      callSafely(() => listener(...args));
    }
  }
}

/** A listener that throws is the app's fault and must not stop a call: reported, not swallowed. */
function callSafely(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    reportError(error);
  }
}
