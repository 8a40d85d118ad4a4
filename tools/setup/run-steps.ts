import { withLock } from '../bootstrap/lock.mjs';
import { startProgress, type Progress } from '../bootstrap/progress.mjs';
import type { SetupStep } from './step.ts';

/**
 * Runs the steps that are not done yet, in order, and shows each as a line.
 *
 * Where all are done it prints nothing and takes no lock.
 * @param lockFile keeps a second set-up from doing the same work at the same time
 * @throws what the failing step throws; later steps are not run
 */
export async function runSteps(
  steps: readonly SetupStep[],
  lockFile: string,
  start: (name: string) => Progress = startProgress,
): Promise<void> {
  if (steps.every((step) => step.isDone())) return;
  const tell = (line: string): void => void process.stderr.write(`setup · ${line}\n`);
  await withLock(lockFile, tell, async () => {
    for (const step of steps) {
      if (step.isDone()) continue;
      const progress = start(step.name);
      try {
        progress.done(await step.run(progress));
      } catch (error) {
        progress.stop();
        throw error;
      }
    }
  });
}
