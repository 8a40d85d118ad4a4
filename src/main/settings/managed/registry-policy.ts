import { SETTING_KEYS, type SettingKey } from '../../../shared/settings.ts';
import { settingForm } from '../../../shared/settings/form.ts';
import { messageOf } from '../../error-message.ts';
import { SUGGESTED_SUBKEY } from './registry-names.ts';
import type { RegistryValue } from './registry.ts';

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
  const problems: RegistryPolicy['problems'] = [];
  const demanded: RegistryValue[] = [];
  const suggested: RegistryValue[] = [];
  for (const value of values) {
    const [first, ...rest] = value.subkeys;
    if (first === SUGGESTED_SUBKEY) suggested.push({ ...value, subkeys: rest });
    else demanded.push(value);
  }
  const policy = new Map<string, unknown>();
  for (const [key, value] of readLevel(suggested, problems)) {
    policy.set(key, { value, locked: false });
  }
  for (const [key, value] of readLevel(demanded, problems)) policy.set(key, value);
  return { policy: Object.fromEntries(policy), problems };
}

function readLevel(
  values: readonly RegistryValue[],
  problems: RegistryPolicy['problems'],
): Map<string, unknown> {
  const policy = new Map<string, unknown>();
  const lists = new Map<string, RegistryValue[]>();
  for (const value of values) {
    const [listName, ...deeper] = value.subkeys;
    if (deeper.length > 0) {
      const problem = 'Has a key below it, where nothing of a setting stands. Remove that key.';
      problems.push({ key: listName ?? '', problem });
    } else if (listName !== undefined) {
      lists.set(listName, [...(lists.get(listName) ?? []), value]);
    } else {
      policy.set(value.name, valueOf(value, problems));
    }
  }
  for (const [name, entries] of lists) {
    entries.sort((a, b) => Number(a.name) - Number(b.name));
    policy.set(
      name,
      entries.map(({ data }) => data),
    );
  }
  return policy;
}

function valueOf({ name, data }: RegistryValue, problems: RegistryPolicy['problems']): unknown {
  const form = isSettingKey(name) ? settingForm(name).kind : 'text';
  if (form === 'switch' && (data === 0 || data === 1)) return data === 1;
  if (Buffer.isBuffer(data)) {
    const problem = 'Must be REG_SZ, REG_MULTI_SZ or REG_DWORD; found bytes.';
    problems.push({ key: name, problem });
    return undefined;
  }
  if (form !== 'object') return typeof data === 'bigint' ? Number(data) : data;
  // REG_MULTI_SZ: the lines of the editor.
  const text = Array.isArray(data) ? data.join('\n') : String(data);
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
