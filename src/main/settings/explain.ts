import type { z } from 'zod';
import { shorten } from '../../shared/endpoint.ts';

/** What is wrong at one place in the value of a setting. */
export interface ValueProblem {
  /** From the value of the setting inward. */
  path: (string | number)[];
  /** What was found there and what is allowed. */
  problem: string;
}

/** The first thing wrong with a setting, as one sentence for whoever typed it. */
export function explainSetting(error: z.ZodError, value?: unknown): string {
  const [first] = explainAll(error, value);
  return first ? placeOf(first.path) + first.problem : 'This value is not valid.';
}

/** Everything wrong with a setting, one sentence for each place: what follows is an echo of it. */
export function explainAll(error: z.ZodError, value: unknown): ValueProblem[] {
  const byPlace = new Map<string, ValueProblem>();
  for (const issue of error.issues) {
    const problem = explainIssue(issue, value, []);
    const place = JSON.stringify(problem.path);
    if (!byPlace.has(place)) byPlace.set(place, problem);
  }
  return [...byPlace.values()];
}

/** Where in a value something is, as the start of a sentence; empty where it goes without saying. */
export function placeOf(path: readonly (string | number)[]): string {
  if (path.length === 0 || (path.length === 1 && path[0] === 0)) return '';
  const words = path.map((part, index) =>
    typeof part === 'number' ? `${index === 0 ? 'Entry ' : ''}${part + 1}` : part,
  );
  return `${words.join(', ').replaceAll(/, (\d+)/g, ' $1')}: `;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text in double quotes',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false, without quotes',
  array: 'a list in square brackets',
  object: 'an object in curly braces',
  record: 'an object in curly braces',
};

function explainIssue(
  issue: z.core.$ZodIssue,
  value: unknown,
  above: readonly (string | number)[],
): ValueProblem {
  const path = [...above, ...issue.path.filter((part) => typeof part !== 'symbol')];
  const found = valueAt(value, path);
  switch (issue.code) {
    case 'invalid_union': {
      if (issue.discriminator !== undefined) {
        const options = 'options' in issue ? (issue.options as unknown[]) : [];
        return { path, problem: oneOf(options, found) };
      }
      // The last alternative is the general one; the others are special values such as ''.
      const inner = issue.errors.at(-1)?.[0];
      if (issue.message === 'Invalid input' && inner) return explainIssue(inner, value, path);
      return { path, problem: issue.message };
    }
    case 'invalid_value':
      return { path, problem: oneOf(issue.values, found) };
    case 'invalid_type': {
      const expected = TYPES[issue.expected] ?? issue.expected;
      return {
        path,
        problem:
          found === undefined
            ? `Is missing: ${expected} is needed.`
            : `Must be ${expected}, not ${describe(found)}.`,
      };
    }
    case 'unrecognized_keys':
      return {
        path,
        problem: `${issue.keys.map((key) => `“${shorten(key)}”`).join(' and ')} ${issue.keys.length === 1 ? 'has' : 'have'} no meaning here.`,
      };
    default:
      return { path, problem: issue.message };
  }
}

function oneOf(allowed: readonly unknown[], found: unknown): string {
  const list = allowed.map(String).join(', ');
  return found === undefined
    ? `Must be one of ${list}.`
    : `Must be one of ${list}, not ${describe(found)}.`;
}

/** A found value for a sentence. Never the inside of an object: somebody may have put a secret there. */
function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `“${shorten(value)}”`;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return 'an object';
  }
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  let at = value;
  for (const part of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string | number, unknown>)[part];
  }
  return at;
}
