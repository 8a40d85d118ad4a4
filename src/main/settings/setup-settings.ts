import { app } from 'electron';
import ElectronStore from 'electron-store';
import { SETTINGS_VERSION, type Settings } from '../../shared/settings.ts';
import type { Notices } from '../notices.ts';
import { CommandLineSource } from './command-line-source.ts';
import { SettingsService } from './settings-service.ts';
import { parseStoredText } from './stored-file.ts';
import { SETTINGS_FILE_NAME, UserSettings } from './user-settings.ts';

/** Opens the employee's settings and puts the command line's before them. */
export function setupSettings(options: {
  commandLine: Partial<Settings>;
  notices: Notices;
}): SettingsService {
  const user = new UserSettings({
    folder: app.getPath('userData'),
    openFile: () =>
      new ElectronStore<Record<string, unknown>>({
        name: SETTINGS_FILE_NAME,
        defaults: { version: SETTINGS_VERSION },
        accessPropertiesByDotNotation: false,
        clearInvalidConfig: false,
        deserialize: (text) => parseStoredText(text) as Record<string, unknown>,
        configFileMode: 0o600,
      }),
    now: () => new Date(),
    notify: (notice) => options.notices.add(notice),
  });
  return new SettingsService(user, [new CommandLineSource(options.commandLine)]);
}
