import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Conf from 'conf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SettingsService, type PolicySource } from '../../../src/main/settings/settings-service.ts';
import type { SourceValues } from '../../../src/main/settings/source.ts';
import { UserSettings } from '../../../src/main/settings/user-settings.ts';
import type { AppNotice } from '../../../src/shared/ipc.ts';
import { NO_POLICY } from '../../../src/shared/settings/policy-status.ts';

let folder: string;
let notices: AppNotice[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causeway-settings-'));
  notices = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const file = () => join(folder, 'settings.json');
const stored = (): unknown => JSON.parse(readFileSync(file(), 'utf8'));

function openUser(): UserSettings {
  return new UserSettings({
    folder,
    openFile: () => new Conf({ cwd: folder, configName: 'settings', defaults: { version: 1 } }),
    now: () => new Date(),
    notify: (notice) => notices.push(notice),
  });
}

describe('a doctored settings file', () => {
  it('sets nothing that only IT may set, and loses nothing by it', () => {
    const doctored = { version: 1, allowedServers: ['*'], disableChat: false, displayName: 'Ada' };
    writeFileSync(file(), JSON.stringify(doctored));
    const managed: PolicySource = {
      source: 'managed',
      values: () => ({
        allowedServers: { value: ['meet.example.com'], origin: 'F', locked: true },
        disableChat: { value: true, origin: 'F', locked: true },
        displayName: { value: 'Grace', origin: 'F', locked: true },
      }),
      status: () => ({ ...NO_POLICY, state: 'ok', inForce: 'current' }),
    };
    const settings = new SettingsService({ user: openUser(), managed });
    expect(settings.effective.values).toMatchObject({
      allowedServers: ['meet.example.com'],
      disableChat: true,
      displayName: 'Grace',
    });
    expect(stored()).toEqual(doctored);
    expect(notices).toEqual([]);
  });
});

describe('under a policy', () => {
  const under = (managed: SourceValues) =>
    new SettingsService({
      user: openUser(),
      managed: { source: 'managed', values: () => managed, status: () => NO_POLICY },
    });

  it('what IT has locked or what only IT sets is not taken from the page', () => {
    const settings = under({
      preferredProtocol: { value: 'TCP_ONLY', origin: 'F', locked: true },
      appearance: { value: 'dark', origin: 'F', locked: false },
    });
    expect(settings.update({ preferredProtocol: 'UDP_ONLY', allowedServers: ['a.b'] })).toEqual({
      status: 'refused',
      problems: [
        {
          key: 'preferredProtocol',
          problem: expect.stringContaining('Your organization has set this') as string,
        },
        { key: 'allowedServers', problem: 'Only your organization’s IT can set this.' },
      ],
    });
    expect(settings.update({ disableChat: null }).status).toBe('refused');
    expect(settings.update({ appearance: 'light' }).status).toBe('saved');
    expect(settings.effective.values.appearance).toBe('light');
    expect(settings.effective.provenance.appearance.losers).toMatchObject([
      { source: 'managed', value: 'dark', why: 'weaker' },
    ]);
  });

  it('what the limits forbid is refused with the reason, and not stored', () => {
    const settings = under({
      allowedServers: { value: ['*.example.com'], origin: 'F', locked: true },
      allowedModes: { value: ['TCP_ONLY', 'UDP_OVER_TCP'], origin: 'F', locked: true },
    });
    expect(
      settings.update({ serverUrl: 'meet.evil.example', preferredProtocol: 'UDP_ONLY' }),
    ).toMatchObject({
      status: 'refused',
      problems: [
        {
          key: 'serverUrl',
          problem: 'Your organization does not allow meetings on meet.evil.example.',
        },
        { key: 'preferredProtocol' },
      ],
    });
    expect(stored()).toEqual({ version: 1 });
    expect(settings.update({ serverUrl: 'meet.example.com' }).status).toBe('saved');
  });

  it('a change of it is told once, with what it tightens', () => {
    const managed: { -readonly [K in keyof SourceValues]: SourceValues[K] } = {};
    const settings = under(managed);
    const heard: unknown[] = [];
    settings.onChanged(() => heard.push('settings'));
    settings.onPolicyChanged((change) => heard.push(change));
    settings.refresh();
    expect(heard).toEqual([]);
    managed.disableChat = { value: true, origin: 'F', locked: true };
    managed.appearance = { value: 'dark', origin: 'F', locked: true };
    settings.refresh();
    settings.refresh();
    expect(heard).toEqual([
      'settings',
      { changed: ['appearance', 'disableChat'], tightened: ['disableChat'] },
    ]);
  });
});
