import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedPolicy } from '../../../src/main/settings/managed/managed-policy.ts';
import { ManagedFolder, valuesOf } from './managed-folder.ts';

let at: ManagedFolder;
beforeEach(() => {
  at = new ManagedFolder();
});
afterEach(() => at.remove());

const path = (name?: string) => at.path(name);
const write = (text: string, name?: string) => at.write(text, name);
const dropIn = (name: string, text: string) => at.dropIn(name, text);
const open = (now?: number) => at.open(now);

describe('the managed file', () => {
  it('is nowhere: there is no policy', () => {
    expect(open().status()).toEqual({
      state: 'none',
      inForce: 'none',
      origins: [{ path: path(), kind: 'file', state: 'absent' }],
      problems: [],
    });
  });

  it('counts, and is told with its hash and since when', () => {
    write('{"preferredProtocol": "TCP_ONLY"}');
    const policy = open(1000);
    expect(valuesOf(policy)).toEqual({ preferredProtocol: 'TCP_ONLY' });
    const status = policy.status();
    expect(status).toMatchObject({ state: 'ok', inForce: 'current', since: 1000, problems: [] });
    expect(status.origins[0]).toMatchObject({ path: path(), state: 'used' });
    expect(status.origins[0]?.hash).toBe(
      createHash('sha256').update(readFileSync(path())).digest('hex'),
    );
    expect(open(2000).status().since, 'the same policy, read again later').toBe(1000);
  });

  it('goes before nothing of its drop-ins: of two that set a key, the later name counts', () => {
    write('{"appearance": "light", "diagnostics": "errors"}');
    dropIn('10-a.json', '{"appearance": "dark", "displayName": "Ada"}');
    dropIn('9-b.json', '{"displayName": "Grace"}');
    dropIn('20-ignored.txt', 'not looked at');
    dropIn('.hidden.json', 'not looked at');
    const policy = open();
    expect(valuesOf(policy)).toEqual({
      appearance: 'dark',
      diagnostics: 'errors',
      displayName: 'Grace',
    });
    expect(policy.values().displayName?.origin).toBe(path('managed-settings.d/9-b.json'));
    expect(policy.status().origins.map((origin) => origin.path)).toEqual([
      path('managed-settings.d/9-b.json'),
      path('managed-settings.d/10-a.json'),
      path(),
    ]);
  });

  it('is not needed for drop-ins', () => {
    dropIn('10-a.json', '{"appearance": "dark"}');
    expect(valuesOf(open())).toEqual({ appearance: 'dark' });
  });
});

const BREAK: readonly [string, () => void, RegExp][] = [
  ['is half-written', () => write('{"preferredProtocol": "TCP'), /half-written/],
  ['is emptied', () => write(''), /is empty/],
  ['has a wrong value', () => write('{"preferredProtocol": "QUIC"}'), /Must be one of/],
  [
    'is replaced by a folder',
    () => {
      unlinkSync(path());
      mkdirSync(path());
    },
    /It is a folder/,
  ],
  [
    'is replaced by a pipe',
    () => {
      unlinkSync(path());
      execFileSync('mkfifo', ['-m', '644', path()]);
    },
    /device, pipe or socket/,
  ],
  [
    'is replaced by a link',
    () => {
      renameSync(path(), path('elsewhere'));
      symlinkSync(path('elsewhere'), path());
    },
    /symbolic link/,
  ],
  [
    'is replaced by a link that leads nowhere',
    () => {
      unlinkSync(path());
      symlinkSync('/nonexistent', path());
    },
    /symbolic link/,
  ],
  ['has 100 MB', () => truncateSync(path(), 100 * 1024 * 1024), /It has 100\.0 MB/],
  [
    'lies in a folder that became a file',
    () => {
      rmSync(at.folder, { recursive: true });
      writeFileSync(at.folder, '');
    },
    /A file stands where its folder should be/,
  ],
  ['gets a broken drop-in', () => dropIn('10.json', '{'), /10\.json.*half-written/],
];

describe.each(BREAK)('a managed file that %s', (_what, breakIt, sentence) => {
  it('weakens nothing: the last good policy stays in force, also at the next start', () => {
    write('{"preferredProtocol": "TCP_ONLY", "allowedServers": ["*.example.com"]}');
    const { hash } = open(1000).status();
    breakIt();
    const policy = open(2000);
    expect(valuesOf(policy)).toEqual({
      preferredProtocol: 'TCP_ONLY',
      allowedServers: ['*.example.com'],
    });
    const status = policy.status();
    expect(status).toMatchObject({ state: 'broken', inForce: 'last-good', hash, since: 1000 });
    expect(status.callsRefused).toBeUndefined();
    expect(status.problems.map((each) => `${each.path}: ${each.problem}`).join()).toMatch(sentence);
  });

  it('with nothing known refuses calls, and tells what to tell IT', () => {
    write('{}');
    breakIt();
    const { state, inForce, callsRefused } = open().status();
    expect({ state, inForce }).toEqual({ state: 'broken', inForce: 'none' });
    expect(callsRefused?.message).toContain('Tell IT');
    expect(callsRefused?.forIt).toMatch(sentence);
  });
});

describe('a managed file that vanishes', () => {
  it('weakens nothing, and says so', () => {
    write('{"preferredProtocol": "TCP_ONLY"}');
    open();
    unlinkSync(path());
    for (const policy of [open(), open()]) {
      expect(valuesOf(policy)).toEqual({ preferredProtocol: 'TCP_ONLY' });
      expect(policy.status()).toMatchObject({ state: 'gone', inForce: 'last-good' });
      expect(policy.status().callsRefused).toBeUndefined();
    }
  });

  it('weakens nothing with its folder either, or with a drop-in left', () => {
    write('{"preferredProtocol": "TCP_ONLY"}');
    dropIn('10.json', '{"appearance": "dark"}');
    open();
    unlinkSync(path());
    expect(valuesOf(open())).toEqual({ preferredProtocol: 'TCP_ONLY', appearance: 'dark' });
    rmSync(at.folder, { recursive: true });
    expect(open().status()).toMatchObject({ state: 'gone', inForce: 'last-good' });
  });

  it('after it was emptied on purpose leaves no policy', () => {
    write('{"preferredProtocol": "TCP_ONLY"}');
    open();
    write('{}');
    expect(open().status()).toMatchObject({ state: 'ok', inForce: 'current' });
    unlinkSync(path());
    const policy = open();
    expect(policy.values()).toEqual({});
    expect(policy.status()).toMatchObject({ state: 'none', inForce: 'none' });
  });

  it('as a drop-in takes its own values with it: that is what drop-ins are for', () => {
    write('{"appearance": "light"}');
    dropIn('10.json', '{"appearance": "dark"}');
    open();
    unlinkSync(path('managed-settings.d/10.json'));
    expect(valuesOf(open())).toEqual({ appearance: 'light' });
    expect(open().status()).toMatchObject({ state: 'ok', inForce: 'current' });
  });
});

describe('the last good policy', () => {
  it.each<[string, (entry: Record<string, unknown>) => unknown]>([
    ['another value', (entry) => ({ ...entry, values: {} })],
    ['another hash', (entry) => ({ ...entry, hash: 'f'.repeat(64) })],
    ['nothing of its form', () => 'x'],
    [
      'a value of another version',
      (entry) => ({
        ...entry,
        values: { preferredProtocol: { value: 'QUIC', locked: true } },
      }),
    ],
  ])('with %s is none', (_what, doctor) => {
    write('{"preferredProtocol": "TCP_ONLY"}');
    open();
    at.kept.store = { files: doctor(at.kept.store['files'] as Record<string, unknown>) };
    write('broken');
    expect(open().status()).toMatchObject({ inForce: 'none', state: 'broken' });
    expect(open().status().callsRefused).toBeDefined();
  });
});

/** What is promised, ms. */
const NOTICED_WITHIN = 2000;

/** Watches, does something, and returns how long the policy took to notice. */
async function timeToNotice(policy: ManagedPolicy, change: () => void): Promise<number> {
  const noticed = new Promise<number>((resolve) => {
    policy.onChanged(() => resolve(performance.now()));
  });
  const started = performance.now();
  change();
  return (await noticed) - started;
}

describe('a change while Causeway runs is noticed within 2 s:', () => {
  const replace = (text: string) => {
    writeFileSync(path('.new'), text);
    renameSync(path('.new'), path());
  };
  it.each<[string, string | undefined, () => void, object]>([
    [
      'a file that appears',
      undefined,
      () => write('{"appearance": "dark"}'),
      { appearance: 'dark' },
    ],
    [
      'a file that is written over',
      '{"appearance": "dark"}',
      () => write('{"appearance": "light"}'),
      { appearance: 'light' },
    ],
    [
      'a file that is replaced by a rename',
      '{"appearance": "dark"}',
      () => replace('{"appearance": "light"}'),
      { appearance: 'light' },
    ],
    [
      'a drop-in',
      '{"appearance": "dark"}',
      () => dropIn('10.json', '{"updates": "off"}'),
      { appearance: 'dark', updates: 'off' },
    ],
    [
      'a file that vanishes',
      '{"appearance": "dark"}',
      () => unlinkSync(path()),
      { appearance: 'dark' },
    ],
    [
      'a file that others may write now',
      '{"appearance": "dark"}',
      () => chmodSync(path(), 0o666),
      { appearance: 'dark' },
    ],
    [
      'a folder that others may write now',
      '{"appearance": "dark"}',
      () => chmodSync(at.folder, 0o777),
      { appearance: 'dark' },
    ],
  ])('%s', async (_what, before, change, values) => {
    if (before !== undefined) write(before);
    const policy = open();
    at.watch(policy);
    expect(await timeToNotice(policy, change)).toBeLessThan(NOTICED_WITHIN);
    expect(valuesOf(policy)).toEqual(values);
  });

  it('a folder that appears later', async () => {
    rmSync(at.folder, { recursive: true });
    const policy = open();
    at.watch(policy);
    const took = await timeToNotice(policy, () => {
      mkdirSync(at.folder, { mode: 0o755 });
      write('{"appearance": "dark"}');
    });
    expect(took).toBeLessThan(NOTICED_WITHIN);
    expect(valuesOf(policy)).toEqual({ appearance: 'dark' });
  });

  it('a file that is broken, and mended again', async () => {
    write('{"appearance": "dark"}');
    const policy = open();
    at.watch(policy);
    expect(await timeToNotice(policy, () => write('{"appearance": "li'))).toBeLessThan(2000);
    expect(policy.status()).toMatchObject({ state: 'broken', inForce: 'last-good' });
    expect(valuesOf(policy)).toEqual({ appearance: 'dark' });
    expect(await timeToNotice(policy, () => write('{"appearance": "light"}'))).toBeLessThan(2000);
    expect(policy.status()).toMatchObject({ state: 'ok', inForce: 'current', problems: [] });
    expect(valuesOf(policy)).toEqual({ appearance: 'light' });
  });
});
