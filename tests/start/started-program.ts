import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cacheFolder } from '../../tools/bootstrap/cache-folder.mjs';
import { stop } from '../network/namespaces.ts';
import { processesOf, type ProcessId } from './processes.ts';

const PROJECT = join(import.meta.dirname, '../..');

/** From the start to a call on a machine that runs other things as well, ms. */
const LINE_TIMEOUT_MS = 60_000;

/** Marks every process of one run, by inheritance. */
const RUN_VARIABLE = 'CAUSEWAY_TEST_RUN';

/**
 * A cache folder with what set-up has made, but profiles of its own: somebody's own `npm start`
 * goes on undisturbed.
 */
export function makeCache(folder: string): string {
  const cache = join(folder, 'cache');
  mkdirSync(cache);
  if (!existsSync(cacheFolder())) return cache;
  for (const entry of readdirSync(cacheFolder(), { withFileTypes: true })) {
    const [from, to] = [join(cacheFolder(), entry.name), join(cache, entry.name)];
    if (!entry.isDirectory() && !entry.name.endsWith('.lock')) copyFileSync(from, to);
    if (entry.isDirectory() && entry.name !== 'start-profiles') symlinkSync(from, to);
  }
  return cache;
}

interface Line {
  text: string;
  /** Since the program was started, ms. */
  afterMs: number;
}

/** What `npm start` runs, in a process group of its own, as a terminal starts it. */
export class StartedProgram {
  readonly #child: ChildProcess;
  readonly #mark = randomUUID();
  readonly #startedAt = performance.now();
  readonly #lines: Line[] = [];
  readonly #waiting = new Set<() => void>();
  #isOver = false;
  /** Resolves with exit code or signal when the program has ended and its output is read. */
  readonly ended: Promise<number | NodeJS.Signals | null>;

  constructor(options: {
    flags: readonly string[];
    cache: string;
    launch?: (command: readonly [string, ...string[]], options: SpawnOptions) => ChildProcess;
  }) {
    const launch =
      options.launch ?? (([program, ...args], how: SpawnOptions) => spawn(program, args, how));
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      CAUSEWAY_CACHE: options.cache,
      [RUN_VARIABLE]: this.#mark,
    };
    // Always the virtual display: what a person works on stays free.
    delete env['DISPLAY'];
    delete env['WAYLAND_DISPLAY'];
    this.#child = launch(
      [process.execPath, 'tools/bootstrap.mjs', 'tools/start/main.ts', ...options.flags],
      { cwd: PROJECT, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (!stream) throw new Error('the program has no output to read');
      createInterface({ input: stream }).on('line', (text) => {
        this.#lines.push({ text, afterMs: performance.now() - this.#startedAt });
        this.#wake();
      });
    }
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#isOver = true;
      this.#wake();
      return (code ?? signal) as number | NodeJS.Signals | null;
    });
  }

  /** Everything it has said so far. */
  get said(): string {
    return this.#lines.map(({ text }) => text).join('\n');
  }

  /** @throws when no such line comes in time, or the program ends before: with all it has said. */
  async line(pattern: RegExp): Promise<Line> {
    const timeout = AbortSignal.timeout(LINE_TIMEOUT_MS);
    for (;;) {
      const found = this.#lines.find(({ text }) => pattern.test(text));
      if (found) return found;
      if (this.#isOver || timeout.aborted) {
        const how = this.#isOver ? 'it ended' : `${LINE_TIMEOUT_MS / 1000} s passed`;
        throw new Error(`${how} without a line ${pattern}; it said:\n${this.said}`);
      }
      await new Promise<void>((resolve) => {
        const done = (): void => {
          timeout.removeEventListener('abort', done);
          this.#waiting.delete(done);
          resolve();
        };
        timeout.addEventListener('abort', done);
        this.#waiting.add(done);
      });
    }
  }

  /** Every process that it has started, and that those have started; Linux only. */
  processes(): ProcessId[] {
    return processesOf(this.#child.pid ?? 0, `${RUN_VARIABLE}=${this.#mark}`);
  }

  /** Ctrl-C in a terminal: it reaches the whole foreground process group. */
  pressControlC(): void {
    process.kill(-(this.#child.pid ?? 0), 'SIGINT');
  }

  /** The signal to the program alone, as `kill PID` sends it. */
  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.#child);
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
