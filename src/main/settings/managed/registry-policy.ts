import { SETTING_KEYS, type SettingKey } from '../../../shared/settings.ts';
import { settingForm } from '../../../shared/settings/form.ts';
import { messageOf } from '../../error-message.ts';
import { SUGGESTED_SUBKEY } from './registry-names.ts';
import type { RegistryValue } from './registry-text.ts';

/** What Group Policy wrote, in the form of a managed file. */
export interface RegistryPolicy {
  policy: Record<string, unknown>;
  /** What cannot be read at all: setting and sentence. */
  problems: { key: string; problem: string }[];
}

/**
 * Turns registry values into the form of a managed file, to be checked as one: numbers into true and
 * false, numbered values into lists, JSON into objects. A demand goes before a suggestion.
 */
export function registryPolicy(values: readonly RegistryValue[]): RegistryPolicy {
  const result: RegistryPolicy = { policy: {}, problems: [] };
  for (const suggested of [true, false]) {
    for (const [key, value] of Object.entries(readLevel(values, suggested, result.problems))) {
      result.policy[key] = suggested ? { value, locked: false } : value;
    }
  }
  return result;
}

function readLevel(
  values: readonly RegistryValue[],
  suggested: boolean,
  problems: RegistryPolicy['problems'],
): Record<string, unknown> {
  const policy: Record<string, unknown> = {};
  const lists = new Map<string, RegistryValue[]>();
  for (const value of values) {
    const path = value.subkey === '' ? [] : value.subkey.split('\\');
    if ((path[0] === SUGGESTED_SUBKEY) !== suggested) continue;
    const [listName] = suggested ? path.slice(1) : path;
    if (listName !== undefined) {
      lists.set(listName, [...(lists.get(listName) ?? []), value]);
      continue;
    }
    if (!isAscii(value.data)) {
      const problem = String.raw`Has characters outside of ASCII, which cannot be read from the registry. In JSON write them as \u and four digits; else use the managed file.`;
      problems.push({ key: value.name, problem });
      continue;
    }
    policy[value.name] = valueOf(value, problems);
  }
  for (const [name, entries] of lists) {
    entries.sort((a, b) => Number(a.name) - Number(b.name));
    policy[name] = entries.map(({ data }) => data);
  }
  return policy;
}

function valueOf({ name, type, data }: RegistryValue, problems: RegistryPolicy['problems']) {
  const form = isSettingKey(name) ? settingForm(name).kind : 'text';
  if (type === 'REG_DWORD') {
    const number = Number(data);
    return form === 'switch' && (number === 0 || number === 1) ? number === 1 : number;
  }
  if (form !== 'object') return data;
  // REG_MULTI_SZ: the lines of the editor, printed with \0 between them.
  const text = type === 'REG_MULTI_SZ' ? data.replaceAll(String.raw`\0`, '\n') : data;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    problems.push({ key: name, problem: `Must be JSON: ${messageOf(error)}.` });
    return undefined;
  }
}

function isSettingKey(name: string): name is SettingKey {
  return (SETTING_KEYS as string[]).includes(name);
}

function isAscii(text: string): boolean {
  return /^[\u0000-\u007f]*$/.test(text);
}
