import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES_IN_PATH = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
];

/** Debian's `chromium` is a shell script that adds flags of its own; this is what it runs. */
const DEBIAN_WRAPPER = '/usr/bin/chromium';
const DEBIAN_BINARY = '/usr/lib/chromium/chromium';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The Chromium to drive: CAUSEWAY_CHROMIUM, else the first known name in PATH. Throws when there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string {
  const wanted = env['CAUSEWAY_CHROMIUM'];
  if (wanted) {
    if (isExecutable(wanted)) return wanted;
    throw new Error(`CAUSEWAY_CHROMIUM names ${wanted}, which cannot be executed.`);
  }
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  for (const name of NAMES_IN_PATH) {
    for (const folder of folders) {
      const path = join(folder, name);
      if (!folder || !isExecutable(path)) continue;
      const isDebianWrapper = realpathSync(path) === DEBIAN_WRAPPER;
      return isDebianWrapper && isExecutable(DEBIAN_BINARY) ? DEBIAN_BINARY : path;
    }
  }
  throw new Error(
    `No Chromium found. Install one (Debian and Ubuntu: apt-get install chromium) or set CAUSEWAY_CHROMIUM to its path.`,
  );
}
