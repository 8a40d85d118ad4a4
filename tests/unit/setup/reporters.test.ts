import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { inProject } from '../../../tools/setup/project.ts';
import { OUTCOME_FILE_VARIABLE, readOutcome } from '../../../tools/test/outcome.ts';
import { judge } from '../../../tools/test/run-suite.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'causeway-reporters-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('hands on why a whole group of tests is skipped, and finds one that does not say', async () => {
  const file = path.join(folder, 'outcome.json');
  const runner = spawn(
    process.execPath,
    [
      inProject('node_modules', 'vitest', 'vitest.mjs'),
      'run',
      `--root=${inProject('tests', 'unit', 'setup', 'skipping')}`,
      `--reporter=${inProject('tools', 'test', 'reporters', 'vitest.ts')}`,
    ],
    { env: { ...process.env, [OUTCOME_FILE_VARIABLE]: file }, stdio: 'ignore' },
  );
  expect(await once(runner, 'exit')).toEqual([0, null]);

  const outcome = readOutcome(file);
  const group = 'a group that says why it is skipped';
  expect(outcome).toEqual({
    passed: 1,
    failed: 0,
    skipped: [
      { name: `${group} > hammers`, reason: 'this machine has no anvil' },
      { name: `${group} > and a group in it > bends`, reason: 'this machine has no anvil' },
      { name: 'a group that does not say why > is found out', reason: '' },
    ],
  });
  const { problems } = judge('unit', 'passed', outcome, false, '');
  expect(problems).toEqual([
    '"a group that does not say why > is found out" is skipped without a reason',
  ]);
});
