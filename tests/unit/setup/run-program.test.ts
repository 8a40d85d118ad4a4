import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { inProject } from '../../../tools/setup/project.ts';
import { runProgram } from '../../../tools/setup/run-program.ts';

const evaluate = (code: string): { command: string; args: string[] } => ({
  command: process.execPath,
  args: ['--eval', code],
});

it('gives the output line by line, from both streams', async () => {
  const lines: string[] = [];
  const code = `console.log('[1/2]'); console.error('[2/2]')`;
  await runProgram({ ...evaluate(code), onLine: (line) => lines.push(line) });
  expect(lines.sort()).toEqual(['[1/2]', '[2/2]']);
});

it('fails with the last lines of a program that fails', async () => {
  const code = `for (let i = 0; i < 100; i++) console.error('line ' + i); process.exitCode = 1`;
  const run = runProgram(evaluate(code));
  await expect(run).rejects.toThrow(/failed:\nline 80\n.*line 99$/s);
});

it('says which program cannot be started', async () => {
  await expect(runProgram({ command: 'no-such-program', args: [] })).rejects.toThrow(
    'no-such-program',
  );
});

it('ends a program that is cut off, with the reason', async () => {
  const cut = new AbortController();
  const run = runProgram({
    ...evaluate(`setInterval(() => {}, 1000); console.log('ready')`),
    signal: cut.signal,
    onLine: () => {
      cut.abort('no data for 15 s');
    },
  });
  await expect(run).rejects.toThrow('no data for 15 s');
});

it('ends the program when set-up is interrupted, and says how to go on', async () => {
  // The program lets the test connect to it: the connection shows when it ends.
  const program = `
    const server = require('node:net').createServer();
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  const setup = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { runProgram } from ${JSON.stringify(inProject('tools', 'setup', 'run-program.ts'))};
       await runProgram({
         command: process.execPath,
         args: ['--eval', ${JSON.stringify(program)}],
         onLine: (line) => console.log(line),
       });`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const errors = setup.stderr.toArray();
  const [port] = (await once(createInterface({ input: setup.stdout }), 'line')) as [string];
  const connection = connect(Number(port), '127.0.0.1');
  await once(connection, 'connect');
  const programEnded = once(connection.resume(), 'close');
  setup.kill('SIGTERM');
  expect(await once(setup, 'exit')).toEqual([130, null]);
  await programEnded;
  expect(Buffer.concat((await errors) as Buffer[]).toString()).toBe(
    '\nsetup · interrupted; the next start goes on from here\n',
  );
});
