import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { AppNotice } from '../../shared/ipc.ts';
import type { SettingKey, Settings } from '../../shared/settings.ts';
import { currentVersion, type Migration } from './migrations.ts';
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
  /** Steps from one version of the file to the next; those of this program unless a test has its own. */
  migrations?: readonly Migration[];
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

  #open({ folder, openFile, now, notify, migrations }: UserSettingsOptions): void {
    const path = this.#path;
    removeLeftovers(folder, now());
    const stored = readStoredFile(path, migrations);
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
        text: `This version reads settings up to version ${currentVersion(migrations)}, and the file has version ${stored.version}. It was kept as ${name}, and Causeway started with its default settings. Update Causeway to use it again.`,
      });
    } else if (stored.kind === 'usable') {
      this.#values = stored.values;
    }

    const invalid = stored.kind === 'usable' ? stored.invalid : [];
    const copy = invalid.length > 0 ? setAside(path, 'broken', now(), { remove: false }) : '';
    const migrated = stored.kind === 'usable' ? stored.migrated : undefined;
    // Whoever goes back to the version before finds the file as it left it.
    if (migrated) setAside(path, `version-${migrated.from}`, now(), { remove: false });
    this.#file = openFile();
    if (migrated) this.#file.store = { ...migrated.store };
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

/** A file that is being written is renamed within milliseconds; older, its writer is dead. In ms. */
const LEFTOVER_AGE_MS = 60_000;

/** What a program that was killed while it wrote has left behind (atomically's names). */
function removeLeftovers(folder: string, now: Date): void {
  const pattern = new RegExp(`^${SETTINGS_FILE_NAME}\\.json\\.tmp-[0-9a-f]+$`);
  try {
    for (const name of readdirSync(folder).filter((each) => pattern.test(each))) {
      const path = join(folder, name);
      if (now.getTime() - statSync(path).mtimeMs > LEFTOVER_AGE_MS) unlinkSync(path);
    }
  } catch {
    // They only take up space; whether the folder can be used shows next.
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
