import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contentHash } from '../../../tools/setup/content-hash.ts';

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-hash-'));
  write('src/a.ts', 'a');
  write('src/deep/b.ts', 'b');
  write('package.json', '{}');
});
afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

function write(file: string, content: string): void {
  fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), content);
}
const hash = (): string => contentHash(root, ['src', 'package.json', 'not-there.json']);

it('stays when only times change', () => {
  const before = hash();
  fs.utimesSync(path.join(root, 'src/a.ts'), 1, 1);
  expect(hash()).toBe(before);
});

it.each([
  [
    'a file below a folder changes',
    () => {
      write('src/deep/b.ts', 'B');
    },
  ],
  [
    'a named file changes',
    () => {
      write('package.json', '{"a":1}');
    },
  ],
  [
    'a file is added',
    () => {
      write('src/c.ts', '');
    },
  ],
  [
    'a file goes',
    () => {
      fs.rmSync(path.join(root, 'src/a.ts'));
    },
  ],
  [
    'a file is renamed',
    () => {
      fs.renameSync(path.join(root, 'src/a.ts'), path.join(root, 'src/z.ts'));
    },
  ],
  [
    'a missing file comes',
    () => {
      write('not-there.json', '');
    },
  ],
])('changes when %s', (_what, change) => {
  const before = hash();
  change();
  expect(hash()).not.toBe(before);
});

it('does not look at other files', () => {
  const before = hash();
  write('README.md', 'hello');
  expect(hash()).toBe(before);
});
