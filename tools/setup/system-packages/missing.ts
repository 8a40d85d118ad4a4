import fs from 'node:fs';
import path from 'node:path';
import { PACKAGES, type Evidence, type PackageGroup, type SystemPackage } from './catalogue.ts';

/** Where programs are that an ordinary user's PATH may leave out. */
const SYSTEM_PROGRAM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** How the machine is asked; tests answer from a table. */
export interface MachineLookup {
  hasProgram(name: string): boolean;
  hasFile(path: string): boolean;
  hasFileBelow(folder: string, endings: readonly string[]): boolean;
}

/** The packages of the groups whose content is not on the machine, each once, in order. */
export function missingPackages(
  groups: readonly PackageGroup[],
  lookup: MachineLookup,
): SystemPackage[] {
  const missing = new Map<string, SystemPackage>();
  for (const wanted of groups.flatMap((group) => PACKAGES[group])) {
    if (!isThere(wanted.evidence, lookup)) missing.set(wanted.name, wanted);
  }
  return [...missing.values()];
}

function isThere(evidence: Evidence, lookup: MachineLookup): boolean {
  if ('programs' in evidence) return evidence.programs.some((name) => lookup.hasProgram(name));
  if ('files' in evidence) return evidence.files.some((file) => lookup.hasFile(file));
  return lookup.hasFileBelow(evidence.folder, evidence.endings);
}

/** Asks the machine that this runs on. */
export const thisMachine: MachineLookup = {
  hasProgram: (name) =>
    [...(process.env['PATH'] ?? '').split(path.delimiter), ...SYSTEM_PROGRAM_FOLDERS].some(
      (folder) => folder !== '' && isExecutable(path.join(folder, name)),
    ),
  hasFile: (file) => fs.existsSync(file),
  hasFileBelow: (folder, endings) =>
    fs.existsSync(folder) &&
    fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .some((file) => endings.some((ending) => file.endsWith(ending))),
};

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
