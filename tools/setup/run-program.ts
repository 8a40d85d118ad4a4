import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How many of a failed program's last lines its error shows. */
const SHOWN_LINES = 20;
/** An interrupted program gets this long to clean up. In ms. */
const CLEAN_UP_MS = 10_000;
/** Exit code of a process that ended on SIGINT, as shells count it. */
const INTERRUPTED_EXIT_CODE = 130;

export interface ProgramRun {
  command: string;
  args: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Ends the program early; the run then fails with the signal's reason. */
  signal?: AbortSignal;
  onLine?: (line: string) => void;
}

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const running = new Set<ChildProcess>();

/**
 * Runs a program to its end, with its output given line by line.
 *
 * When set-up is interrupted the program is ended too, so that nothing goes on in the background.
 * @throws Error with the program's last lines when it cannot be started, fails, or is cut off
 */
export async function runProgram(run: ProgramRun): Promise<void> {
  const child = spawn(run.command, [...run.args], {
    cwd: run.cwd,
    env: run.env ?? process.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > SHOWN_LINES) lines.shift();
      run.onLine?.(line);
    });
  }
  const stop = (): void => void child.kill('SIGTERM');
  run.signal?.addEventListener('abort', stop);
  watchForInterrupt(child);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (run.signal?.aborted) throw new Error(String(run.signal.reason));
    if (code !== 0) {
      throw new Error(`"${run.command} ${run.args.join(' ')}" failed:\n${lines.join('\n')}`);
    }
  } finally {
    run.signal?.removeEventListener('abort', stop);
    unwatch(child);
  }
}

function watchForInterrupt(child: ChildProcess): void {
  if (running.size === 0) {
    for (const signal of INTERRUPTS) process.on(signal, endAll);
  }
  running.add(child);
}

function unwatch(child: ChildProcess): void {
  running.delete(child);
  if (running.size > 0) return;
  for (const signal of INTERRUPTS) process.off(signal, endAll);
}

/** Ends all programs, waits until they have cleaned up, and then ends this process. */
function endAll(): void {
  process.stderr.write('\nsetup · interrupted; the next start goes on from here\n');
  const exit = (): never => process.exit(INTERRUPTED_EXIT_CODE);
  let left = running.size;
  for (const child of running) {
    child.once('close', () => {
      left -= 1;
      if (left === 0) exit();
    });
    child.kill('SIGTERM');
  }
  setTimeout(exit, CLEAN_UP_MS).unref();
}
