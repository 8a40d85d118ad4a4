import fs from 'node:fs';
import path from 'node:path';
import { failedLately, rememberFailure } from '../download-attempts.ts';
import { inProject } from '../project.ts';
import type { SetupStep } from '../step.ts';
import { downloadFailure, runWatchedDownload } from '../watched-download.ts';
import {
  mediasoupVersion,
  WORKER_FILE_NAME,
  workerExecutable,
  workerFolder,
  workerRuns,
} from './location.ts';

const attemptName = (): string => `mediasoup-worker ${mediasoupVersion()}`;

/** mediasoup's prebuilt worker, by the installer in its own package. */
export const prebuiltWorker: SetupStep = {
  name: 'mediasoup worker',

  isDone: () => workerRuns(workerExecutable()) || failedLately(attemptName()),

  async run(progress) {
    progress.update('downloading the prebuilt worker');
    const folder = `${workerFolder()}.download`;
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    try {
      await runWatchedDownload(
        {
          command: process.execPath,
          args: [inProject('node_modules', 'mediasoup', 'npm-scripts.mjs'), 'postinstall'],
          // The installer works in the current folder: node_modules stays as npm left it.
          cwd: folder,
          // Keeps it from building the worker with tools it would download: set-up builds it itself.
          env: { ...process.env, PYTHON: 'no-build-by-the-installer' },
        },
        folder,
        progress,
      );
      const downloaded = path.join(folder, 'worker', 'out', 'Release', WORKER_FILE_NAME);
      if (!workerRuns(downloaded)) throw new Error('the downloaded worker does not run here');
      fs.mkdirSync(workerFolder(), { recursive: true });
      fs.renameSync(downloaded, workerExecutable());
    } catch (error) {
      const reason = downloadFailure(error);
      rememberFailure(attemptName(), reason);
      return `the prebuilt worker could not be had (${reason}); it has to be built`;
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
    return 'downloaded';
  },
};
