import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * A hash over the names and contents of files, and of all files below folders.
 *
 * Times do not count, so a fresh clone or a switch of branches and back gives the same value.
 * @param root what the names are relative to
 * @param entries files and folders below `root`; one that does not exist counts as empty
 * @returns 64 hexadecimal digits
 */
export function contentHash(root: string, entries: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of entries.flatMap((entry) => filesBelow(root, entry)).sort()) {
    const content = fs.readFileSync(path.join(root, file));
    // The lengths keep "a" + "bc" and "ab" + "c" apart.
    hash.update(`${file.length} ${file} ${content.length} `).update(content);
  }
  return hash.digest('hex');
}

function filesBelow(root: string, entry: string): string[] {
  const stats = fs.statSync(path.join(root, entry), { throwIfNoEntry: false });
  if (!stats) return [];
  if (!stats.isDirectory()) return [entry];
  return fs
    .readdirSync(path.join(root, entry), { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => path.relative(root, path.join(found.parentPath, found.name)))
    .map((file) => file.split(path.sep).join('/'));
}
