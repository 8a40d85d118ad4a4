import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../../../tools/bootstrap/lock.mjs';

let folder: string;
let file: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-lock-'));
  file = path.join(folder, 'setup.lock');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

const neverTold = (line: string): void => {
  throw new Error(`waited: ${line}`);
};

it('holds the lock during the work, and leaves nothing behind', async () => {
  const result = await withLock(file, neverTold, () => {
    expect(fs.readFileSync(file, 'utf8')).toBe(String(process.pid));
    return Promise.resolve('done');
  });
  expect(result).toBe('done');
  expect(fs.readdirSync(folder)).toEqual([]);
});

it('lets the lock go when the work fails', async () => {
  const work = withLock(file, neverTold, () => Promise.reject(new Error('no network')));
  await expect(work).rejects.toThrow('no network');
  expect(fs.existsSync(file)).toBe(false);
});

it.each(['', 'nonsense', '0'])('takes over a lock that names no process (%j)', async (content) => {
  fs.writeFileSync(file, content);
  await expect(withLock(file, neverTold, () => Promise.resolve('done'))).resolves.toBe('done');
});

it('takes over the lock of a process that was killed', async () => {
  const other = spawn(process.execPath, ['--eval', '']);
  await once(other, 'exit');
  fs.writeFileSync(file, String(other.pid));
  await expect(withLock(file, neverTold, () => Promise.resolve('done'))).resolves.toBe('done');
});

it('waits for a running process, and says for which', async () => {
  const other = spawn(process.execPath, ['--eval', 'process.stdin.resume()']);
  await once(other, 'spawn');
  fs.writeFileSync(file, String(other.pid));
  const told: string[] = [];
  await withLock(
    file,
    (line) => {
      told.push(line);
      other.kill();
    },
    () => Promise.resolve(),
  );
  expect(told).toEqual([expect.stringContaining(`process ${other.pid ?? '?'}`)]);
});
