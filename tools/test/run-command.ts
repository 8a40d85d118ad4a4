import { spawn } from 'node:child_process';
import { PROJECT_ROOT } from '../setup/project.ts';

/** How long a command that was asked to end may take to clean up. In ms. */
const END_GRACE_MS = 15_000;
const MS_PER_MINUTE = 60_000;

export type CommandEnd = 'passed' | 'failed' | 'timed out' | 'interrupted';

/** Runs Node with the output on this terminal; it is ended after the limit or when this one is. */
export async function runCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  limitMinutes: number,
): Promise<CommandEnd> {
  const child = spawn(process.execPath, [...args], {
    cwd: PROJECT_ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  let cut = null as CommandEnd | null;
  let kill: NodeJS.Timeout | undefined;
  const end = (why: CommandEnd, tell: boolean): void => {
    if (cut !== null) return;
    cut = why;
    // Test runners take SIGINT as the wish to stop, and clean up what their tests started.
    if (tell) child.kill('SIGINT');
    kill = setTimeout(() => child.kill('SIGKILL'), END_GRACE_MS);
  };
  const limit = setTimeout(() => {
    end('timed out', true);
  }, limitMinutes * MS_PER_MINUTE);
  // Ctrl-C on a terminal reaches the whole process group: telling a runner twice makes it drop all.
  const onSignal = (signal: NodeJS.Signals): void => {
    end('interrupted', signal !== 'SIGINT' || !process.stdin.isTTY);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
    return cut ?? (code === 0 ? 'passed' : 'failed');
  } finally {
    clearTimeout(limit);
    clearTimeout(kill);
    for (const signal of signals) process.off(signal, onSignal);
  }
}
