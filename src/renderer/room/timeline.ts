import { redactText } from '../../shared/redact.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';

/** A line before it has its time. */
export type TimelineNote = Pick<TimelineEntry, 'kind' | 'text' | 'tookMs'>;

/** The append-only history of one call. */
export class Timeline {
  readonly #startedAt = performance.now();
  #entries: readonly TimelineEntry[] = [];

  /** A new array after every entry. */
  get entries(): readonly TimelineEntry[] {
    return this.#entries;
  }

  /** Appends a line. Anything in it that looks like a token is redacted. */
  add(note: TimelineNote): TimelineEntry {
    const entry: TimelineEntry = {
      at: Math.round(performance.now() - this.#startedAt),
      wallTime: Date.now(),
      kind: note.kind,
      text: redactText(note.text),
      ...(note.tookMs !== undefined && { tookMs: Math.max(0, Math.round(note.tookMs)) }),
    };
    this.#entries = [...this.#entries, entry];
    return entry;
  }
}
