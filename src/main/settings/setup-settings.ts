import { app } from 'electron';
import ElectronStore from 'electron-store';
import type { Settings } from '../../shared/settings.ts';
import { SETTINGS_VERSION } from '../../shared/settings.ts';
import type { Log } from '../log/log.ts';
import type { Notices } from '../notices.ts';
import { CommandLineSource } from './command-line-source.ts';
import { LAST_GOOD_FILE_NAME, LastGood } from './managed/last-good.ts';
import { ManagedPolicy } from './managed/managed-policy.ts';
import { policyReaders } from './managed/readers.ts';
import { tellPolicy } from './managed/tell-policy.ts';
import { ownAddresses } from './region.ts';
import { SettingsService } from './settings-service.ts';
import { parseStoredText } from './stored-file.ts';
import { SETTINGS_FILE_NAME, UserSettings, type SettingsFile } from './user-settings.ts';

/** How often the computer's addresses are looked at where the policy names regions, ms. */
const ADDRESSES_INTERVAL_MS = 2000;

export interface SetupOptions {
  commandLine: Partial<Settings>;
  notices: Notices;
  log: Log;
}

/** Opens every source of settings and watches those that may change from outside. */
export function setupSettings({ commandLine, notices, log }: SetupOptions): SettingsService {
  const managed = new ManagedPolicy({
    readers: policyReaders(app.isPackaged),
    lastGood: new LastGood(openLastGood(log)),
    now: Date.now,
    onNotKept: (error) => log.error('the policy could not be kept for the next start', error),
  });
  const user = new UserSettings({
    folder: app.getPath('userData'),
    openFile: openUserFile,
    now: () => new Date(),
    notify: (notice) => notices.add(notice),
  });
  const settings = new SettingsService({
    managed,
    commandLine: new CommandLineSource(commandLine),
    user,
    addresses: ownAddresses,
  });
  tellPolicy(managed.status(), { notices, log });
  managed.onChanged(() => {
    tellPolicy(managed.status(), { notices, log });
    settings.refresh();
  });
  managed.watch();
  setInterval(() => {
    if (settings.effective.values.proxiesByRegion.length > 0) settings.refresh();
  }, ADDRESSES_INTERVAL_MS).unref();
  return settings;
}

function openUserFile(): SettingsFile {
  return new ElectronStore<Record<string, unknown>>({
    name: SETTINGS_FILE_NAME,
    defaults: { version: SETTINGS_VERSION },
    accessPropertiesByDotNotation: false,
    clearInvalidConfig: false,
    deserialize: (text) => parseStoredText(text) as Record<string, unknown>,
    configFileMode: 0o600,
  });
}

/** Without a file that can be used, what was good is known for this run only. */
function openLastGood(log: Log): SettingsFile {
  try {
    return new ElectronStore<Record<string, unknown>>({
      name: LAST_GOOD_FILE_NAME,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: true,
      configFileMode: 0o600,
    });
  } catch (error) {
    log.error('the last good policy cannot be kept', error);
    return { store: {} };
  }
}
