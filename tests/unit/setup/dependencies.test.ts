import { describe, expect, it } from 'vitest';
import {
  dependencyStamp,
  installedMatchesLock,
  type LockedPackages,
} from '../../../tools/bootstrap/dependencies.mjs';

describe('the stamp in node_modules', () => {
  const machine = { nodeVersion: '24.21.0', platform: 'linux', arch: 'x64' };
  const stamp = dependencyStamp('{"a":1}', machine);

  it('stays the same for the same lock file, platform and major version of Node', () => {
    expect(dependencyStamp('{"a":1}', { ...machine, nodeVersion: '24.9.0' })).toBe(stamp);
  });

  it.each([
    ['the lock file', '{"a":2}', machine],
    ["Node's major version", '{"a":1}', { ...machine, nodeVersion: '26.0.0' }],
    ['the platform', '{"a":1}', { ...machine, platform: 'darwin' }],
    ['the architecture', '{"a":1}', { ...machine, arch: 'arm64' }],
  ])('changes with %s', (_what, lock, other) => {
    expect(dependencyStamp(lock, other)).not.toBe(stamp);
  });
});

describe('whether what is installed is what is locked', () => {
  const machine = { platform: 'linux', arch: 'x64', libc: 'glibc' };
  const locked: LockedPackages = {
    '': { version: '0.1.0' },
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
    'node_modules/binding-linux': {
      version: '1.0.0',
      integrity: 'sha512-b',
      optional: true,
      os: ['linux'],
      cpu: ['x64'],
      libc: ['glibc'],
    },
    'node_modules/binding-musl': {
      version: '1.0.0',
      integrity: 'sha512-c',
      optional: true,
      os: ['linux'],
      cpu: ['x64'],
      libc: ['musl'],
    },
    'node_modules/binding-mac': {
      version: '1.0.0',
      integrity: 'sha512-d',
      optional: true,
      os: ['darwin'],
      cpu: ['arm64'],
    },
    'node_modules/only-for-wasm': { version: '1.0.0', integrity: 'sha512-e', optional: true },
    'node_modules/not-on-windows': {
      version: '1.0.0',
      integrity: 'sha512-f',
      optional: true,
      os: ['!win32'],
    },
  };
  const installed: LockedPackages = {
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
    'node_modules/binding-linux': { version: '1.0.0', integrity: 'sha512-b' },
    'node_modules/not-on-windows': { version: '1.0.0', integrity: 'sha512-f' },
  };
  const without = (name: string): LockedPackages =>
    Object.fromEntries(Object.entries(installed).filter(([place]) => place !== name));

  it('accepts that optional packages for other machines are missing', () => {
    expect(installedMatchesLock(locked, installed, machine)).toBe(true);
  });

  it.each([
    ['a package is missing', without('node_modules/zod')],
    ["this machine's optional package is missing", without('node_modules/binding-linux')],
    ['a package for all but another system is missing', without('node_modules/not-on-windows')],
    [
      'a version differs',
      { ...installed, 'node_modules/zod': { version: '4.0.1', integrity: 'sha512-a' } },
    ],
    [
      'a checksum differs',
      { ...installed, 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-x' } },
    ],
    [
      'there is one that is not locked',
      { ...installed, 'node_modules/extra': { version: '1.0.0' } },
    ],
    ['nothing is installed', {}],
  ])('refuses when %s', (_why, found) => {
    expect(installedMatchesLock(locked, found, machine)).toBe(false);
  });

  it('refuses what was installed on another kind of machine', () => {
    expect(installedMatchesLock(locked, installed, { ...machine, libc: 'musl' })).toBe(false);
    expect(
      installedMatchesLock(locked, installed, { platform: 'darwin', arch: 'arm64', libc: '' }),
    ).toBe(false);
  });
});
