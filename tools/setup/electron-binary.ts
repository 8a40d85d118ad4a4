import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../bootstrap/cache-folder.mjs';
import { installedElectron } from '../runtime.ts';
import { failedLately, forgetFailure, rememberFailure } from './download-attempts.ts';
import { inProject } from './project.ts';
import type { SetupStep } from './step.ts';
import { downloadFailure, runWatchedDownload } from './watched-download.ts';

const packageSchema = z.object({ version: z.string() });

/** Electron's binary, by the installer in its own package: install scripts are off, so on purpose. */
export const electronBinary: SetupStep = {
  name: 'Electron',

  isDone: () => installedElectron() !== null || failedLately(attemptName()),

  async run(progress) {
    progress.update("downloading Electron's binary");
    const folder = path.join(cacheFolder(), 'electron-download');
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    try {
      await runWatchedDownload(
        {
          command: process.execPath,
          args: [inProject('node_modules', 'electron', 'install.js')],
          // The installer downloads into the system's folder for temporary files, under these names.
          env: {
            electron_config_cache: path.join(cacheFolder(), 'electron'),
            ...process.env,
            ELECTRON_GET_NO_PROGRESS: '1',
            TMPDIR: folder,
            TEMP: folder,
            TMP: folder,
          },
        },
        folder,
        progress,
      );
    } catch (error) {
      const reason = downloadFailure(error);
      rememberFailure(attemptName(), reason);
      return (
        `Electron's binary could not be downloaded (${reason}); using the stand-in runtime on ` +
        'Chromium. "npm run setup -- --retry-electron" tries again.'
      );
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
    return "Electron's binary is there";
  },
};

/** Lets the next set-up try the download again, even if it failed a moment ago. */
export function retryElectron(): void {
  forgetFailure(attemptName());
}

function attemptName(): string {
  const manifest = fs.readFileSync(inProject('node_modules', 'electron', 'package.json'), 'utf8');
  return `electron ${packageSchema.parse(JSON.parse(manifest)).version}`;
}
