import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { runNpm } from './npm-client.mjs';
import { startProgress } from './progress.mjs';

/**
 * @typedef {object} LockedPackage an entry of a lock file's `packages`
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {string | string[]} [os]
 * @property {string | string[]} [cpu]
 * @property {string | string[]} [libc]
 */
/** @typedef {Record<string, LockedPackage>} LockedPackages */
/**
 * @typedef {object} Machine
 * @property {string} platform
 * @property {string} arch
 * @property {string} libc `glibc` or `musl` on Linux, else empty
 */

/**
 * What the stamp must say for `node_modules` to be current.
 *
 * The platform and Node's major version are part of it: some packages come in one flavour for each.
 * @param {string} lockFileText
 * @param {{ nodeVersion: string, platform: string, arch: string }} machine
 * @returns {string}
 */
export function dependencyStamp(lockFileText, { nodeVersion, platform, arch }) {
  const hash = createHash('sha256').update(lockFileText).digest('hex');
  return `${hash} node${nodeVersion.split('.')[0]} ${platform}-${arch}\n`;
}

/**
 * Tells whether what npm last installed is what the lock file asks for, on this platform.
 *
 * npm writes its record only after a complete installation, so an interrupted one does not match.
 * @param {LockedPackages} locked
 * @param {LockedPackages} installed
 * @param {Machine} machine
 * @returns {boolean}
 */
export function installedMatchesLock(locked, installed, machine) {
  for (const [place, wanted] of Object.entries(locked)) {
    if (place === '') continue;
    const have = installed[place];
    if (!have) {
      if (wanted.optional && !isMadeFor(wanted, machine)) continue;
      return false;
    }
    if (have.version !== wanted.version || have.integrity !== wanted.integrity) return false;
  }
  return Object.keys(installed).every((place) => place in locked);
}

/**
 * Tells whether an optional package is one of those made for this kind of machine. npm may leave out
 * any other, also one without limits of its own that only a package for another machine needs.
 * @param {LockedPackage} entry
 * @param {Machine} machine
 * @returns {boolean}
 */
function isMadeFor(entry, { platform, arch, libc }) {
  if (!entry.os && !entry.cpu) return false;
  const allows = (
    /** @type {string | string[] | undefined} */ list,
    /** @type {string} */ value,
  ) => {
    const names = typeof list === 'string' ? [list] : (list ?? []);
    if (names.includes(`!${value}`)) return false;
    const positive = names.filter((name) => !name.startsWith('!'));
    return positive.length === 0 || positive.includes(value);
  };
  return allows(entry.os, platform) && allows(entry.cpu, arch) && allows(entry.libc, libc);
}

/**
 * @returns {string}
 */
function libcOfThisMachine() {
  if (process.platform !== 'linux') return '';
  const report = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (
    process.report.getReport()
  );
  return report.header?.glibcVersionRuntime ? 'glibc' : 'musl';
}

/**
 * Installs the locked dependencies when they are missing or differ; install scripts stay off.
 * @param {string} root the project's folder
 * @param {string} nodeVersion the Node that will run with them
 * @returns {Promise<void>}
 * @throws {Error} when npm fails
 */
export async function ensureDependencies(root, nodeVersion) {
  const stampFile = path.join(root, 'node_modules', '.causeway-stamp');
  const machine = { platform: process.platform, arch: process.arch };
  const lockFile = path.join(root, 'package-lock.json');
  const wantedStamp = () =>
    dependencyStamp(fs.readFileSync(lockFile, 'utf8'), { ...machine, nodeVersion });
  if (readIfThere(stampFile) === wantedStamp()) return;

  const progress = startProgress('Dependencies');
  try {
    await withLock(path.join(root, '.causeway', 'dependencies.lock'), progress.note, async () => {
      // Read again: another set-up may have done the work while this one waited.
      const stamp = wantedStamp();
      if (readIfThere(stampFile) === stamp) {
        progress.done('installed by the other set-up');
        return;
      }
      if (isInstalled(root, { ...machine, libc: libcOfThisMachine() })) {
        progress.stop();
      } else {
        progress.update('installing what package-lock.json lists (install scripts off)');
        await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], root);
        progress.done('installed');
      }
      fs.writeFileSync(`${stampFile}.new`, stamp);
      fs.renameSync(`${stampFile}.new`, stampFile);
    });
  } catch (error) {
    progress.stop();
    throw error;
  }
}

/**
 * @param {string} root
 * @param {Machine} machine
 * @returns {boolean}
 */
function isInstalled(root, machine) {
  const record = readIfThere(path.join(root, 'node_modules', '.package-lock.json'));
  if (record === null) return false;
  try {
    const lock = fs.readFileSync(path.join(root, 'package-lock.json'), 'utf8');
    return installedMatchesLock(readPackages(lock), readPackages(record), machine);
  } catch {
    // A record that cannot be read proves nothing: install again.
    return false;
  }
}

/**
 * @param {string} lockFileText
 * @returns {LockedPackages}
 */
function readPackages(lockFileText) {
  return /** @type {{ packages: LockedPackages }} */ (JSON.parse(lockFileText)).packages;
}

/**
 * @param {string} file
 * @returns {string | null}
 */
function readIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
