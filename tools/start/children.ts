import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How long a child may take to end by itself before it is killed, ms. */
const DEFAULT_GRACE_MS = 3_000;

/** Every process that was started, so that all of them end when this one does. */
export class Children {
  readonly #running = new Map<ChildProcess, string>();
  readonly #graceMs: number;
  #ending = false;

  constructor(options: { graceMs?: number } = {}) {
    this.#graceMs = options.graceMs ?? DEFAULT_GRACE_MS;
  }

  /** Keeps `child` until it ends by itself or {@link endAll} ends it. */
  add(name: string, child: ChildProcess): void {
    // Started while everything ends: nobody would end it later.
    if (this.#ending) child.kill('SIGKILL');
    this.#running.set(child, name);
    child.once('exit', () => this.#running.delete(child));
    child.once('error', () => this.#running.delete(child));
  }

  get ending(): boolean {
    return this.#ending;
  }

  /** Ends the youngest first: what was started later leans on what was started before. */
  async endAll(): Promise<void> {
    this.#ending = true;
    for (const child of [...this.#running.keys()].reverse()) await end(child, this.#graceMs);
  }

  /** Ends all at once, for somebody who will not wait. */
  killAll(): void {
    for (const child of this.#running.keys()) child.kill('SIGKILL');
  }
}

async function end(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await gone;
  clearTimeout(timer);
}
