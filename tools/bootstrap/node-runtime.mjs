import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache-folder.mjs';
import { withLock } from './lock.mjs';
import { runNpm } from './npm-client.mjs';
import { startProgress } from './progress.mjs';
import { satisfiesMinimum } from './versions.mjs';

/** The pinned packages, with their checksums in the lock file beside. */
const PIN_FOLDER = fileURLToPath(new URL('./node-runtime/', import.meta.url));

/**
 * The registry package that carries Node for a platform.
 * @param {NodeJS.Platform} platform
 * @param {string} arch
 * @param {Record<string, string>} pinned package names and versions
 * @returns {{ name: string, version: string, executable: string } | null} null when there is none
 */
export function nodePackageFor(platform, arch, pinned) {
  const os = platform === 'win32' ? 'win' : platform;
  for (const name of [`node-${os}-${arch}`, `node-bin-${os}-${arch}`]) {
    const version = pinned[name];
    if (version) return { name, version, executable: os === 'win' ? 'node.exe' : 'node' };
  }
  return null;
}

/**
 * A Node that is new enough: the running one, or one fetched through npm.
 * @param {string} range the `engines.node` of package.json, of the form `>=x.y.z`
 * @returns {Promise<{ executable: string, version: string }>} its absolute path, and x.y.z
 * @throws {Error} when Node is too old and none can be fetched; the message says what to do
 */
export async function ensureNode(range) {
  if (satisfiesMinimum(process.versions.node, range)) {
    return { executable: process.execPath, version: process.versions.node };
  }

  const pin = /** @type {{ optionalDependencies: Record<string, string> }} */ (
    JSON.parse(fs.readFileSync(path.join(PIN_FOLDER, 'package.json'), 'utf8'))
  );
  const wanted = nodePackageFor(process.platform, process.arch, pin.optionalDependencies);
  if (!wanted) {
    throw new Error(
      `Causeway needs Node ${range}, this is ${process.versions.node}, and there is no package that ` +
        `carries Node for ${process.platform} ${process.arch}. Install a current Node and try again.`,
    );
  }
  const folder = path.join(cacheFolder(), 'node', `${wanted.name}-${wanted.version}`);
  const executable = path.join(folder, 'node_modules', wanted.name, 'bin', wanted.executable);
  // The folder appears under its name only when complete, so its presence is proof enough.
  const fetched = { executable, version: wanted.version };
  if (fs.existsSync(executable)) return fetched;

  const progress = startProgress('Node');
  progress.update(`${process.versions.node} is older than ${range}; fetching ${wanted.version}`);
  try {
    await withLock(`${folder}.lock`, progress.note, async () => {
      if (fs.existsSync(executable)) return;
      const unfinished = `${folder}.unfinished`;
      fs.rmSync(unfinished, { recursive: true, force: true });
      fs.mkdirSync(unfinished, { recursive: true });
      for (const file of ['package.json', 'package-lock.json']) {
        fs.copyFileSync(path.join(PIN_FOLDER, file), path.join(unfinished, file));
      }
      await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], unfinished);
      checkRuns(
        path.join(unfinished, 'node_modules', wanted.name, 'bin', wanted.executable),
        range,
      );
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(unfinished, folder);
    });
  } catch (error) {
    progress.stop();
    throw new Error(
      `Causeway needs Node ${range}, this is ${process.versions.node}, and ${wanted.version} could ` +
        `not be fetched. Install a current Node, or mend this and try again:\n${
          /** @type {Error} */ (error).message
        }`,
    );
  }
  progress.done(`fetched ${wanted.version}`);
  return fetched;
}

/**
 * @param {string} executable
 * @param {string} range
 * @throws {Error} when the executable is missing, does not run here or is too old
 */
function checkRuns(executable, range) {
  // npm skips an optional package that it cannot fetch, and says nothing.
  if (!fs.existsSync(executable)) throw new Error('npm did not deliver the package (no network?)');
  const version = execFileSync(executable, ['--version'], { encoding: 'utf8' });
  if (!satisfiesMinimum(version, range)) throw new Error(`the fetched Node says ${version.trim()}`);
}
