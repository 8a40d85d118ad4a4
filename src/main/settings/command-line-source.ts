import { SETTING_KEYS, type Settings } from '../../shared/settings.ts';
import { flagOf } from '../command-line.ts';
import type { SettingsSource, SourceValues } from './source.ts';

/** Settings given as flags: for this run, and not to be changed in it. */
export class CommandLineSource implements SettingsSource {
  readonly source = 'command-line';
  readonly #values: SourceValues;

  constructor(values: Partial<Settings>) {
    this.#values = Object.fromEntries(
      SETTING_KEYS.filter((key) => values[key] !== undefined).map((key) => [
        key,
        { value: values[key], origin: flagOf(key), locked: true },
      ]),
    );
  }

  values(): SourceValues {
    return this.#values;
  }
}
