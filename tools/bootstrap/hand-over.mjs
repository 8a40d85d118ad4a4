import { spawn } from 'node:child_process';
import os from 'node:os';

/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a program in this one's place: same terminal, signals forwarded, ends as the program ended.
 *
 * On a terminal Ctrl-C reaches the whole process group, the program included: it is not told twice,
 * since many programs take a second SIGINT as "at once, without cleaning up".
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<never>}
 */
export function handOver(command, args, env) {
  const child = spawn(command, args, { stdio: 'inherit', env });
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  return new Promise((_resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (signal === null) process.exit(code ?? 1);
      // End by the same signal, so that the caller's shell sees it; where that is not possible, by
      // the exit code that shells use for it.
      process.removeAllListeners(signal);
      process.exitCode = 128 + os.constants.signals[signal];
      process.kill(process.pid, signal);
    });
  });
}
