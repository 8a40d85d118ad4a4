import { execFileSync } from 'node:child_process';

/** A program of the operating system that reads its policy store. */
export interface Command {
  program: string;
  args: readonly string[];
  /** For its standard input. */
  input: Uint8Array;
}

/** Runs a command to its end and gives what it printed; throws where it cannot, or the command failed. */
export type RunCommand = (command: Command) => Buffer;

/** These programs answer in well under a second, ms. */
const TIMEOUT_MS = 10_000;
/** Of output, bytes. */
const MAX_OUTPUT = 8 * 1024 * 1024;

export const runCommand: RunCommand = ({ program, args, input }) =>
  execFileSync(program, args, {
    timeout: TIMEOUT_MS,
    maxBuffer: MAX_OUTPUT,
    stdio: ['pipe', 'pipe', 'pipe'],
    input,
  });
