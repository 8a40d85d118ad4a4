import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inProject } from '../../../tools/setup/project.ts';

const FOLDER = inProject('deploy', 'systemd');
const read = (...parts: string[]): string => readFileSync(path.join(FOLDER, ...parts), 'utf8');
const units = readdirSync(FOLDER).filter((name) => name.endsWith('.service'));

/** The values of a key in a unit file. */
const valuesOf = (unit: string, key: string): string[] =>
  [...read(unit).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);

/** Where the documentation puts the source tree on a server. */
const INSTALLED = '/opt/causeway/';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'causeway-systemd-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it.each(units)('%s names files that are in the tree', (unit) => {
  const named = [...read(unit).matchAll(/\/opt\/causeway\/[\w./-]+/g)].map(([file]) => file);
  expect(named.length).toBeGreaterThan(0);
  const missing = named.filter((file) => !existsSync(inProject(file.slice(INSTALLED.length))));
  expect(missing).toEqual([]);
});

it.each(units)('%s takes its settings from a file that has an example', (unit) => {
  for (const file of valuesOf(unit, 'EnvironmentFile')) {
    expect(path.dirname(file)).toBe('/etc/causeway');
    expect(existsSync(inProject('deploy', `${path.basename(file)}.example`)), file).toBe(true);
  }
});

it('the services run as the users that sysusers makes', () => {
  const made = [...read('causeway.sysusers').matchAll(/^u\s+(\S+)/gm)].map(([, name]) => name);
  const used = units.flatMap((unit) => [...valuesOf(unit, 'User'), ...valuesOf(unit, 'Group')]);
  expect([...new Set(used)].toSorted()).toEqual(made.toSorted());
});

it('the proxy may finish its calls before systemd loses patience', () => {
  const example = readFileSync(inProject('deploy', 'proxy.env.example'), 'utf8');
  const drain = Number(/^CAUSEWAY_PROXY_DRAIN_SECONDS=(\d+)$/m.exec(example)?.[1]);
  const [limit] = valuesOf('causeway-proxy.service', 'TimeoutStopSec');
  expect(Number(limit)).toBe(drain + 30);
});

describe('systemd itself', () => {
  beforeEach(({ skip }) => {
    const missing = ['systemd-analyze', 'systemd-sysusers'].find(
      (program) => spawnSync(program, ['--version']).error,
    );
    skip(missing !== undefined, `${missing} is not installed`);
  });

  /** What `systemd-analyze verify` says of a unit; the programs that it starts may be elsewhere. */
  function verify(unit: string, text: string): string[] {
    const file = path.join(folder, unit);
    const started = text.replaceAll(
      /^(Exec\w+=)\/usr\/s?bin\/(node|nft)/gm,
      `$1${process.execPath}`,
    );
    writeFileSync(file, started);
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
      encoding: 'utf8',
    });
    return `${stdout}${stderr}`.split('\n').filter((line) => line.includes(unit));
  }

  it.each(units)('finds nothing wrong with %s', (unit) => {
    expect(verify(unit, read(unit))).toEqual([]);
  });

  it('would find something', () => {
    const unit = 'causeway-room.service';
    const broken = read(unit).replace('Restart=on-failure', 'Restart=sometimes');
    expect(verify(unit, broken).join('\n')).toContain('sometimes');
    const unknown = read(unit).replace('ProtectHome=', 'ProtectHouse=');
    expect(verify(unit, unknown).join('\n')).toContain('ProtectHouse');
  });

  it('makes the users', () => {
    mkdirSync(path.join(folder, 'etc'));
    const { status, stdout, stderr } = spawnSync(
      'systemd-sysusers',
      ['--dry-run', `--root=${folder}`, path.join(FOLDER, 'causeway.sysusers')],
      { encoding: 'utf8' },
    );
    expect({ status, said: `${stdout}${stderr}` }).toMatchObject({
      status: 0,
      said: expect.stringMatching(/causeway-proxy[\s\S]*causeway-room/) as string,
    });
  });
});
