import { copyFileSync, constants, readFileSync, unlinkSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import {
  Settings,
  USER_SETTING_KEYS,
  type SettingKey,
  type SettingProblem,
} from '../../shared/settings.ts';
import { messageOf } from '../error-message.ts';
import { explainSetting } from './explain.ts';
import { currentVersion, migrate, type Migration, type StoredValues } from './migrations.ts';

/** What a settings file turned out to hold. */
export type StoredFile =
  | { kind: 'absent' }
  /** `invalid` names the values that cannot be used; `values` has the others. */
  | {
      kind: 'usable';
      values: Partial<Settings>;
      invalid: SettingProblem[];
      /** All that the file holds, brought up to the current version from an older one. */
      migrated?: { from: number; store: StoredValues };
    }
  | { kind: 'broken'; reason: string }
  | { kind: 'newer'; version: number }
  | { kind: 'unreadable'; reason: string };

const Versioned = z.looseObject({ version: z.number().int().positive() });

export function readStoredFile(path: string, migrations?: readonly Migration[]): StoredFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = errorCode(error);
    return code === 'ENOENT' ? { kind: 'absent' } : { kind: 'unreadable', reason: code };
  }
  return inspectStoredText(text, migrations);
}

/** The file's text as JSON. Editors on Windows like to put a byte order mark in front. */
export function parseStoredText(text: string): unknown {
  return JSON.parse(text.replace(/^\uFEFF/, ''));
}

function inspectStoredText(
  text: string,
  migrations?: readonly Migration[],
): Exclude<StoredFile, { kind: 'absent' | 'unreadable' }> {
  let json: unknown;
  try {
    json = parseStoredText(text);
  } catch {
    return { kind: 'broken', reason: text.trim() === '' ? 'it is empty' : 'it is not valid JSON' };
  }
  const versioned = Versioned.safeParse(json);
  if (!versioned.success) {
    return { kind: 'broken', reason: 'it has no version number' };
  }
  const { version } = versioned.data;
  if (version > currentVersion(migrations)) return { kind: 'newer', version };
  const isOld = version < currentVersion(migrations);
  const store = isOld ? migrate(versioned.data, version, migrations) : versioned.data;
  const values: Partial<Settings> = {};
  const invalid: SettingProblem[] = [];
  // What only IT can set has no place here, whoever wrote it: it is left alone and never counts.
  for (const key of USER_SETTING_KEYS) {
    if (store[key] === undefined) continue;
    readValue(key, store[key], values, invalid);
  }
  return {
    kind: 'usable',
    values,
    invalid,
    ...(isOld && { migrated: { from: version, store } }),
  };
}

function readValue(
  key: SettingKey,
  stored: unknown,
  values: Partial<Settings>,
  invalid: SettingProblem[],
): void {
  const parsed = Settings.shape[key].safeParse(stored);
  if (parsed.success) Object.assign(values, { [key]: parsed.data });
  else invalid.push({ key, problem: explainSetting(parsed.error, stored) });
}

/** Names that are tried for a file set aside in one and the same millisecond. */
const MAX_NAMES = 100;

/**
 * Copies `path` to a name beside it that says why (`settings.broken-2026-01-31T08-15-00-000Z.json`),
 * never over another file. With `remove`, the original goes once its copy is complete.
 * @returns The new file's name, without its folder.
 * @throws The file system's error; the original is then still there.
 */
export function setAside(
  path: string,
  why: string,
  now: Date,
  options: { remove: boolean },
): string {
  const extension = extname(path);
  const stem = basename(path, extension);
  const stamp = now.toISOString().replaceAll(/[:.]/g, '-');
  for (let attempt = 1; ; attempt += 1) {
    const suffix = attempt === 1 ? '' : `-${attempt}`;
    const name = `${stem}.${why}-${stamp}${suffix}${extension}`;
    try {
      copyFileSync(path, join(dirname(path), name), constants.COPYFILE_EXCL);
    } catch (error) {
      if (errorCode(error) === 'EEXIST' && attempt < MAX_NAMES) continue;
      throw error;
    }
    if (options.remove) unlinkSync(path);
    return name;
  }
}

export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return messageOf(error);
}
