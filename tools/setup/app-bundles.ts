import fs from 'node:fs';
import { contentHash } from './content-hash.ts';
import { inProject, PROJECT_ROOT } from './project.ts';
import { runProgram } from './run-program.ts';
import type { SetupStep } from './step.ts';

/** Everything that can change the bundles. */
const INPUTS = [
  'src',
  'assets',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.web.json',
  'tsconfig.node.json',
];

const stampFile = inProject('out', '.stamp');

/** The app's three bundles (main, preload, renderer) in `out/`, built anew when a source changed. */
export const appBundles: SetupStep = {
  name: 'App bundles',

  isDone: () => readStamp() === contentHash(PROJECT_ROOT, INPUTS),

  async run(progress) {
    progress.update('building main, preload and renderer');
    const hash = contentHash(PROJECT_ROOT, INPUTS);
    // Beside `out` and as deep, so that source maps stay right when it is renamed.
    const unfinished = inProject('out.unfinished');
    fs.rmSync(unfinished, { recursive: true, force: true });
    await runProgram({
      command: process.execPath,
      args: [
        inProject('node_modules', 'electron-vite', 'bin', 'electron-vite.js'),
        'build',
        '--outDir',
        'out.unfinished',
      ],
      cwd: PROJECT_ROOT,
    });
    fs.writeFileSync(inProject('out.unfinished', '.stamp'), hash);
    fs.rmSync(inProject('out'), { recursive: true, force: true });
    fs.renameSync(unfinished, inProject('out'));
    return 'built';
  },
};

function readStamp(): string | null {
  try {
    return fs.readFileSync(stampFile, 'utf8');
  } catch {
    return null;
  }
}
