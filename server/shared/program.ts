import { EXIT_CANNOT_START, StartupError } from './startup-error.ts';

/** A server as a program: how it starts, obeys signals and ends. */

export interface ProgramServer {
  /** On SIGHUP: reads again what may change under way, such as the TLS certificate. */
  reload(): Promise<void>;
  /** On the first SIGTERM or SIGINT: ends in order. */
  stop(): Promise<void>;
}

export interface ServerProgram {
  /** As a sentence begins with it: `The room server`. */
  title: string;
  /** @throws {StartupError} shown without a stack trace. */
  start(): Promise<ProgramServer>;
  /** Longest time that stopping may take, ms, before the process ends anyway; absent: any. */
  stopLimitMs?: number;
}

/** Exit codes of a program that a second signal ends at once: 128 and the signal's number. */
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

/** Starts the server and leaves it running. A start that fails ends the process. */
export async function runProgram(program: ServerProgram): Promise<void> {
  try {
    const starting = program.start();
    // Before it is ready: who waits for that may send a signal at once.
    obeySignals(starting, program.stopLimitMs);
    await starting;
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    process.stderr.write(`${program.title} cannot start.\n${error.message}\n`);
    process.exit(EXIT_CANNOT_START);
  }
}

function obeySignals(starting: Promise<ProgramServer>, stopLimitMs: number | undefined): void {
  // A start that fails ends the program with its own message.
  const whenStarted = (use: (server: ProgramServer) => Promise<void>): void => {
    starting.then(use, () => undefined);
  };
  process.on('SIGHUP', () => whenStarted(async (server) => await server.reload()));

  let isStopping = false;
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (isStopping) process.exit(EXIT_BY_SIGNAL[signal]);
    isStopping = true;
    if (stopLimitMs !== undefined) setTimeout(() => process.exit(0), stopLimitMs).unref();
    whenStarted(async (server) => {
      await server.stop();
      process.exit(0);
    });
  };
  process.on('SIGTERM', () => onSignal('SIGTERM'));
  process.on('SIGINT', () => onSignal('SIGINT'));
}
