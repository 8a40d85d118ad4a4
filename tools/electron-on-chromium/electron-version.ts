import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The Electron this runtime stands in for: the one the project depends on. */
export const ELECTRON_VERSION: string = (() => {
  try {
    const path = createRequire(import.meta.url).resolve('electron/package.json');
    return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  } catch {
    return '0.0.0';
  }
})();
