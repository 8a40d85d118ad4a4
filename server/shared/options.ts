import { Command, Option } from 'commander';
import { z } from 'zod';
import { isSecretKey } from '../../src/shared/redact.ts';
import { StartupError } from './startup-error.ts';

/**
 * Configuration from command-line flags and environment variables, described and checked by one
 * zod object schema. Each field carries an {@link OptionMeta}; flags win over the environment.
 */

export interface OptionMeta {
  /** As in commander: `--port <number>`. Absent: environment only (secrets). */
  flag?: string;
  /** Environment variable. Lists are separated by commas. */
  env: string;
  description: string;
  /** Heading of `--help` under which the flag stands. */
  group: string;
  /** Shown as the default where that depends on the computer. */
  defaultText?: string;
  /** The flag may repeat, or list values separated by commas. */
  list?: boolean;
}

export interface ProgramText {
  name: string;
  summary: string;
  /** Shown under `--help`. */
  examples: string;
}

/** Attaches name and help of an option to its schema. */
export function option<Schema extends z.ZodType>(schema: Schema, meta: OptionMeta): Schema {
  OPTIONS.add(schema, meta);
  return schema;
}

const OPTIONS = z.registry<OptionMeta>();

/** A whole number, from a flag's text or from code. */
export function wholeNumber(range: {
  min: number;
  max: number;
}): z.ZodType<number, number | string> {
  const allowed = `a whole number from ${range.min} to ${range.max}`;
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^\d{1,15}$/)
          .transform(Number),
      ],
      { error: `must be ${allowed}` },
    )
    .pipe(
      z
        .int({ error: `must be ${allowed}` })
        .min(range.min, { error: `must be ${allowed}` })
        .max(range.max, { error: `must be ${allowed}` }),
    );
}

/** Yes or no, from a bare flag, from the environment (`1`, `true`, `0`, `false`) or from code. */
export function yesOrNo() {
  return z
    .union(
      [
        z.boolean(),
        z.stringbool({ truthy: ['1', 'true', 'yes'], falsy: ['0', 'false', 'no', ''] }),
      ],
      {
        error: 'must be true or false',
      },
    )
    .default(false);
}

/**
 * Reads flags and environment into the schema's output.
 * `--help` prints and ends the process, as commander does.
 * @throws {StartupError} one sentence per bad value: which flag, what value, what is allowed.
 */
export function readOptions<Schema extends z.ZodObject>(
  schema: Schema,
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  text: ProgramText,
): z.output<Schema> {
  const command = new Command(text.name)
    .description(text.summary)
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `\n${text.examples}`)
    .exitOverride((error) => {
      if (error.exitCode === 0) process.exit(0);
      throw new StartupError(error.message.replace(/^error: /, ''));
    })
    .configureOutput({ outputError: () => undefined })
    .allowExcessArguments(false);
  for (const [, field, meta] of optionFields(schema)) {
    if (meta.flag) command.addOption(commanderOption(field, meta));
  }
  command.parse([...argv], { from: 'user' });

  const given = command.opts();
  const raw: Record<string, unknown> = {};
  for (const [key, , meta] of optionFields(schema)) {
    const fromFlag: unknown = meta.flag ? given[new Option(meta.flag).attributeName()] : undefined;
    const fromEnv = env[meta.env];
    if (fromFlag !== undefined) raw[key] = fromFlag;
    else if (fromEnv !== undefined && fromEnv !== '') {
      raw[key] = meta.list ? splitList(fromEnv) : fromEnv;
    }
  }
  return parseOptions(schema, raw, given);
}

/**
 * Checks `raw` against the schema.
 * @param given Values that came from flags, so that an error names the flag rather than the
 *   variable.
 * @throws {StartupError}
 */
export function parseOptions<Schema extends z.ZodObject>(
  schema: Schema,
  raw: unknown,
  given: Record<string, unknown> = {},
): z.output<Schema> {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new StartupError(
    parsed.error.issues.map((issue) => explain(schema, issue, raw, given)).join('\n'),
  );
}

function explain(
  schema: z.ZodObject,
  issue: z.core.$ZodIssue,
  raw: unknown,
  given: Record<string, unknown>,
): string {
  const key = issue.path[0];
  const meta = typeof key === 'string' ? fieldMeta(schema, key) : undefined;
  if (typeof key !== 'string' || !meta) return issue.message;
  const flagName = meta.flag ? new Option(meta.flag) : undefined;
  const fromFlag = flagName && given[flagName.attributeName()] !== undefined;
  const where =
    fromFlag || !flagName ? (flagName?.long ?? meta.env) : `${flagName.long} (${meta.env})`;
  const value = valueAt(raw, issue.path);
  if (value === undefined || isSecretKey(key)) return `${where}: ${issue.message}.`;
  return `${where}: “${show(value)}” is not allowed; it ${issue.message}.`;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return value;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** What a page of documentation says of an option. */
export interface OptionText extends OptionMeta {
  /** As it would be typed; undefined where there is none. */
  default: string | undefined;
}

/** All options of a schema, in its order. */
export function describeOptions(schema: z.ZodObject): OptionText[] {
  return [...optionFields(schema)].map(([, field, meta]) => ({
    ...meta,
    default: defaultOf(field, meta),
  }));
}

function defaultOf(field: z.ZodType, meta: OptionMeta): string | undefined {
  if (meta.defaultText !== undefined) return meta.defaultText;
  const fallback = field.safeParse(undefined);
  if (!fallback.success || meta.list || fallback.data === undefined || fallback.data === false) {
    return undefined;
  }
  return show(fallback.data);
}

/** A flag's value as it would be typed. */
function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function* optionFields(schema: z.ZodObject): Generator<[string, z.ZodType, OptionMeta]> {
  for (const [key, field] of Object.entries(schema.shape)) {
    const meta = OPTIONS.get(field as z.ZodType);
    if (meta) yield [key, field as z.ZodType, meta];
  }
}

function fieldMeta(schema: z.ZodObject, key: string): OptionMeta | undefined {
  const field = schema.shape[key] as z.ZodType | undefined;
  return field ? OPTIONS.get(field) : undefined;
}

function commanderOption(field: z.ZodType, meta: OptionMeta): Option {
  const fallback = defaultOf(field, meta);
  const shownDefault = fallback === undefined ? '' : ` (default: ${fallback})`;
  const built = new Option(
    meta.flag ?? '',
    `${meta.description}${shownDefault} [${meta.env}]`,
  ).helpGroup(`${meta.group}:`);
  if (meta.list) {
    built.argParser((value: string, previous: string[] | undefined) => [
      ...(previous ?? []),
      ...splitList(value),
    ]);
  }
  return built;
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
