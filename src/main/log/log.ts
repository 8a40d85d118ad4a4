import { mkdirSync } from 'node:fs';
import pino from 'pino';
import { createStream } from 'rotating-file-stream';
import type { Settings } from '../../shared/settings.ts';
import { redactText } from '../../shared/redact.ts';

/** The log of the main process. `debug` goes to the file only, the rest to the terminal as well. */
export interface Log {
  debug(text: string, data?: Readonly<Record<string, unknown>>): void;
  info(text: string, data?: Readonly<Record<string, unknown>>): void;
  warn(text: string, data?: Readonly<Record<string, unknown>>): void;
  error(text: string, error?: unknown): void;
}

export interface OpenLog extends Log {
  /** How much goes to the file from now on. The terminal always has the story. */
  setDetail(detail: Settings['diagnostics']): void;
  /** Writes out what is buffered and closes the file. */
  close(): Promise<void>;
}

/** Size at which a new file is begun: days of calls, yet quick to read and to send. */
const FILE_SIZE = '2M';
/** Older files that are kept beside the current one. */
const OLD_FILES = 4;

/** Keys whose values never reach the log, at the top and one level down. */
const SECRET_KEYS = ['token', 'credential', 'password', 'secret', 'authorization', 'cookie'];

/**
 * Opens the log: JSON lines in `folder`/causeway.log, bounded in size, and plain lines
 * (`08:15:00  connected · UDP · …`) on the terminal. A log file that cannot be written costs the
 * file, not the call.
 */
export function openLog(options: {
  folder: string;
  terminal: { write(text: string): unknown };
}): OpenLog {
  const file = openFile(options.folder, options.terminal);
  let lowest = LOWEST_LEVEL.detailed;
  const filtered = {
    write: (line: string): void => {
      if (levelOf(line) >= lowest) file?.write(line);
    },
  };
  const logger = pino(
    {
      level: 'debug',
      base: null,
      redact: {
        paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]),
        censor: '[redacted]',
      },
      hooks: { streamWrite: redactText },
    },
    pino.multistream([
      ...(file ? [{ level: 'debug' as const, stream: filtered }] : []),
      { level: 'info', stream: storyLines(options.terminal) },
    ]),
  );
  return {
    setDetail: (detail) => {
      lowest = LOWEST_LEVEL[detail];
    },
    debug: (text, data = {}) => logger.debug(data, text),
    info: (text, data = {}) => logger.info(data, text),
    warn: (text, data = {}) => logger.warn(data, text),
    error: (text, error) => logger.error(error === undefined ? {} : { err: error }, text),
    close: () => new Promise((resolve) => (file ? file.end(resolve) : resolve())),
  };
}

function openFile(folder: string, terminal: { write(text: string): unknown }) {
  const complain = (error: Error) =>
    terminal.write(`The log file in ${folder} cannot be written: ${error.message}\n`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    complain(error as Error);
    return undefined;
  }
  const stream = createStream('causeway.log', {
    path: folder,
    size: FILE_SIZE,
    maxFiles: OLD_FILES,
    mode: 0o600,
  });
  stream.on('error', complain);
  stream.on('warning', complain);
  return stream;
}

/** pino's number for `warn`. */
const WARN = 40;

/** The lowest of pino's levels that goes to the file. */
const LOWEST_LEVEL: Record<Settings['diagnostics'], number> = {
  errors: WARN,
  normal: 30,
  detailed: 20,
};

/** pino writes the level first. */
function levelOf(line: string): number {
  return Number(/^\{"level":(\d+)/.exec(line)?.[1] ?? WARN);
}

/** Turns pino's JSON lines into the story that a person follows in the terminal. */
function storyLines(terminal: { write(text: string): unknown }): { write(line: string): void } {
  return {
    write(line) {
      const { time, level, msg } = JSON.parse(line) as { time: number; level: number; msg: string };
      const clock = new Date(time).toTimeString().slice(0, 8);
      const mark = level >= WARN ? '! ' : '';
      terminal.write(`${clock}  ${mark}${msg}\n`);
    },
  };
}
