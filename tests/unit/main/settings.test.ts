import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandLineSource } from '../../../src/main/settings/command-line-source.ts';
import { SettingsService } from '../../../src/main/settings/settings-service.ts';
import { MIGRATIONS, type Migration } from '../../../src/main/settings/migrations.ts';
import { parseStoredText } from '../../../src/main/settings/stored-file.ts';
import { UserSettings, type SettingsFile } from '../../../src/main/settings/user-settings.ts';
import type { AppNotice } from '../../../src/shared/ipc.ts';
import {
  SETTINGS_VERSION,
  type EffectiveSettings,
  type Settings,
} from '../../../src/shared/settings.ts';

const NOW = new Date('2026-01-31T08:15:00.123Z');
const STAMP = '2026-01-31T08-15-00-123Z';

let folder: string;
let notices: AppNotice[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-settings-'));
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = (name = 'settings.json') => join(folder, name);
const stored = (name?: string): unknown => JSON.parse(readFileSync(file(name), 'utf8'));

/** electron-store without Electron: the same class underneath, the same options. */
function openConf(): SettingsFile {
  return new Conf<Record<string, unknown>>({
    cwd: folder,
    configName: 'settings',
    defaults: { version: 1 },
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    deserialize: (text) => parseStoredText(text) as Record<string, unknown>,
  });
}

/** What a source says, without the origins. */
function plain(user: UserSettings): Partial<Settings> {
  return Object.fromEntries(Object.entries(user.values()).map(([key, { value }]) => [key, value]));
}

function openUser(openFile: () => SettingsFile = openConf): UserSettings {
  return new UserSettings({
    folder,
    openFile,
    now: () => NOW,
    notify: (notice) => notices.push(notice),
  });
}

describe("the employee's settings file", () => {
  it('starts with nothing set, and says nothing', () => {
    expect(plain(openUser())).toEqual({});
    expect(stored()).toEqual({ version: 1 });
    expect(notices).toEqual([]);
  });

  it('keeps what was saved for the next start, and only that', () => {
    openUser().save({ displayName: 'Ada', signalingBaseUrl: ['https://proxy.example.com'] });
    openUser().save({ displayName: 'Grace' });
    expect(stored()).toEqual({
      version: 1,
      displayName: 'Grace',
      signalingBaseUrl: ['https://proxy.example.com'],
    });
    expect(plain(openUser())).toEqual({
      displayName: 'Grace',
      signalingBaseUrl: ['https://proxy.example.com'],
    });
  });

  it('leaves keys alone that it does not know', () => {
    writeFileSync(file(), JSON.stringify({ version: 1, later: { x: 1 } }));
    openUser().save({ displayName: 'Ada' });
    expect(stored()).toEqual({ version: 1, later: { x: 1 }, displayName: 'Ada' });
  });

  it('reads a file that an editor has given a byte order mark', () => {
    writeFileSync(file(), `\uFEFF${JSON.stringify({ version: 1, displayName: 'Ada' })}`);
    expect(plain(openUser())).toEqual({ displayName: 'Ada' });
    expect(notices).toEqual([]);
  });

  it.each([
    ['broken JSON', '{"version": 1, "displayName": "Ad', 'not valid JSON'],
    ['an empty file', '', 'it is empty'],
    ['a list', '[]', 'no version number'],
    ['no version', '{"displayName":"Ada"}', 'no version number'],
  ])('keeps %s aside, byte for byte, and starts with defaults', (_what, text, reason) => {
    writeFileSync(file(), text);
    expect(plain(openUser())).toEqual({});
    expect(readFileSync(file(`settings.broken-${STAMP}.json`), 'utf8')).toBe(text);
    expect(stored()).toEqual({ version: 1 });
    expect(notices).toHaveLength(1);
    expect(notices[0]?.id).toBe('settings-broken');
    expect(notices[0]?.text).toContain(reason);
    expect(notices[0]?.text).toContain(`settings.broken-${STAMP}.json`);
  });

  it('keeps a file of a newer version aside, and never writes over it', () => {
    const newer = JSON.stringify({ version: 2, displayName: 'Ada', shape: 'unknown' });
    writeFileSync(file(), newer);
    const user = openUser();
    user.save({ displayName: 'Grace' });
    expect(readFileSync(file(`settings.newer-${STAMP}.json`), 'utf8')).toBe(newer);
    expect(stored()).toEqual({ version: 1, displayName: 'Grace' });
    expect(notices.map(({ id }) => id)).toEqual(['settings-newer']);
    expect(notices[0]?.text).toContain('version 2');
  });

  it('never takes a name that is taken', () => {
    writeFileSync(file(`settings.broken-${STAMP}.json`), 'first');
    writeFileSync(file(), 'second');
    openUser();
    expect(readFileSync(file(`settings.broken-${STAMP}.json`), 'utf8')).toBe('first');
    expect(readFileSync(file(`settings.broken-${STAMP}-2.json`), 'utf8')).toBe('second');
  });

  it('keeps the values that are valid, drops the others, and keeps a copy of the file', () => {
    const text = JSON.stringify({
      version: 1,
      displayName: 'Ada',
      preferredProtocol: 'SCTP',
      serverUrl: 'ftp://x',
    });
    writeFileSync(file(), text);
    expect(plain(openUser())).toEqual({ displayName: 'Ada' });
    expect(readFileSync(file(`settings.broken-${STAMP}.json`), 'utf8')).toBe(text);
    expect(stored()).toEqual({ version: 1, displayName: 'Ada' });
    expect(notices.map(({ id }) => id)).toEqual(['settings-invalid']);
    expect(notices[0]?.text).toContain('preferredProtocol (Must be one of');
    expect(notices[0]?.text).toContain('serverUrl (“ftp://” is not allowed');

    notices = [];
    openUser();
    expect(notices, 'the next start finds nothing wrong').toEqual([]);
  });

  it('goes on without saving when the file cannot be opened, and says so', () => {
    writeFileSync(file(), '{"version":1}');
    const user = openUser(() => {
      throw Object.assign(new Error('no'), { code: 'EROFS' });
    });
    expect(notices.map(({ id }) => id)).toEqual(['settings-unavailable']);
    expect(() => user.save({ displayName: 'Ada' })).toThrow(/cannot be saved .*EROFS/);
    expect(readFileSync(file(), 'utf8')).toBe('{"version":1}');
  });

  it('does not write over a file that it may not read', ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read every file');
    writeFileSync(file(), '{"version":1,"displayName":"Ada"}');
    chmodSync(file(), 0o000);
    expect(() => openUser().save({ displayName: 'Grace' })).toThrow(/EACCES/);
    chmodSync(file(), 0o600);
    expect(stored()).toEqual({ version: 1, displayName: 'Ada' });
  });

  it('does not write over a broken file that cannot be set aside', () => {
    // Every name that it would take is taken.
    writeFileSync(file(), 'broken');
    writeFileSync(file(`settings.broken-${STAMP}.json`), '');
    for (let n = 2; n <= 100; n += 1) writeFileSync(file(`settings.broken-${STAMP}-${n}.json`), '');
    const user = openUser();
    expect(() => user.save({ displayName: 'Ada' })).toThrow(/cannot be saved/);
    expect(readFileSync(file(), 'utf8')).toBe('broken');
    expect(readdirSync(folder)).toHaveLength(101);
  });
});

describe('a settings file of an older version', () => {
  /** Version 2 renames a key, version 3 turns a text into a list. */
  const migrations: Migration[] = [
    ({ name, ...others }) => ({ ...others, displayName: name }),
    ({ signalingBaseUrl, ...others }) => ({ ...others, signalingBaseUrl: [signalingBaseUrl] }),
  ];
  const openWith = () =>
    new UserSettings({
      folder,
      openFile: openConf,
      now: () => NOW,
      notify: (notice) => notices.push(notice),
      migrations,
    });

  it.each([
    [1, { name: 'Ada', signalingBaseUrl: 'proxy.example.com' }],
    [2, { displayName: 'Ada', signalingBaseUrl: 'proxy.example.com' }],
    [3, { displayName: 'Ada', signalingBaseUrl: ['proxy.example.com'] }],
  ])('%i is brought up to date, and loses nothing', (version, values) => {
    const text = JSON.stringify({ version, later: 1, ...values });
    writeFileSync(file(), text);
    expect(plain(openWith())).toEqual({
      displayName: 'Ada',
      signalingBaseUrl: ['https://proxy.example.com'],
    });
    expect(notices).toEqual([]);
    expect(stored()).toEqual({
      version: 3,
      later: 1,
      displayName: 'Ada',
      signalingBaseUrl: ['proxy.example.com'],
    });
    const copies = readdirSync(folder).filter((name) => name.includes('version-'));
    expect(copies).toEqual(version === 3 ? [] : [`settings.version-${version}-${STAMP}.json`]);
    for (const copy of copies) expect(readFileSync(file(copy), 'utf8')).toBe(text);
  });

  it('above the newest is set aside, as ever', () => {
    writeFileSync(file(), '{"version": 4}');
    openWith();
    expect(notices.map(({ id }) => id)).toEqual(['settings-newer']);
    expect(notices[0]?.text).toContain('up to version 3');
  });

  it('has a step for each version there was', () => {
    expect(MIGRATIONS).toHaveLength(SETTINGS_VERSION - 1);
  });
});

describe('what a killed program left behind', () => {
  it('goes at the next start, once nobody can be writing it any more', () => {
    const [old, fresh, other] = [
      'settings.json.tmp-1764000000abcdef',
      'settings.json.tmp-1764000001abcdef',
      'settings.json.bak',
    ];
    for (const name of [old, fresh, other]) writeFileSync(file(name), '{');
    const seconds = NOW.getTime() / 1000;
    utimesSync(file(old), seconds - 61, seconds - 61);
    utimesSync(file(fresh), seconds - 1, seconds - 1);
    openUser();
    expect(readdirSync(folder).toSorted()).toEqual([other, 'settings.json', fresh].toSorted());
  });
});

describe('updating settings', () => {
  const service = (commandLine: Partial<Settings> = {}) =>
    new SettingsService({
      user: openUser(),
      commandLine: new CommandLineSource(commandLine),
    });

  it('saves what is valid, normalised, and tells of it', () => {
    const settings = service();
    const heard: EffectiveSettings[] = [];
    settings.onChanged((effective) => heard.push(effective));
    const result = settings.update({ serverUrl: 'WSS://Meet.Example.com/', displayName: ' Ada ' });
    expect(result).toEqual({ status: 'saved', settings: settings.effective });
    expect(settings.effective.values).toMatchObject({
      serverUrl: 'https://meet.example.com',
      displayName: 'Ada',
    });
    expect(heard).toEqual([settings.effective]);
    expect(stored()).toEqual({
      version: 1,
      serverUrl: 'https://meet.example.com',
      displayName: 'Ada',
    });
  });

  it('stores nothing of an update in which one field is wrong, and names every wrong one', () => {
    const settings = service();
    const before = settings.effective;
    expect(
      settings.update({
        displayName: 'Ada',
        serverUrl: 'meet.example.com/path',
        preferredProtocol: 'QUIC',
        signalingBaseUrl: ['a.example', 'b c'],
      }),
    ).toEqual({
      status: 'refused',
      problems: [
        { key: 'serverUrl', problem: expect.stringContaining('must be a host only') as string },
        { key: 'preferredProtocol', problem: expect.stringContaining('Must be one of') as string },
        { key: 'signalingBaseUrl', problem: expect.stringMatching(/^Entry 2: .*space/) as string },
      ],
    });
    expect(settings.effective).toBe(before);
    expect(stored()).toEqual({ version: 1 });
  });

  it('refuses to change what the command line has set, and says which flag', () => {
    const settings = service({ displayName: 'Ada' });
    expect(settings.update({ displayName: 'Grace', appearance: 'dark' })).toEqual({
      status: 'refused',
      problems: [
        { key: 'displayName', problem: expect.stringContaining('--display-name') as string },
      ],
    });
    expect(stored()).toEqual({ version: 1 });
  });

  it('lets a locked value pass that stays as it is', () => {
    const settings = service({ displayName: 'Ada' });
    expect(settings.update({ displayName: 'Ada', appearance: 'dark' }).status).toBe('saved');
    expect(stored(), 'the locked one is not stored').toEqual({ version: 1, appearance: 'dark' });
  });

  it('tells nobody when nothing has changed', () => {
    const settings = service();
    settings.update({ appearance: 'dark' });
    let heard = 0;
    settings.onChanged(() => (heard += 1));
    settings.update({ appearance: 'dark' });
    settings.update({ displayName: undefined });
    settings.update({});
    expect(heard).toBe(0);
  });

  it('takes no key that is not a setting', () => {
    expect(() => service().update({ nodeIntegration: true })).toThrow(
      'There is no setting “nodeIntegration”.',
    );
  });

  it('forgets what was set, so that a default that changes counts', () => {
    openUser().save({ preferredProtocol: 'TCP_ONLY', displayName: 'Ada', appearance: 'dark' });
    const settings = service();
    const heard: EffectiveSettings[] = [];
    settings.onChanged((effective) => heard.push(effective));
    expect(settings.update({ preferredProtocol: null, displayName: null }).status).toBe('saved');
    expect(settings.effective.values).toMatchObject({ preferredProtocol: 'UDP_OVER_TCP' });
    expect(settings.effective.provenance.preferredProtocol.source).toBe('default');
    expect(heard).toEqual([settings.effective]);
    expect(stored()).toEqual({ version: 1, appearance: 'dark' });
    expect(plain(openUser())).toEqual({ appearance: 'dark' });
  });

  it('stores the default where that was asked for: it stays when the default changes', () => {
    service().update({ preferredProtocol: 'UDP_OVER_TCP' });
    expect(stored()).toEqual({ version: 1, preferredProtocol: 'UDP_OVER_TCP' });
  });

  it('forgets nothing of an update in which one field is wrong or locked', () => {
    openUser().save({ displayName: 'Ada', appearance: 'dark' });
    const settings = service({ displayName: 'Grace' });
    expect(settings.update({ appearance: null, serverUrl: 'a b' }).status).toBe('refused');
    expect(settings.update({ appearance: null, displayName: null })).toEqual({
      status: 'refused',
      problems: [
        { key: 'displayName', problem: expect.stringContaining('--display-name') as string },
      ],
    });
    expect(stored()).toEqual({ version: 1, displayName: 'Ada', appearance: 'dark' });
  });

  it('says why when the disk refuses', () => {
    const user = openUser(() => ({
      get store() {
        return {};
      },
      set store(_values) {
        throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      },
    }));
    const settings = new SettingsService({ user });
    expect(settings.update({ displayName: 'Ada' })).toEqual({
      status: 'refused',
      problems: [
        { key: 'displayName', problem: 'The settings file could not be written (ENOSPC).' },
      ],
    });
    expect(settings.effective.values.displayName).toBe('');
  });
});
