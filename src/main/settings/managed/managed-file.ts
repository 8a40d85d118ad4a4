import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../stored-file.ts';
import { ownershipProblem, wayProblem, type FileTrust } from './file-trust.ts';

/** What stands where a managed file is looked for. */
export type ManagedFile =
  | { kind: 'absent' }
  | { kind: 'bytes'; bytes: Uint8Array; modifiedAt: number }
  /** Others than the administrator could have written it. */
  | { kind: 'refused'; problem: string; modifiedAt?: number }
  | { kind: 'unreadable'; problem: string; modifiedAt?: number };

/** Every setting with long lists stays far below; what is larger is something else. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a managed file, checked before a byte of it counts. It is opened first and looked at
 * through the open file, so that what was checked is what is read.
 */
export function readManagedFile(path: string, trust: FileTrust): ManagedFile {
  let file: number;
  try {
    // Before the file: in a folder that anybody can write to, "not there" means nothing either.
    const problem = wayProblem(dirname(path), trust);
    if (problem) return isThere(path) ? { kind: 'refused', problem } : { kind: 'absent' };
    if (lstatSync(path).isSymbolicLink()) {
      return {
        kind: 'unreadable',
        problem:
          'It is a symbolic link. Put the file itself here: a link may change its target unseen.',
      };
    }
    // Not blocking: a pipe that nobody writes to would hold the app up for ever.
    file = openSync(path, constants.O_RDONLY | NO_FOLLOW | NON_BLOCK);
  } catch (error) {
    return explainOpenError(errorCode(error));
  }
  try {
    return readOpenFile(file, path, trust);
  } catch (error) {
    return { kind: 'unreadable', problem: `It cannot be read (${errorCode(error)}).` };
  } finally {
    closeSync(file);
  }
}

// Windows knows neither.
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;
const NON_BLOCK = (constants.O_NONBLOCK as number | undefined) ?? 0;

function readOpenFile(file: number, path: string, trust: FileTrust): ManagedFile {
  const stats = fstatSync(file);
  const modifiedAt = stats.mtimeMs;
  const unreadable = (problem: string): ManagedFile => ({
    kind: 'unreadable',
    problem,
    modifiedAt,
  });
  if (stats.isDirectory()) return unreadable('It is a folder. A plain file belongs here.');
  if (!stats.isFile()) {
    return unreadable('It is a device, pipe or socket. A plain file belongs here.');
  }
  const problem = ownershipProblem('file', path, stats, trust);
  if (problem) return { kind: 'refused', problem, modifiedAt };
  if (stats.size > MAX_BYTES) {
    return unreadable(
      `It has ${(stats.size / 1024 / 1024).toFixed(1)} MB; more than 1 MB is not read.`,
    );
  }
  // One byte more, to notice a file that grows while it is read.
  const buffer = Buffer.alloc(stats.size + 1);
  let length = 0;
  for (;;) {
    const count = readSync(file, buffer, length, buffer.length - length, null);
    length += count;
    if (count === 0 || length === buffer.length) break;
  }
  if (length > stats.size) return unreadable('It is being written just now.');
  return { kind: 'bytes', bytes: buffer.subarray(0, length), modifiedAt };
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ENOENT';
  }
}

function explainOpenError(code: string): ManagedFile {
  switch (code) {
    case 'ENOENT':
      return { kind: 'absent' };
    case 'ENOTDIR':
      return { kind: 'unreadable', problem: 'A file stands where its folder should be.' };
    case 'EACCES':
    case 'EPERM':
      return {
        kind: 'unreadable',
        problem:
          'This user may not read it. Every user must: chmod 644 the file and 755 its folder.',
      };
    case 'ELOOP':
      return { kind: 'unreadable', problem: 'It is a symbolic link, or its folders form a loop.' };
    case 'ENXIO':
      return {
        kind: 'unreadable',
        problem: 'It is a socket. A plain file belongs here.',
      };
    default:
      return { kind: 'unreadable', problem: `It cannot be read (${code}).` };
  }
}
