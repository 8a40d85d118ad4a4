import { findNodeAtLocation, getNodeValue, type JSONPath, type Node } from 'jsonc-parser';
import { settingInfo, Settings, SETTING_KEYS, type SettingKey } from '../../../shared/settings.ts';
import { explainAll, placeOf } from '../explain.ts';
import type { SourceValues } from '../source.ts';
import { inlineProblems } from './inline-certificates.ts';
import { contradictions } from './contradictions.ts';
import { readJsonText, type TextProblem } from './json-text.ts';
import { closestName } from './spelling.ts';

/** One thing wrong with a policy, with its place where the form of the policy has places. */
export interface CheckedProblem extends TextProblem {
  key?: string;
}

export interface CheckedPolicy {
  /** Empty when there is an error: half a policy is none. */
  values: SourceValues;
  problems: CheckedProblem[];
}

/** Where in a document something stands. */
type Locate = (path: JSONPath) => { line: number; column: number } | undefined;

/** A managed file may name its schema, for editors. */
const SCHEMA_KEY = '$schema';

/**
 * Checks the bytes of a managed file.
 * @param origin How the file is called where its values are shown.
 */
export function checkPolicyText(bytes: Uint8Array, origin: string): CheckedPolicy {
  const json = readJsonText(bytes);
  if (!json.ok) return { values: {}, problems: json.problems };
  const { root, lines, warnings } = json;
  const locate: Locate = (path) => {
    const node = nearestNode(root, path);
    return node && lines.at(node.offset);
  };
  const checked = checkPolicyValues(getNodeValue(root), origin, locate);
  return { values: checked.values, problems: [...warnings, ...checked.problems] };
}

/**
 * Checks a policy that was read already, key by key. Every key is `value` or
 * `{ "value": value, "locked": boolean }`; without `locked` it is locked.
 */
export function checkPolicyValues(
  policy: unknown,
  origin: string,
  locate: Locate = () => undefined,
): CheckedPolicy {
  const problems: CheckedProblem[] = [];
  const report = (
    severity: CheckedProblem['severity'],
    path: JSONPath,
    problem: string,
    key?: string,
  ): void => {
    problems.push({ severity, problem, ...(key !== undefined && { key }), ...locate(path) });
  };
  if (typeof policy !== 'object' || policy === null || Array.isArray(policy)) {
    report('error', [], 'A policy is one object in curly braces, with a key for each setting.');
    return { values: {}, problems };
  }
  const values: SourceValues = {};
  for (const [name, given] of Object.entries(policy)) {
    if (name.startsWith('//') || name === SCHEMA_KEY) continue;
    if (!isSettingKey(name)) {
      const similar = closestName(name, SETTING_KEYS);
      report(
        'warning',
        [name],
        `There is no such setting; it is ignored.${similar === undefined ? '' : ` Is “${similar}” meant?`}`,
        name.slice(0, 60),
      );
      continue;
    }
    readKey(name, given, { values, origin, report });
  }
  const hasError = problems.some(({ severity }) => severity === 'error');
  if (!hasError) {
    for (const { key, problem } of contradictions(values)) report('warning', [key], problem, key);
  }
  return { values: hasError ? {} : values, problems };
}

interface Reading {
  values: SourceValues;
  origin: string;
  report: (
    severity: CheckedProblem['severity'],
    path: JSONPath,
    problem: string,
    key: string,
  ) => void;
}

function readKey(key: SettingKey, given: unknown, { values, origin, report }: Reading): void {
  const wrapped = unwrap(given);
  const { value, inner } = wrapped;
  if (wrapped.lockedProblem !== undefined) {
    report('error', [key, 'locked'], wrapped.lockedProblem, key);
    return;
  }
  const parsed = Settings.shape[key].safeParse(value);
  if (!parsed.success) {
    for (const { path, problem } of explainAll(parsed.error, value)) {
      report('error', [key, ...inner, ...path], placeOf(path) + problem, key);
    }
    return;
  }
  if (key === 'extraCaCertificates') {
    for (const { entry, severity, problem } of inlineProblems(parsed.data as string[])) {
      report(severity, [key, ...inner, entry], placeOf([entry]) + problem, key);
    }
  }
  const isForIt = settingInfo(key).setBy === 'it';
  if (isForIt && !wrapped.locked) {
    report(
      'warning',
      [key, 'locked'],
      'Only IT can set this, so it cannot be a mere suggestion: “locked”: false is ignored.',
      key,
    );
  }
  Object.assign(values, {
    [key]: { value: parsed.data, origin, locked: isForIt || wrapped.locked },
  });
}

interface Unwrapped {
  value: unknown;
  locked: boolean;
  /** Path of the value inside what was given. */
  inner: string[];
  lockedProblem?: string;
}

/** `{ "value": …, "locked": … }`, or the value itself. No setting has a key named `value`. */
function unwrap(given: unknown): Unwrapped {
  const isWrapped =
    typeof given === 'object' &&
    given !== null &&
    Object.hasOwn(given, 'value') &&
    Object.keys(given).every((name) => name === 'value' || name === 'locked');
  if (!isWrapped) return { value: given, locked: true, inner: [] };
  const { value, locked = true } = given as { value: unknown; locked?: unknown };
  if (typeof locked !== 'boolean') {
    const lockedProblem =
      'locked: Must be true (the employee cannot change it) or false (a suggestion).';
    return { value, locked: true, inner: ['value'], lockedProblem };
  }
  return { value, locked, inner: ['value'] };
}

function isSettingKey(key: string): key is SettingKey {
  return (SETTING_KEYS as string[]).includes(key);
}

/** The innermost node on the way to a place: what is missing has none of its own. */
function nearestNode(root: Node, path: JSONPath): Node | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node) return node;
  }
  return root;
}
