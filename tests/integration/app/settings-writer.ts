// Saves settings over and over until it is killed: `node settings-writer.ts FOLDER A|B|both`.
import Conf from 'conf';
import { parseStoredText } from '../../../src/main/settings/stored-file.ts';
import { SETTINGS_FILE_NAME, UserSettings } from '../../../src/main/settings/user-settings.ts';
import { SETTINGS_VERSION } from '../../../src/shared/settings.ts';
import { SETTINGS_A, SETTINGS_B } from './settings-values.ts';

const [folder = '', which = 'both'] = process.argv.slice(2);
const user = new UserSettings({
  folder,
  // electron-store without Electron: the same class underneath, the same options.
  openFile: () =>
    new Conf<Record<string, unknown>>({
      cwd: folder,
      configName: SETTINGS_FILE_NAME,
      defaults: { version: SETTINGS_VERSION },
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
      deserialize: (text) => parseStoredText(text) as Record<string, unknown>,
      configFileMode: 0o600,
    }),
  now: () => new Date(),
  notify: ({ id, text }) => {
    process.stderr.write(`${id}: ${text}\n`);
    process.exit(1);
  },
});
for (let count = 0; ; count += 1) {
  const isA = which === 'A' || (which === 'both' && count % 2 === 0);
  user.save(isA ? SETTINGS_A : SETTINGS_B);
  // Under way: whoever waits may kill it now, in the middle of whichever save comes next.
  if (count === 1) process.stdout.write('saving\n');
}
