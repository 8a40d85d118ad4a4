/** A participant as a join token names them. */
export interface Participant {
  sub: string;
  room: string;
}

/** Who has a signaling connection through this gateway now; the same person may have several. */
export class Participants {
  readonly #connections = new Map<string, number>();

  has(participant: Participant): boolean {
    return this.#connections.has(keyOf(participant));
  }

  /** Counts one more connection; the answer takes it out again. */
  add(participant: Participant): () => void {
    const key = keyOf(participant);
    this.#connections.set(key, (this.#connections.get(key) ?? 0) + 1);
    return () => {
      const left = (this.#connections.get(key) ?? 0) - 1;
      if (left > 0) this.#connections.set(key, left);
      else this.#connections.delete(key);
    };
  }
}

/** JSON, so that no choice of names makes two participants one. */
function keyOf({ sub, room }: Participant): string {
  return JSON.stringify([sub, room]);
}
