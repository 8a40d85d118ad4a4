import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

/** A program of the operating system that reads its policy store; what it prints, as bytes. */
export interface Command {
  program: string;
  args: readonly string[];
  /** For its standard input. */
  input?: Uint8Array;
}

/** Runs a command; throws where it cannot be run or says that it failed. */
export interface CommandRunner {
  now(command: Command): Buffer;
  later(command: Command): Promise<Buffer>;
}

/** These programs answer in well under a second, ms. */
const TIMEOUT_MS = 10_000;
/** Of output, bytes. */
const MAX_OUTPUT = 8 * 1024 * 1024;

const OPTIONS = {
  timeout: TIMEOUT_MS,
  maxBuffer: MAX_OUTPUT,
  encoding: 'buffer',
  windowsHide: true,
} as const;

export const systemCommands: CommandRunner = {
  now: ({ program, args, input }) =>
    execFileSync(program, args, {
      ...OPTIONS,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(input && { input }),
    }),
  later: async ({ program, args }) => {
    const { stdout } = await promisify(execFile)(program, args, OPTIONS);
    return stdout;
  },
};
