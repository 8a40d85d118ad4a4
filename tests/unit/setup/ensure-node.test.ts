import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureNode } from '../../../tools/bootstrap/node-runtime.mjs';
import { inProject } from '../../../tools/setup/project.ts';

/** Newer than any Node that runs this test, so that one has to be fetched. */
const RANGE = '>=99.0.0';

let folder: string;
const calls = (): string[] =>
  fs.existsSync(path.join(folder, 'calls'))
    ? fs.readFileSync(path.join(folder, 'calls'), 'utf8').trim().split('\n')
    : [];
const cached = (): string[] => fs.readdirSync(path.join(folder, 'cache', 'node'));

/** Puts a program in npm's place: the part after the record of the call is the test's. */
function installNpm(behaviour: string): void {
  const script = path.join(folder, 'npm-cli.js');
  fs.writeFileSync(
    script,
    `const fs = require('node:fs');
     const path = require('node:path');
     fs.appendFileSync(${JSON.stringify(path.join(folder, 'calls'))}, process.argv.slice(2).join(' ') + '\\n');
     const { optionalDependencies } = JSON.parse(fs.readFileSync('package.json', 'utf8'));
     fs.readFileSync('package-lock.json');
     const deliver = (version) => {
       for (const name of Object.keys(optionalDependencies)) {
         const bin = path.join('node_modules', name, 'bin');
         fs.mkdirSync(bin, { recursive: true });
         fs.writeFileSync(path.join(bin, 'node'), '#!/bin/sh\\necho ' + version + '\\n', { mode: 0o755 });
       }
     };
     ${behaviour}`,
  );
  vi.stubEnv('npm_execpath', script);
}

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-ensure-node-'));
  vi.stubEnv('CAUSEWAY_CACHE', path.join(folder, 'cache'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(folder, { recursive: true, force: true });
});

it('takes the running Node where it is new enough, without npm', async () => {
  installNpm('process.exit(1)');
  expect(await ensureNode('>=24.0.0')).toEqual({
    executable: process.execPath,
    version: process.versions.node,
  });
  expect(calls()).toEqual([]);
});

describe('where the running Node is too old', () => {
  beforeEach(({ skip }) => {
    skip(process.platform === 'win32', 'the fetched Node of these tests is a shell script');
  });

  it('fetches one by the lock file, without install scripts, and once', async () => {
    installNpm(`deliver('v99.1.0')`);
    const node = await ensureNode(RANGE);
    expect(fs.existsSync(node.executable)).toBe(true);
    expect(node.executable).toContain(path.join(folder, 'cache'));
    expect(calls()).toEqual(['ci --ignore-scripts --no-audit --no-fund']);

    installNpm('process.exit(1)');
    expect(await ensureNode(RANGE)).toEqual(node);
    expect(calls()).toHaveLength(1);
  });

  it('fetches it once for two who ask at the same time', async () => {
    installNpm(`deliver('v99.1.0')`);
    const module = JSON.stringify(inProject('tools', 'bootstrap', 'node-runtime.mjs'));
    const program = `import { ensureNode } from ${module};
      console.log((await ensureNode('${RANGE}')).executable);`;
    const ask = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    const [one, other] = await Promise.all([ask(), ask()]);
    expect(one.stdout).toContain(path.join(folder, 'cache'));
    expect(other.stdout).toBe(one.stdout);
    expect(calls()).toHaveLength(1);
  });

  it.each([
    [
      'npm fails',
      `console.error('npm error network request to the registry failed'); process.exit(1)`,
      'npm error network request to the registry failed',
    ],
    ['npm leaves the package out', '', 'npm did not deliver the package (no network?)'],
    ['the package brings another Node', `deliver('v20.0.0')`, 'the fetched Node says v20.0.0'],
  ])('says what to do when %s, and can start anew', async (_what, behaviour, reason) => {
    installNpm(behaviour);
    const error: unknown = await ensureNode(RANGE).catch((caught: unknown) => caught);
    expect(String(error)).toContain(reason);
    expect(String(error)).toMatch(/needs Node >=99\.0\.0, this is .* Install a current Node/s);
    expect(cached().every((name) => name.endsWith('.unfinished'))).toBe(true);

    installNpm(`deliver('v99.1.0')`);
    const { executable } = await ensureNode(RANGE);
    expect(fs.existsSync(executable)).toBe(true);
    expect(cached().filter((name) => /\.(unfinished|lock)$/.test(name))).toEqual([]);
  });

  it('never takes what an interrupted fetch has left for a whole one', async () => {
    installNpm(`deliver('v99.1.0'); process.kill(process.pid, 'SIGKILL')`);
    await expect(ensureNode(RANGE)).rejects.toThrow('could not be fetched');
    installNpm(`fs.existsSync('node_modules') ? process.exit(1) : deliver('v99.1.0')`);
    await ensureNode(RANGE);
  });
});
