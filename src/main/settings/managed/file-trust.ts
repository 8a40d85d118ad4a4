import { lstatSync, readlinkSync, realpathSync, type BigIntStats, type Stats } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';

/** Who may have written a managed file, for it to count. */
export interface FileTrust {
  /** Users who may own the file and the folders above it. Empty: the platform is not checked so. */
  administrators: readonly number[];
  /**
   * Folders from here on are checked; those above are taken as they are. The root of the file system
   * but where the managed folder is named by a developer.
   */
  from: string;
}

const WRITABLE_BY_GROUP = 0o020;
const WRITABLE_BY_OTHERS = 0o002;
const ROOT_GROUP = 0;

/**
 * The trust that managed files need on this platform: only the administrator may have been able to
 * write them. Windows has no owners and modes of this kind.
 */
export function administratorTrust(platform: NodeJS.Platform = process.platform): FileTrust {
  return { administrators: platform === 'win32' ? [] : [0], from: parse(process.cwd()).root };
}

/**
 * Why a file or folder is not the administrator's alone, or undefined.
 * @param what What it is: `file` or `folder`.
 */
export function ownershipProblem(
  what: string,
  path: string,
  stats: Stats | BigIntStats,
  { administrators }: FileTrust,
): string | undefined {
  if (administrators.length === 0) return undefined;
  const [uid, gid, mode] = [Number(stats.uid), Number(stats.gid), Number(stats.mode)];
  const shown = (mode & 0o777).toString(8).padStart(4, '0');
  if (!administrators.includes(uid)) {
    return `The ${what} ${path} belongs to user ${uid}, who can change it, not to the administrator. Run: chown root "${path}"`;
  }
  if (mode & WRITABLE_BY_OTHERS) {
    return `The ${what} ${path} can be written by every user of this computer (mode ${shown}). Run: chmod go-w "${path}"`;
  }
  if (mode & WRITABLE_BY_GROUP && gid !== ROOT_GROUP) {
    return `The ${what} ${path} can be written by everyone in group ${gid} (mode ${shown}). Run: chmod g-w "${path}"`;
  }
  return undefined;
}

/**
 * Why what stands at `path`, a folder or a file, cannot be trusted, or undefined: whoever may write to
 * it, to any folder above, or to where a link on the way stands, may put something else in its place.
 * @throws The file system's error; ENOENT when nothing is there.
 */
export function wayProblem(path: string, trust: FileTrust): string | undefined {
  if (trust.administrators.length === 0) return undefined;
  for (const at of passed(path, trust.from)) {
    const stats = lstatSync(at);
    if (stats.isSymbolicLink()) {
      // Its mode says nothing; whoever may change it can write to the folder above, which is checked.
      if (trust.administrators.includes(stats.uid)) continue;
      return `The link ${at} belongs to user ${stats.uid}, not to the administrator (root).`;
    }
    const problem = ownershipProblem(stats.isDirectory() ? 'folder' : 'file', at, stats, trust);
    if (problem) return problem;
  }
  return undefined;
}

/** All that is passed on the way to `path`: each folder, and where a link leads, what is passed there. */
function passed(path: string, from: string, seen = new Set<string>()): Set<string> {
  for (const at of chain(path, from)) {
    if (seen.has(at)) continue;
    seen.add(at);
    if (!lstatSync(at).isSymbolicLink()) continue;
    passed(resolve(realpathSync(dirname(at)), readlinkSync(at)), from, seen);
  }
  return seen;
}

/** Every folder from `from`, or the root where it lies elsewhere, down to `path`. */
function chain(path: string, from: string): string[] {
  const all = [path];
  for (let at = path; dirname(at) !== at; at = dirname(at)) all.unshift(dirname(at));
  const start = all.findIndex((each) => each === from || join(each, sep) === join(from, sep));
  return start === -1 ? all : all.slice(start);
}
