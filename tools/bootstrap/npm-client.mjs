import { spawn } from 'node:child_process';
import path from 'node:path';

/** How much of npm's output an error shows: npm says first what is wrong, then how to call it. */
const SHOWN_LINES = 12;

/**
 * The user's own npm, so that the user's registry, proxy and certificate settings hold.
 *
 * Started from `npm start` it is the very npm that runs; else the one on the PATH.
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 * @param {string} nodeExecutable
 * @returns {{ command: string, prefix: string[], shell: boolean }}
 */
export function npmClient(env, platform, nodeExecutable) {
  const script = env['npm_execpath'];
  if (script && path.basename(script) === 'npm-cli.js') {
    return { command: nodeExecutable, prefix: [script], shell: false };
  }
  // npm is a .cmd file on Windows, which only a shell can start.
  return { command: 'npm', prefix: [], shell: platform === 'win32' };
}

/**
 * Runs npm with its output kept back, and shows what matters of it when npm fails.
 * @param {string[]} args no argument may hold blanks or shell characters
 * @param {string} cwd
 * @returns {Promise<void>}
 * @throws {Error} with npm's own error lines when npm fails or cannot be started
 */
export async function runNpm(args, cwd) {
  const client = npmClient(process.env, process.platform, process.execPath);
  const child = spawn(client.command, [...client.prefix, ...args], {
    cwd,
    shell: client.shell,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (/** @type {Buffer} */ chunk) => {
    output += chunk.toString('utf8');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  /** @type {number | null} */
  const code = await new Promise((resolve, reject) => {
    child.once('error', (error) => {
      reject(new Error(`npm could not be started: ${error.message}. Install npm and try again.`));
    });
    child.once('close', resolve);
  });
  if (code !== 0) {
    const errors = output.split('\n').filter((line) => /^npm (error|ERR!) ?\S/.test(line));
    const lines = errors.length > 0 ? errors : output.trim().split('\n');
    throw new Error(`"npm ${args.join(' ')}" failed:\n${lines.slice(0, SHOWN_LINES).join('\n')}`);
  }
}
