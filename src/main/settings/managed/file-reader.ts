import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, type BigIntStats } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  MAX_PROBLEMS,
  type PolicyOrigin,
  type PolicyProblem,
} from '../../../shared/settings/policy-status.ts';
import type { SourceValues } from '../source.ts';
import { errorCode } from '../stored-file.ts';
import { checkPolicyText } from './check-policy.ts';
import type { FileTrust } from './file-trust.ts';
import { readManagedFile } from './managed-file.ts';
import type { PolicyReader, PolicyReading } from './policy-reader.ts';

/** Within this time a change is noticed, twice looked at (ms); 2 s are promised. */
const POLL_INTERVAL_MS = 500;

const MAIN_FILE = 'managed-settings.json';
const DROP_IN_FOLDER = 'managed-settings.d';
/** A packager's folder has a handful. */
const MAX_DROP_INS = 100;

/**
 * `managed-settings.json` and, over it, `managed-settings.d/*.json` in the order of their names: of
 * two that set the same key, the later counts.
 */
export class FileReader implements PolicyReader {
  readonly name = 'files';
  readonly canBeWithdrawn = false;
  readonly pollIntervalMs = POLL_INTERVAL_MS;
  readonly #folder: string;
  readonly #trust: FileTrust;

  constructor(folder: string, trust: FileTrust) {
    this.#folder = folder;
    this.#trust = trust;
  }

  fingerprint(): Promise<string> {
    const { names } = this.#dropIns();
    const dropInFolder = join(this.#folder, DROP_IN_FOLDER);
    const paths = [
      ...foldersAbove(this.#folder),
      this.#folder,
      join(this.#folder, MAIN_FILE),
      dropInFolder,
      ...names.map((name) => join(dropInFolder, name)),
    ];
    return Promise.resolve(paths.map(markOf).join('\n'));
  }

  read(): PolicyReading {
    const reading: PolicyReading = { values: {}, origins: [], problems: [], needed: [] };
    this.#readFile(join(this.#folder, MAIN_FILE), 'file', reading);
    const dropIns = join(this.#folder, DROP_IN_FOLDER);
    const { names, problem } = this.#dropIns();
    if (problem !== undefined) {
      reading.origins.unshift({ path: dropIns, kind: 'drop-in', state: 'broken' });
      add(reading.problems, { severity: 'error', path: dropIns, problem });
    }
    if (names.length > MAX_DROP_INS) {
      const text = `There are ${names.length} files; more than ${MAX_DROP_INS} are not read.`;
      add(reading.problems, { severity: 'error', path: dropIns, problem: text });
    }
    for (const name of names.slice(0, MAX_DROP_INS)) {
      this.#readFile(join(dropIns, name), 'drop-in', reading);
    }
    return reading;
  }

  #readFile(path: string, kind: PolicyOrigin['kind'], reading: PolicyReading): void {
    const file = readManagedFile(path, this.#trust);
    const origin = (more: Omit<PolicyOrigin, 'path' | 'kind'>): void => {
      // The last one read is the strongest, and stands first.
      reading.origins.unshift({ path, kind, ...more });
    };
    if (file.kind === 'absent') {
      if (kind === 'file') origin({ state: 'absent' });
      return;
    }
    const { modifiedAt } = file;
    const time = modifiedAt === undefined ? {} : { modifiedAt };
    if (file.kind !== 'bytes') {
      origin({ state: file.kind === 'refused' ? 'refused' : 'broken', ...time });
      add(reading.problems, { severity: 'error', path, problem: file.problem });
      return;
    }
    const hash = createHash('sha256').update(file.bytes).digest('hex');
    const checked = checkPolicyText(file.bytes, path);
    const isBroken = checked.problems.some(({ severity }) => severity === 'error');
    origin({ state: isBroken ? 'broken' : 'used', ...time, hash });
    for (const problem of checked.problems) add(reading.problems, { path, ...problem });
    // A drop-in is there to be added and taken away again; the file itself is not.
    if (kind === 'file' && Object.keys(checked.values).length > 0) reading.needed.push(path);
    reading.values = { ...reading.values, ...checked.values } satisfies SourceValues;
  }

  #dropIns(): { names: string[]; problem?: string } {
    const folder = join(this.#folder, DROP_IN_FOLDER);
    try {
      const names = readdirSync(folder).filter(
        (name) => name.endsWith('.json') && !name.startsWith('.'),
      );
      // By code unit, as every file manager of a server sorts: 10-… before 20-….
      names.sort();
      return { names };
    } catch (error) {
      const code = errorCode(error);
      if (code === 'ENOENT') return { names: [] };
      const problem =
        code === 'ENOTDIR'
          ? 'It is not a folder. Drop-ins are files in a folder of this name.'
          : `The folder cannot be read (${code}). Every user must: chmod 755 it.`;
      return { names: [], problem };
    }
  }
}

function add(problems: PolicyProblem[], problem: PolicyProblem): void {
  if (problems.length < MAX_PROBLEMS) problems.push(problem);
}

function foldersAbove(folder: string): string[] {
  const folders: string[] = [];
  for (let at = folder; dirname(at) !== at; at = dirname(at)) folders.push(dirname(at));
  return folders;
}

/**
 * What changes when a file is written, replaced, given away or opened up to others. Of a folder only
 * the owner and the mode: files that have nothing to do with us come and go in it.
 */
function markOf(path: string): string {
  let stats: BigIntStats;
  try {
    stats = lstatSync(path, { bigint: true });
  } catch (error) {
    return errorCode(error);
  }
  const { uid, gid, mode, ino, size, mtimeNs, ctimeNs } = stats;
  const owner = [uid, gid, mode];
  return (stats.isDirectory() ? owner : [...owner, ino, size, mtimeNs, ctimeNs]).join(' ');
}
