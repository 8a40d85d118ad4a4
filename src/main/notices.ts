import type { AppNotice } from '../shared/ipc.ts';

/** What the employee should know, until they have dismissed it. Kept for this run only. */
export class Notices {
  readonly #notices = new Map<string, AppNotice>();
  readonly #listeners = new Set<(notices: AppNotice[]) => void>();

  list(): AppNotice[] {
    return [...this.#notices.values()];
  }

  /** A notice with the id of an earlier one takes its place. */
  add(notice: AppNotice): void {
    this.#notices.set(notice.id, notice);
    this.#changed();
  }

  dismiss(id: string): void {
    if (this.#notices.delete(id)) this.#changed();
  }

  onChanged(listener: (notices: AppNotice[]) => void): void {
    this.#listeners.add(listener);
  }

  #changed(): void {
    const notices = this.list();
    for (const listener of this.#listeners) listener(notices);
  }
}
