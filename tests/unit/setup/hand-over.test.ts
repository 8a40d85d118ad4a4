import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProject } from '../../../tools/setup/project.ts';

const module = JSON.stringify(inProject('tools', 'bootstrap', 'hand-over.mjs'));
let launcher: ChildProcess | undefined;

afterEach(() => {
  launcher?.kill('SIGKILL');
});

/** Starts a launcher that hands over to a program given as text. */
function launch(program: string) {
  const code = `import { handOver } from ${module};
    await handOver(process.execPath, ['--eval', ${JSON.stringify(program)}], process.env);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  launcher = child;
  return {
    child,
    ended: once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
    firstLine: once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
  };
}

it('ends with the exit code of the program', async () => {
  const { ended } = launch('process.exitCode = 7');
  expect(await ended).toEqual([7, null]);
});

describe('signals', () => {
  beforeEach(({ skip }) => {
    skip(process.platform === 'win32', 'Windows has no signals to hand on');
  });
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'hands %s on and leaves the ending to the program',
    async (signal) => {
      const { child, ended, firstLine } = launch(`
        process.on('${signal}', () => process.exit(42));
        setInterval(() => {}, 1000);
        console.log('ready');`);
      expect(await firstLine).toEqual(['ready']);
      child.kill(signal);
      expect(await ended).toEqual([42, null]);
    },
  );

  it('ends by the signal that ended the program', async () => {
    const { ended } = launch(`process.kill(process.pid, 'SIGKILL')`);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });
});
