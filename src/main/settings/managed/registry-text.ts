/** What stands in one registry key and the keys below it, as `reg query KEY /s` prints it. */
export interface RegistryValue {
  /** Key, without the root and the queried key; empty for the queried key itself. */
  subkey: string;
  name: string;
  type: string;
  data: string;
}

const VALUE_LINE = /^ {4}(.*?) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/;

/**
 * Reads the output of `reg query`. Only what the form promises is taken: a key on a line of its own,
 * values below it, four spaces between name, type and data.
 * @param key As it was asked for, without its root (`HKLM\`).
 */
export function parseRegistryText(text: string, key: string): RegistryValue[] {
  const values: RegistryValue[] = [];
  let subkey: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    const header = /^HKEY_[A-Z_]+\\(.*)$/.exec(line)?.[1];
    if (header !== undefined) {
      const isBelow = header.toLowerCase().startsWith(key.toLowerCase());
      subkey = isBelow ? header.slice(key.length).replace(/^\\/, '') : undefined;
      continue;
    }
    const [, name, type, data = ''] = VALUE_LINE.exec(line) ?? [];
    if (subkey === undefined || name === undefined || type === undefined) continue;
    values.push({ subkey, name, type, data });
  }
  return values;
}
