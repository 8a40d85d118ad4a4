import fs from 'node:fs';
import { inProject } from './setup/project.ts';

/** What the app runs on: Electron itself, or the stand-in on an installed Chromium. */
export interface Runtime {
  kind: 'electron' | 'stand-in';
  /** Absolute path of an executable that takes Electron's command line. */
  path: string;
}

/** The runtime for the app on this machine: Electron where its binary is there, else the stand-in. */
export function electronExecutable(): Runtime {
  const electron = installedElectron();
  return electron
    ? { kind: 'electron', path: electron }
    : { kind: 'stand-in', path: inProject('tools', 'electron-on-chromium', 'electron') };
}

/**
 * The switches without which the runtime does not start for this user: Electron refuses root on
 * Linux unless its sandbox is off. The stand-in sees to that itself.
 */
export function switchesForUser(
  kind: Runtime['kind'],
  platform: NodeJS.Platform = process.platform,
  userId: number | undefined = process.getuid?.(),
): string[] {
  return kind === 'electron' && platform === 'linux' && userId === 0 ? ['--no-sandbox'] : [];
}

/**
 * The path of Electron's binary, or null where it is not (wholly) downloaded.
 *
 * The `electron` package would start a download when asked for the path, so its files are read
 * instead: `path.txt` is written last, after everything else is in place.
 */
export function installedElectron(): string | null {
  try {
    const binary = fs.readFileSync(inProject('node_modules', 'electron', 'path.txt'), 'utf8');
    const executable = inProject('node_modules', 'electron', 'dist', binary);
    return fs.existsSync(executable) ? executable : null;
  } catch {
    return null;
  }
}
