import { app } from 'electron';
import type { Settings } from '../../shared/settings.ts';
import type { Task } from '../command-line.ts';
import { policyReaders } from '../settings/managed/readers.ts';
import { checkPolicyFile } from './check-policy-file.ts';
import { printPolicy } from './print-policy.ts';

/** Does a task, tells its outcome on the terminal and ends the program. Nothing is changed by it. */
export async function runTask(task: Task, commandLine: Partial<Settings>): Promise<void> {
  const { text, exitCode } =
    task.do === 'check-policy'
      ? checkPolicyFile(task.file)
      : printPolicy({
          json: task.json,
          version: app.getVersion(),
          readers: policyReaders(app.isPackaged),
          userData: app.getPath('userData'),
          commandLine,
        });
  // A pipe may take it later.
  await new Promise((resolve) => process.stdout.write(text, resolve));
  app.exit(exitCode);
}
