import { posix, win32 } from 'node:path';

/**
 * Where a managed file is looked for. Fixed paths, not taken from the environment: whoever starts a
 * program chooses its environment.
 * @param windowsFolder Any folder on the drive that Windows is on.
 */
export function managedFolder(platform: NodeJS.Platform, windowsFolder = 'C:\\Windows'): string {
  switch (platform) {
    case 'win32':
      return win32.join(win32.parse(windowsFolder).root, 'ProgramData', 'Causeway');
    case 'darwin':
      return '/Library/Application Support/Causeway';
    default:
      return posix.join('/etc', 'causeway');
  }
}

/**
 * Names the folder of the managed file for a source tree, for developers and tests. A packaged app
 * does not look at it: a variable is the user's, and could lead past what IT has set. In a source
 * tree that is no loss, since whoever starts it can change its code.
 */
export const MANAGED_FOLDER_VARIABLE = 'CAUSEWAY_MANAGED_FOLDER';
