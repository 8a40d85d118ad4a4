/** Runs one asynchronous look at a time, again and again, with a pause that may differ each time. */
export class Sampler {
  readonly #look: () => Promise<void>;
  readonly #pauseMs: () => number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running = false;
  #looking = false;
  #again = false;

  constructor(look: () => Promise<void>, pauseMs: () => number) {
    this.#look = look;
    this.#pauseMs = pauseMs;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.now();
  }

  /** Looks at once, or as soon as the present look is over. */
  now(): void {
    if (!this.#running) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#looking = true;
    void this.#look().finally(() => {
      this.#looking = false;
      if (!this.#running) return;
      if (this.#again) {
        this.#again = false;
        this.now();
      } else {
        this.#timer = setTimeout(() => this.now(), this.#pauseMs());
      }
    });
  }

  stop(): void {
    this.#running = false;
    this.#again = false;
    clearTimeout(this.#timer);
  }
}
