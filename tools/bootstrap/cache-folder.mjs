import os from 'node:os';
import path from 'node:path';

/**
 * The folder in which set-up keeps what it downloaded or built, shared by all clones of one user.
 *
 * `CAUSEWAY_CACHE` wins; else the platform's own place for caches.
 * @param {{ platform: NodeJS.Platform, env: NodeJS.ProcessEnv, home: string }} where
 * @returns {string} an absolute path; the folder may not exist yet
 */
export function cacheFolderFor({ platform, env, home }) {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  if (env['CAUSEWAY_CACHE']) return paths.resolve(env['CAUSEWAY_CACHE']);
  if (platform === 'win32') {
    const local = env['LOCALAPPDATA'] || paths.join(home, 'AppData', 'Local');
    return paths.join(local, 'Causeway', 'Cache');
  }
  if (platform === 'darwin') return paths.join(home, 'Library', 'Caches', 'Causeway');
  // The XDG base directory specification: a relative path there is invalid and to be ignored.
  const xdg = env['XDG_CACHE_HOME'];
  return paths.join(xdg && paths.isAbsolute(xdg) ? xdg : paths.join(home, '.cache'), 'causeway');
}

/**
 * {@link cacheFolderFor} for the machine this runs on.
 * @returns {string}
 */
export function cacheFolder() {
  return cacheFolderFor({ platform: process.platform, env: process.env, home: os.homedir() });
}
