import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Progress } from '../../bootstrap/progress.mjs';
import { inProject } from '../project.ts';
import { runProgram } from '../run-program.ts';
import { SetupError } from '../setup-error.ts';
import type { SetupStep } from '../step.ts';
import { WORKER_FILE_NAME, workerExecutable, workerFolder, workerRuns } from './location.ts';
import { makeSourceTree } from './source-tree.ts';

/**
 * mediasoup's worker, built from the source in its package with the system's libraries.
 *
 * An interrupted build goes on where it was: the source tree is complete when it has its name, and
 * ninja knows which objects it has finished.
 */
export const builtWorker: SetupStep = {
  name: 'mediasoup worker',

  isDone: () => workerRuns(workerExecutable()),

  async run(progress) {
    refuseWhereItCannotBeBuilt();
    const buildFolder = `${workerFolder()}.build`;
    const tree = path.join(buildFolder, 'worker');
    if (!fs.existsSync(tree)) {
      fs.mkdirSync(buildFolder, { recursive: true });
      makeSourceTree(
        inProject('node_modules', 'mediasoup', 'worker'),
        inProject('tools', 'setup', 'mediasoup-worker', 'subprojects'),
        tree,
      );
    }
    await configure(tree, progress);
    await compile(tree, progress);
    progress.update('trying the new worker');
    const built = path.join(tree, 'build', WORKER_FILE_NAME);
    await tryWorker(built);
    install(built);
    fs.rmSync(buildFolder, { recursive: true, force: true });
    return 'built';
  },
};

function refuseWhereItCannotBeBuilt(): void {
  const given = process.env['MEDIASOUP_WORKER_BIN'];
  if (given !== undefined) {
    throw new SetupError(
      `MEDIASOUP_WORKER_BIN names ${given}, which does not run as mediasoup's worker. ` +
        'Correct it, or unset it to let set-up get one.',
    );
  }
  if (process.platform !== 'linux') {
    throw new SetupError(
      "mediasoup's prebuilt worker could not be downloaded, and set-up can build it on Linux only. " +
        'Check the network and start again in a day, or set MEDIASOUP_WORKER_BIN to a worker of your own.',
    );
  }
}

async function configure(tree: string, progress: Progress): Promise<void> {
  const build = path.join(tree, 'build');
  // meson writes build.ninja last; without it an earlier try was cut off.
  if (fs.existsSync(path.join(build, 'build.ninja'))) return;
  progress.update('configuring the build');
  fs.rmSync(build, { recursive: true, force: true });
  await runProgram({
    command: 'meson',
    args: [
      'setup',
      'build',
      '--buildtype=release',
      '-Db_ndebug=true',
      '-Dms_disable_liburing=true',
      '--wrap-mode=nodownload',
    ],
    cwd: tree,
  });
}

async function compile(tree: string, progress: Progress): Promise<void> {
  const onLine = (line: string): void => {
    const counted = /^\[(\d+)\/(\d+)\]/.exec(line);
    if (counted)
      progress.update(`building, a few minutes once: ${counted[1]} of ${counted[2]} files`);
  };
  progress.update('building, a few minutes once');
  // The generated headers come first: the objects do not name them as something they depend on.
  for (const target of ['fbs/FBS', WORKER_FILE_NAME]) {
    await runProgram({
      command: 'ninja',
      args: ['-C', path.join(tree, 'build'), '-j', String(os.availableParallelism()), target],
      onLine,
    });
  }
}

/** Has mediasoup start the worker and do some work, in a process of its own. */
async function tryWorker(executable: string): Promise<void> {
  await runProgram({
    command: process.execPath,
    args: [inProject('tools', 'setup', 'mediasoup-worker', 'try-worker.ts')],
    env: { ...process.env, MEDIASOUP_WORKER_BIN: executable },
  });
}

function install(built: string): void {
  const target = workerExecutable();
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(built, `${target}.new`);
  fs.renameSync(`${target}.new`, target);
}
