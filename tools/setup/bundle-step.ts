import fs from 'node:fs';
import path from 'node:path';
import { contentHash } from './content-hash.ts';
import { inProject, PROJECT_ROOT } from './project.ts';
import { runProgram } from './run-program.ts';
import type { SetupStep } from './step.ts';

const STAMP = '.stamp';

/**
 * A step that builds a folder from sources, anew when a source changed. The folder is put in place
 * when it is whole, so an interrupted build leaves the one before.
 */
export function bundleStep(options: {
  name: string;
  /** What the step's line says while it builds. */
  doing: string;
  /** Everything that can change the result, relative to the project. */
  inputs: readonly string[];
  /** The folder that is made, relative to the project. */
  folder: string;
  /** Node's arguments for a build into `outDir`, an absolute path beside `folder` and as deep. */
  args: (outDir: string) => string[];
}): SetupStep {
  const folder = inProject(options.folder);
  const hash = (): string => contentHash(PROJECT_ROOT, options.inputs);
  return {
    name: options.name,
    isDone: () => readStamp(folder) === hash(),
    async run(progress) {
      progress.update(options.doing);
      const built = hash();
      // Beside the folder and as deep, so that source maps stay right when it is renamed.
      const unfinished = `${folder}.unfinished`;
      fs.rmSync(unfinished, { recursive: true, force: true });
      await runProgram({
        command: process.execPath,
        args: options.args(unfinished),
        cwd: PROJECT_ROOT,
      });
      fs.writeFileSync(path.join(unfinished, STAMP), built);
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(unfinished, folder);
      return 'built';
    },
  };
}

function readStamp(folder: string): string | null {
  try {
    return fs.readFileSync(path.join(folder, STAMP), 'utf8');
  } catch {
    return null;
  }
}
