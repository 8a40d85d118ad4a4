import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../../bootstrap/cache-folder.mjs';
import { contentHash } from '../content-hash.ts';
import { inProject } from '../project.ts';

/** The exit code with which the worker says that mediasoup did not start it. */
const NOT_STARTED_BY_MEDIASOUP = 41;
/** Digits of the recipe's hash in the folder's name: enough to tell two recipes apart. */
const RECIPE_DIGITS = 8;

const packageSchema = z.object({ version: z.string() });

/** The version of the installed `mediasoup` package, for example `3.19.3`. */
export function mediasoupVersion(): string {
  const manifest = fs.readFileSync(inProject('node_modules', 'mediasoup', 'package.json'), 'utf8');
  return packageSchema.parse(JSON.parse(manifest)).version;
}

/** The cache's folder for this version, platform and build recipe. */
export function workerFolder(): string {
  const recipe = contentHash(inProject('tools', 'setup', 'mediasoup-worker'), [
    'subprojects',
    'source-tree.ts',
  ]).slice(0, RECIPE_DIGITS);
  const name = [mediasoupVersion(), process.platform, process.arch, recipe].join('-');
  return path.join(cacheFolder(), 'mediasoup-worker', name);
}

export const WORKER_FILE_NAME =
  process.platform === 'win32' ? 'mediasoup-worker.exe' : 'mediasoup-worker';

/** The worker to use: the one that `MEDIASOUP_WORKER_BIN` names, else the cache's. */
export function workerExecutable(): string {
  return process.env['MEDIASOUP_WORKER_BIN'] ?? path.join(workerFolder(), WORKER_FILE_NAME);
}

/** Tells whether a worker executable exists and runs here, with all the libraries it needs. */
export function workerRuns(executable: string): boolean {
  if (!fs.existsSync(executable)) return false;
  // Without mediasoup's environment it refuses at once, with a code of its own.
  return spawnSync(executable, { env: {}, stdio: 'ignore' }).status === NOT_STARTED_BY_MEDIASOUP;
}
