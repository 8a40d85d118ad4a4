import { enter, type Entry, type EntryContext } from './entry.ts';
import { WAITING_ENTRY_MS } from './limits.ts';
import type { CallTarget } from './room-options.ts';

type WaitingContext = Omit<EntryContext, 'through' | 'signal' | 'onSignaling'>;

/**
 * A way in that was opened while the employee still looked at the preview, for the join that is
 * likely to follow: a signaling connection, not in the room yet. Over by itself after
 * {@link WAITING_ENTRY_MS}.
 */
export class WaitingEntry {
  readonly peerId: string;
  readonly #target: CallTarget;
  readonly #abort = new AbortController();
  readonly #entry: Promise<Entry>;
  readonly #openedAt = performance.now();
  readonly #timer: ReturnType<typeof setTimeout>;
  #state: 'waiting' | 'failed' | 'claimed' | 'over' = 'waiting';
  #opened: Entry | undefined;

  constructor(context: WaitingContext) {
    this.peerId = context.peerId;
    this.#target = context.target;
    this.#timer = setTimeout(() => this.discard(), WAITING_ENTRY_MS);
    const { signal } = this.#abort;
    this.#entry = enter({ ...context, signal, onSignaling: () => undefined });
    this.#entry.then(
      (entry) => (this.#opened = entry),
      // The join will try by itself, and say what is wrong then.
      () => this.#endAs('failed'),
    );
  }

  /** Whether it can still be of use. */
  get isWaiting(): boolean {
    return this.#state === 'waiting' && this.#opened?.channel.end === undefined;
  }

  /** It could not be opened; to try again before the join would be as useless. */
  get hasFailed(): boolean {
    return this.#state === 'failed';
  }

  /** Whether it leads to the same place by the same way. The name is told later. */
  suits(target: CallTarget): boolean {
    return wayOf(target) === wayOf(this.#target);
  }

  /**
   * Hands it over, once, opened or about to be.
   * @param signal Ends it.
   * @returns undefined: there is none any more.
   * @throws as {@link enter}: from now on a failure to open is the join's own.
   */
  claim(signal: AbortSignal): Promise<Entry> | undefined {
    if (!this.isWaiting || signal.aborted) {
      this.discard();
      return undefined;
    }
    clearTimeout(this.#timer);
    this.#state = 'claimed';
    signal.addEventListener('abort', () => this.#abort.abort(), { once: true });
    return this.#entry.then((entry) => aged(entry, performance.now() - this.#openedAt));
  }

  /** Ends it, unless it was handed over. More than once is harmless. */
  discard(): void {
    this.#endAs('over');
  }

  /** The signal closes whatever is open. */
  #endAs(state: 'failed' | 'over'): void {
    if (this.#state !== 'waiting') return;
    this.#state = state;
    clearTimeout(this.#timer);
    this.#abort.abort();
  }
}

/** Everything of a target that decides where packets go and who is let in. */
function wayOf({ roomId, token, preferredProtocol, route, server, proxies }: CallTarget): string {
  return JSON.stringify([roomId, token, preferredProtocol, route, server, proxies]);
}

/** Relay credentials have become older meanwhile. */
function aged(entry: Entry, byMs: number): Entry {
  const { relay } = entry;
  if (relay?.lifetimeMs === undefined) return entry;
  return { ...entry, relay: { ...relay, lifetimeMs: Math.max(0, relay.lifetimeMs - byMs) } };
}
