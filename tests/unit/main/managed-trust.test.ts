import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, linkSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { administratorTrust } from '../../../src/main/settings/managed/file-trust.ts';
import { readManagedFile } from '../../../src/main/settings/managed/managed-file.ts';
import { ManagedFolder, valuesOf } from './managed-folder.ts';

const isRoot = process.getuid?.() === 0;
const NEEDS_ROOT = 'only root can give a file away';

let at: ManagedFolder;
beforeEach(() => {
  at = new ManagedFolder();
});
afterEach(() => at.remove());

const path = (name?: string) => at.path(name);
const write = (text: string, name?: string) => at.write(text, name);

describe('trust', () => {
  const read = () => readManagedFile(path(), at.trust);
  const asRoot = { administrators: [0], from: '/' };

  it('is given to a file that only its administrator can write', () => {
    write('{}');
    expect(read()).toMatchObject({ kind: 'bytes' });
  });

  it.each([
    ['file that every user can write', () => chmodSync(path(), 0o646), /mode 0646.*chmod go-w/],
    [
      'folder that every user can write',
      () => chmodSync(at.folder, 0o757),
      /mode 0757.*chmod go-w/,
    ],
    ['folder above that every user can write', () => chmodSync(at.base, 0o777), /mode 0777/],
    // Sticky protects what is there, not the name of what is not there yet.
    ['folder above like /tmp', () => chmodSync(at.base, 0o1777), /mode 0777/],
  ])('is not given to a %s', (_what, loosen, sentence) => {
    write('{}');
    loosen();
    const file = read();
    expect(file.kind).toBe('refused');
    expect(file).toMatchObject({ problem: expect.stringMatching(sentence) as string });
  });

  it.for([
    [
      'file of a user',
      () => chownSync(path(), 1000, 0),
      /managed-settings\.json belongs to user 1000/,
    ],
    ['folder of a user', () => chownSync(at.folder, 1000, 0), /causeway belongs to user 1000/],
    [
      'file that a group can write',
      () => {
        chownSync(path(), 0, 1000);
        chmodSync(path(), 0o664);
      },
      /everyone in group 1000/,
    ],
  ] as const)('is not given to a %s', ([_what, loosen, sentence], { skip }) => {
    skip(!isRoot, NEEDS_ROOT);
    write('{}');
    loosen();
    expect(read()).toMatchObject({
      kind: 'refused',
      problem: expect.stringMatching(sentence) as string,
    });
  });

  it('is given to a file that the group of root can write', ({ skip }) => {
    skip(!isRoot, NEEDS_ROOT);
    write('{}');
    chmodSync(path(), 0o664);
    expect(read()).toMatchObject({ kind: 'bytes' });
  });

  it('in the product begins at the root: a file below /tmp is nobody’s', () => {
    write('{}');
    expect(readManagedFile(path(), asRoot)).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining(tmpdir()) as string,
    });
    expect(administratorTrust('linux')).toEqual(asRoot);
  });

  it('is not given along a link that a user has made', ({ skip }) => {
    skip(!isRoot, NEEDS_ROOT);
    write('{}');
    const link = join(at.base, 'link');
    symlinkSync(at.folder, link);
    expect(readManagedFile(join(link, 'managed-settings.json'), at.trust).kind).toBe('bytes');
    execFileSync('chown', ['-h', '1000', link]);
    expect(readManagedFile(join(link, 'managed-settings.json'), at.trust)).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining(`${link} belongs to user 1000`) as string,
    });
  });

  it('lost by a file that was good leaves the last good policy in force', () => {
    write('{"preferredProtocol": "TCP_ONLY"}');
    at.open();
    write('{"preferredProtocol": "UDP_ONLY"}');
    chmodSync(path(), 0o666);
    const policy = at.open();
    expect(valuesOf(policy)).toEqual({ preferredProtocol: 'TCP_ONLY' });
    expect(policy.status()).toMatchObject({ state: 'refused', inForce: 'last-good' });
  });

  it('never given leaves no way to call', () => {
    write('{"preferredProtocol": "UDP_ONLY"}');
    chmodSync(path(), 0o666);
    const policy = at.open();
    expect(policy.values()).toEqual({});
    expect(policy.status()).toMatchObject({ state: 'refused', inForce: 'none' });
    expect(policy.status().callsRefused?.forIt).toContain('chmod go-w');
  });

  it('is not a matter of hard links: the file itself is looked at', () => {
    write('{}', 'other.json');
    chmodSync(path('other.json'), 0o666);
    linkSync(path('other.json'), path());
    expect(read().kind).toBe('refused');
  });

  it('is not asked of a socket', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path(), resolve));
    try {
      expect(read()).toMatchObject({
        kind: 'unreadable',
        problem: expect.stringContaining('socket') as string,
      });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
