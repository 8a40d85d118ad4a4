interface Due {
  readonly at: number;
  readonly run: () => void;
}

/** What is to happen when, in virtual time. */
export class Agenda {
  readonly #due: Due[] = [];

  /** @param at In ms. */
  add(at: number, run: () => void): Due {
    const due = { at, run };
    this.#due.push(due);
    return due;
  }

  cancel(due: Due | undefined): void {
    const index = due ? this.#due.indexOf(due) : -1;
    if (index >= 0) this.#due.splice(index, 1);
  }

  /** Infinity when nothing is. */
  get nextAt(): number {
    return this.#first()?.at ?? Infinity;
  }

  /** Does what comes first. */
  runNext(): void {
    const first = this.#first();
    this.cancel(first);
    first?.run();
  }

  #first(): Due | undefined {
    let first: Due | undefined;
    for (const due of this.#due) if (!first || due.at < first.at) first = due;
    return first;
  }
}
