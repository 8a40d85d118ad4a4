import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { appIdentity } from './app-identity.ts';

/** The stand-in's launcher: what `process.execPath` is in Electron. */
export const EXECUTABLE = resolve(import.meta.dirname, '..', 'electron');

const home = homedir();

function appData(): string {
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (process.platform === 'win32')
    return process.env['APPDATA'] ?? join(home, 'AppData', 'Roaming');
  return process.env['XDG_CONFIG_HOME'] ?? join(home, '.config');
}

/** Folders by Electron's names, with what the app has set in their place. */
export class AppPaths {
  readonly #set = new Map<string, string>();

  /** Throws for a name Electron does not have, in Electron's words. */
  get(name: string): string {
    const set = this.#set.get(name);
    if (set !== undefined) return set;
    const known: Record<string, () => string> = {
      home: () => home,
      appData,
      userData: () => join(this.get('appData'), appIdentity.name),
      sessionData: () => this.get('userData'),
      logs: () =>
        process.platform === 'darwin'
          ? join(home, 'Library', 'Logs', appIdentity.name)
          : join(this.get('userData'), 'logs'),
      crashDumps: () => join(this.get('userData'), 'Crashpad'),
      temp: tmpdir,
      exe: () => EXECUTABLE,
      module: () => EXECUTABLE,
      desktop: () => join(home, 'Desktop'),
      documents: () => join(home, 'Documents'),
      downloads: () => join(home, 'Downloads'),
      music: () => join(home, 'Music'),
      pictures: () => join(home, 'Pictures'),
      videos: () => join(home, 'Videos'),
    };
    const path = known[name];
    if (!path) throw new Error(`Failed to get '${name}' path`);
    return path();
  }

  set(name: string, path: string): void {
    this.get(name);
    if (resolve(path) !== path) throw new Error('Path must be absolute');
    if (name !== 'exe' && name !== 'module') mkdirSync(path, { recursive: true });
    this.#set.set(name, path);
  }
}
