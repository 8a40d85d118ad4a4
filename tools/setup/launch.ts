// Does the set-up that a program needs, then becomes that program:
//
//   node tools/setup/launch.ts <need…> -- <program> [arguments…]
import { handOver } from '../bootstrap/hand-over.mjs';
import { parseNeeds } from './needs.ts';
import { prepare } from './prepare.ts';
import { inProject } from './project.ts';
import { SetupError } from './setup-error.ts';

try {
  const words = process.argv.slice(2);
  const separator = words.indexOf('--');
  const [program, ...args] = words.slice(separator + 1);
  if (separator < 0 || !program) {
    throw new Error('Usage: node tools/setup/launch.ts <need…> -- <program> [arguments…]');
  }
  await prepare(parseNeeds(words.slice(0, separator)));
  await handOver(process.execPath, [inProject(program), ...args], process.env);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof SetupError ? error.exitCode : 1;
}
