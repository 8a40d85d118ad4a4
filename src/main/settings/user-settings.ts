import { join } from 'node:path';
import type { AppNotice } from '../../shared/ipc.ts';
import { SETTINGS_VERSION, type SettingKey, type Settings } from '../../shared/settings.ts';
import type { SettingsSource, SourceValues } from './source.ts';
import { errorCode, readStoredFile, setAside } from './stored-file.ts';

/** The part of electron-store that is used, so that a test can do without Electron. */
export interface SettingsFile {
  /** All that is in the file. Setting it writes the file, wholly or not at all. */
  store: Record<string, unknown>;
}

export interface UserSettingsOptions {
  folder: string;
  /** Opens `settings.json` in the folder; throws when that is not possible. */
  openFile: () => SettingsFile;
  now: () => Date;
  /** Told what the employee should know about their settings file. */
  notify: (notice: AppNotice) => void;
}

export const SETTINGS_FILE_NAME = 'settings';

/**
 * What the employee has set, kept in `settings.json` as `{ version: 1, …only what was set }`.
 * A file that cannot be used is never lost: it is kept under another name first. When even that
 * is not possible, nothing is written, and changes are refused with the reason.
 */
export class UserSettings implements SettingsSource {
  readonly source = 'user';
  readonly #path: string;
  #values: Partial<Settings> = {};
  #file: SettingsFile | undefined;
  #unavailable: string | undefined;

  constructor(options: UserSettingsOptions) {
    this.#path = join(options.folder, `${SETTINGS_FILE_NAME}.json`);
    try {
      this.#open(options);
    } catch (error) {
      this.#unavailable = errorCode(error);
      options.notify({
        id: 'settings-unavailable',
        severity: 'error',
        title: 'Settings cannot be saved',
        text: `The settings file cannot be used (${this.#unavailable}). Causeway goes on, but changes to settings will not be kept. Check that your account may write to ${options.folder}.`,
      });
    }
  }

  #open({ openFile, now, notify }: UserSettingsOptions): void {
    const path = this.#path;
    const stored = readStoredFile(path);
    if (stored.kind === 'unreadable') throw new Error(stored.reason);
    if (stored.kind === 'broken') {
      const name = setAside(path, 'broken', now(), { remove: true });
      notify({
        id: 'settings-broken',
        severity: 'warning',
        title: 'Your settings could not be read',
        text: `The settings file is damaged: ${stored.reason}. It was kept as ${name}, and Causeway started with its default settings.`,
      });
    } else if (stored.kind === 'newer') {
      const name = setAside(path, 'newer', now(), { remove: true });
      notify({
        id: 'settings-newer',
        severity: 'warning',
        title: 'Your settings are from a newer Causeway',
        text: `This version reads settings up to version ${SETTINGS_VERSION}, and the file has version ${stored.version}. It was kept as ${name}, and Causeway started with its default settings. Update Causeway to use it again.`,
      });
    } else if (stored.kind === 'usable') {
      this.#values = stored.values;
    }

    const invalid = stored.kind === 'usable' ? stored.invalid : [];
    const copy = invalid.length > 0 ? setAside(path, 'broken', now(), { remove: false }) : '';
    this.#file = openFile();
    if (invalid.length > 0) {
      this.#file.store = without(
        this.#file.store,
        invalid.map(({ key }) => key),
      );
      notify({
        id: 'settings-invalid',
        severity: 'warning',
        title: 'Some of your settings could not be used',
        text: `Their defaults are used instead: ${invalid.map(({ key, problem }) => `${key} (${problem})`).join(' ')} The file as it was is kept as ${copy}.`,
      });
    }
  }

  values(): SourceValues {
    return userValues(this.#values, this.#path);
  }

  /**
   * Stores the given values and forgets others; the rest stays as it is.
   * @throws {Error} a sentence that says why nothing was stored.
   */
  save(values: Partial<Settings>, forgotten: readonly SettingKey[] = []): void {
    if (!this.#file) {
      throw new Error(`Settings cannot be saved on this computer (${this.#unavailable}).`);
    }
    try {
      this.#file.store = { ...without(this.#file.store, forgotten), ...values };
    } catch (error) {
      throw new Error(`The settings file could not be written (${errorCode(error)}).`, {
        cause: error,
      });
    }
    this.#values = { ...without(this.#values, forgotten), ...values };
  }
}

/** Values of the employee's own file, as a source has them. */
export function userValues(values: Partial<Settings>, origin: string): SourceValues {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { value, origin, locked: false }]),
  );
}

function without<T extends object>(values: T, keys: readonly SettingKey[]): T {
  return Object.fromEntries(
    Object.entries(values).filter(([key]) => !(keys as readonly string[]).includes(key)),
  ) as T;
}
