// npm run causeway -- [arguments]: the app from a checkout, with its own arguments.
import path from 'node:path';
import { checkPolicyFile } from '../../src/main/tasks/check-policy-file.ts';
import { parseCommandLine } from '../../src/main/command-line.ts';
import { handOver } from '../bootstrap/hand-over.mjs';
import { electronExecutable, switchesForUser } from '../runtime.ts';
import { prepare } from '../setup/prepare.ts';
import { inProject } from '../setup/project.ts';
import { SetupError } from '../setup/setup-error.ts';

const args = process.argv.slice(2);
/** npm runs scripts in the project's folder, and says here where it was called. */
const calledFrom = process.env['INIT_CWD'] ?? process.cwd();

try {
  const parsed = parseCommandLine(args);
  if (parsed.ok && parsed.commandLine.task?.do === 'check-policy') {
    // The file's own check needs neither a runtime nor a built app: any build server can do it.
    process.chdir(calledFrom);
    const { text, exitCode } = checkPolicyFile(parsed.commandLine.task.file);
    process.stdout.write(text);
    process.exitCode = exitCode;
  } else {
    await prepare(['app']);
    const runtime = electronExecutable();
    const program = [...switchesForUser(runtime.kind), inProject('.'), ...args];
    await handOver(path.resolve(runtime.path), program, process.env);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SetupError ? error.exitCode : 1;
}
