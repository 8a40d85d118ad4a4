import { type Logger, pino, stdSerializers } from 'pino';
import pretty from 'pino-pretty';
import { z } from 'zod';
import { isSecretKey, redactText } from '../../src/shared/redact.ts';

/** Structured logs (pino) in which no token or credential can stand, whoever logs it. */

export const LogFormat = z.enum(['json', 'pretty']);
export const LogLevel = z.enum(['silent', 'error', 'warn', 'info', 'debug', 'trace']);

export interface LoggerOptions {
  name: string;
  level: z.infer<typeof LogLevel>;
  format: z.infer<typeof LogFormat>;
  /** Where lines go; standard output when absent. */
  destination?: { write(line: string): void };
}

export type { Logger };

const REDACTED = '[redacted]';

/** Deeper than this a value is not looked into but left out: logs are lines, not dumps. */
const MAX_DEPTH = 5;

export function createLogger(options: LoggerOptions): Logger {
  const { destination } = options;
  const logger = pino(
    {
      name: options.name,
      level: options.level,
      base: {},
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => redactFields(fields) as Record<string, unknown>,
      },
      serializers: { err: (error: Error) => redactFields(stdSerializers.err(error)) },
      hooks: {
        logMethod(inputArgs, method) {
          method.apply(this, redactArguments(inputArgs) as Parameters<typeof method>);
        },
      },
    },
    options.format === 'pretty'
      ? pretty({
          colorize: false,
          translateTime: 'SYS:HH:MM:ss.l',
          ignore: 'name',
          singleLine: true,
          sync: true,
          ...(destination ? { destination } : {}),
        })
      : (destination ?? pino.destination({ dest: 1, sync: true })),
  );
  redactBindings(logger);
  return logger;
}

/** pino leaves the fields of child loggers to no formatter, so they are done as they come in. */
function redactBindings(logger: Logger): void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with `this` below
  const { child } = logger;
  const redactingChild: Logger['child'] = function (this: Logger, bindings, options) {
    return child.call(this, redactFields(bindings) as typeof bindings, options) as never;
  };
  // Children have their parent as prototype, so theirs do the same.
  logger.child = redactingChild;
}

/** What a call of the logger passed: an error alone, or fields, a message and its values. */
function redactArguments(args: readonly unknown[]): unknown[] {
  const [first] = args;
  // Alone, an error's message would become the line's message past all formatters.
  if (first instanceof Error && args.length === 1)
    return [{ err: first }, redactText(first.message)];
  // Fields are done by the formatter; strings and values of the message are not.
  return args.map((arg, index) =>
    index === 0 && typeof arg === 'object' ? arg : redactFields(arg),
  );
}

/** Replaces secret keys' values and anything that looks like a token, at every depth. */
function redactFields(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if (depth >= MAX_DEPTH) return '[…]';
  if (Array.isArray(value)) return value.map((item) => redactFields(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      isSecretKey(key) && item !== undefined ? REDACTED : redactFields(item, depth + 1),
    ]),
  );
}
