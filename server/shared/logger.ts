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
  return pino(
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
          const args = inputArgs.map((arg: unknown) =>
            typeof arg === 'string' ? redactText(arg) : arg,
          );
          method.apply(this, args as Parameters<typeof method>);
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
}

/** Replaces secret keys' values and anything that looks like a token, at every depth. */
export function redactFields(value: unknown, depth = 0): unknown {
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
