import { rmSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FileReader } from '../../../src/main/settings/managed/file-reader.ts';
import { LastGood } from '../../../src/main/settings/managed/last-good.ts';
import { managedFolder } from '../../../src/main/settings/managed/locations.ts';
import { MacPreferencesReader } from '../../../src/main/settings/managed/mac-preferences-reader.ts';
import { ManagedPolicy } from '../../../src/main/settings/managed/managed-policy.ts';
import type { PolicyReader } from '../../../src/main/settings/managed/policy-reader.ts';
import { RegistryReader } from '../../../src/main/settings/managed/registry-reader.ts';
import type {
  Registry,
  RegistryRoot,
  RegistryValue,
} from '../../../src/main/settings/managed/registry.ts';
import type { RunCommand } from '../../../src/main/settings/managed/run-command.ts';
import { windowsSystemFolder } from '../../../src/main/settings/managed/windows-folder.ts';
import { ManagedFolder, valuesOf } from './managed-folder.ts';

/** A place for policies that the test holds in its hands. */
interface Place {
  reader: PolicyReader;
  /** Puts there what comes to `{"preferredProtocol": "TCP_ONLY", "disableChat": true}`. */
  push: () => void;
  /** The same with a protocol that does not exist. */
  pushWrong: () => void;
  /** Makes it unreadable. */
  damage: () => void;
  withdraw: () => void;
}

const places: ManagedFolder[] = [];
const newFolder = (): ManagedFolder => {
  const folder = new ManagedFolder();
  places.push(folder);
  return folder;
};
afterEach(() => places.splice(0).forEach((folder) => folder.remove()));

const GOOD = '{"preferredProtocol": "TCP_ONLY", "disableChat": true}';
const WRONG = '{"preferredProtocol": "QUIC", "disableChat": true}';

function files(): Place {
  const at = newFolder();
  return {
    reader: new FileReader(at.folder, at.trust),
    push: () => at.write(GOOD),
    pushWrong: () => at.write(WRONG),
    damage: () => at.write('{'),
    withdraw: () => unlinkSync(at.path()),
  };
}

/** A registry in memory; what is not in it is not there. */
class FakeRegistry implements Registry {
  computer: RegistryValue[] | undefined;
  user: RegistryValue[] | undefined;
  isDown = false;

  values(root: RegistryRoot, key: string): RegistryValue[] | undefined {
    expect(key).toBe(KEY);
    if (this.isDown) throw new Error('Access is denied.');
    return root === 'HKLM' ? this.computer : this.user;
  }
}

const KEY = 'SOFTWARE\\Policies\\Causeway';

function at(subkeys: string[], values: Record<string, RegistryValue['data']>): RegistryValue[] {
  return Object.entries(values).map(([name, data]) => ({ subkeys, name, data }));
}

function registry(): Place & { fake: FakeRegistry } {
  const fake = new FakeRegistry();
  const push = (preferredProtocol: string) => {
    fake.computer = at([], { preferredProtocol, disableChat: 1 });
  };
  return {
    fake,
    reader: new RegistryReader(fake),
    push: () => push('TCP_ONLY'),
    pushWrong: () => push('QUIC'),
    damage: () => (fake.isDown = true),
    withdraw: () => (fake.computer = undefined),
  };
}

function preferences(): Place {
  const at = newFolder();
  const file = 'app.causeway.desktop.plist';
  /** `plutil`, for property lists that are JSON already. */
  const plutil: RunCommand = ({ program, args, input }) => {
    expect([program, ...args].join(' ')).toBe('/usr/bin/plutil -convert json -o - -');
    if (input[0] === 0) throw new Error('Command failed');
    return Buffer.from(input);
  };
  return {
    reader: new MacPreferencesReader('ada', at.trust, plutil, at.folder),
    push: () => at.write(GOOD, file),
    pushWrong: () => at.write(WRONG, file),
    damage: () => at.write('\u0000', file),
    withdraw: () => rmSync(at.path(file)),
  };
}

function open(reader: PolicyReader, kept = { store: {} as Record<string, unknown> }) {
  const onNotKept = (error: unknown): never => {
    throw error;
  };
  const lastGood = new LastGood(kept);
  return new ManagedPolicy({ readers: [reader], lastGood, now: () => 1, onNotKept });
}

const PUSHED = { preferredProtocol: 'TCP_ONLY', disableChat: true };

describe.each<[string, () => Place]>([
  ['the managed file', files],
  ['Windows’ registry', registry],
  ['macOS’ managed preferences', preferences],
])('every place for policies: %s', (_what, place) => {
  it('holds nothing: there is no policy', () => {
    const { reader } = place();
    expect(open(reader).status()).toMatchObject({ state: 'none', inForce: 'none', problems: [] });
  });

  it('gives its values, locked, with where they come from', () => {
    const { reader, push } = place();
    push();
    const policy = open(reader);
    expect(policy.status()).toMatchObject({ state: 'ok', inForce: 'current', problems: [] });
    expect(valuesOf(policy)).toEqual(PUSHED);
    expect(policy.values().preferredProtocol?.locked).toBe(true);
    const used = policy.status().origins.find(({ state }) => state === 'used');
    expect(policy.values().preferredProtocol?.origin).toBe(used?.path);
    expect(used?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has a mark that changes with it and with nothing else', async () => {
    const { reader, push, pushWrong, withdraw } = place();
    const marks = [await reader.fingerprint()];
    for (const step of [push, pushWrong, withdraw]) {
      step();
      marks.push(await reader.fingerprint());
      expect(await reader.fingerprint()).toBe(marks.at(-1));
    }
    const [nothing, good, wrong, gone] = marks;
    expect(new Set([nothing, good, wrong]).size).toBe(3);
    expect(gone).toBe(nothing);
  });

  it.each(['pushWrong', 'damage'] as const)(
    'never weakens a policy: %s leaves the last good one in force',
    (harm) => {
      const kept = { store: {} };
      const it_ = place();
      it_.push();
      open(it_.reader, kept);
      it_[harm]();
      const policy = open(it_.reader, kept);
      expect(policy.status()).toMatchObject({ state: 'broken', inForce: 'last-good' });
      expect(valuesOf(policy)).toEqual(PUSHED);
    },
  );

  it.each(['pushWrong', 'damage'] as const)('with nothing known refuses calls: %s', (harm) => {
    const it_ = place();
    it_[harm]();
    expect(open(it_.reader).status().callsRefused).toBeDefined();
  });

  it('is withdrawn: on purpose where only a service can do that, else by mishap', () => {
    const kept = { store: {} };
    const { reader, push, withdraw } = place();
    push();
    open(reader, kept);
    withdraw();
    const policy = open(reader, kept);
    expect(policy.status().state).toBe(reader.canBeWithdrawn ? 'none' : 'gone');
    expect(valuesOf(policy)).toEqual(reader.canBeWithdrawn ? {} : PUSHED);
  });
});

describe('Windows’ registry', () => {
  it('gives lists, objects, suggestions and switches their form', () => {
    const { fake, reader } = registry();
    fake.computer = [
      ...at([], {
        httpProxy: ['{"mode": "manual",', ' "server": "proxy:3128"}'],
        proxiesByRegion: '[]',
        standbyPath: 0,
        displayName: 'Zoë, front desk',
        updates: 'off',
      }),
      ...at(['signalingBaseUrl'], { 10: 'c.example.com', 1: 'a.example.com', 2: 'b.example.com' }),
      ...at(['Suggested'], { appearance: 'dark', updates: 'ask' }),
      ...at(['Suggested', 'signalingBaseUrl'], { 1: 'weaker.example.com' }),
    ];
    const policy = open(reader);
    expect(policy.status().problems).toEqual([]);
    expect(valuesOf(policy)).toEqual({
      httpProxy: { mode: 'manual', server: 'http://proxy:3128', bypass: [] },
      proxiesByRegion: [],
      standbyPath: false,
      displayName: 'Zoë, front desk',
      updates: 'off',
      signalingBaseUrl: ['https://a.example.com', 'https://b.example.com', 'https://c.example.com'],
      appearance: 'dark',
    });
    expect(policy.values().appearance?.locked).toBe(false);
    expect(policy.values().updates?.locked).toBe(true);
  });

  it('lets demands for the computer go before demands for the user', () => {
    const { fake, reader } = registry();
    fake.computer = at([], { preferredProtocol: 'TCP_ONLY' });
    fake.user = at([], { preferredProtocol: 'UDP_ONLY', appearance: 'dark' });
    expect(valuesOf(open(reader))).toEqual({ preferredProtocol: 'TCP_ONLY', appearance: 'dark' });
  });

  it.each<[RegistryValue, RegExp]>([
    [{ subkeys: [], name: 'standbyPath', data: 7 }, /Must be true or false/],
    [{ subkeys: [], name: 'standbyPath', data: 7n }, /Must be true or false/],
    [{ subkeys: [], name: 'httpProxy', data: '{mode}' }, /Must be JSON/],
    [{ subkeys: [], name: 'displayName', data: Buffer.from('Ada') }, /found bytes/],
    [{ subkeys: [], name: 'banana', data: 'x' }, /no such setting/],
    [{ subkeys: [], name: '__proto__', data: 'x' }, /no such setting/],
  ])('names what is wrong in %o', (value, sentence) => {
    const { fake, reader } = registry();
    fake.computer = [value];
    const [problem] = open(reader).status().problems;
    expect(problem).toMatchObject({ key: value.name, path: `HKLM\\${KEY}` });
    expect(problem?.problem).toMatch(sentence);
  });

  it('refuses what stands below a list', () => {
    const { fake, reader } = registry();
    fake.computer = at(['signalingBaseUrl', 'more'], { 1: 'a.example.com' });
    expect(open(reader).status()).toMatchObject({
      state: 'broken',
      problems: [
        { key: 'signalingBaseUrl', problem: expect.stringContaining('below it') as string },
      ],
    });
  });

  it('is found without the environment, which is the user’s', () => {
    const loaded = () => ['C:\\app\\causeway.exe', 'D:\\Windows\\SYSTEM32\\ntdll.dll'];
    expect(windowsSystemFolder(loaded)).toBe('D:\\Windows\\SYSTEM32');
    expect(managedFolder('win32', windowsSystemFolder(loaded))).toBe('D:\\ProgramData\\Causeway');
    expect(windowsSystemFolder(() => [])).toBe('C:\\Windows\\System32');
  });
});

describe('two places', () => {
  it('are one policy: what the system’s own store says goes before the file', () => {
    const native = registry();
    native.push();
    const at = newFolder();
    at.write('{"preferredProtocol": "UDP_ONLY", "appearance": "dark"}');
    const policy = new ManagedPolicy({
      readers: [native.reader, new FileReader(at.folder, at.trust)],
      lastGood: new LastGood({ store: {} }),
      now: () => 1,
      onNotKept: () => undefined,
    });
    expect(valuesOf(policy)).toEqual({ ...PUSHED, appearance: 'dark' });
    expect(policy.status().origins.map(({ path }) => path)).toEqual([
      `HKLM\\${KEY}`,
      `HKCU\\${KEY}`,
      join(at.folder, 'managed-settings.json'),
    ]);
  });

  it('are refused together when one cannot be used and was never good', () => {
    const native = registry();
    native.push();
    const at = newFolder();
    at.write('{');
    const policy = new ManagedPolicy({
      readers: [native.reader, new FileReader(at.folder, at.trust)],
      lastGood: new LastGood({ store: {} }),
      now: () => 1,
      onNotKept: () => undefined,
    });
    expect(policy.status()).toMatchObject({ state: 'broken', inForce: 'current' });
    expect(policy.status().callsRefused?.forIt).toContain('half-written');
  });
});
