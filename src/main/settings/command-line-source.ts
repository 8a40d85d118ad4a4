import type { Settings } from '../../shared/settings.ts';
import type { SettingsSource } from './source.ts';

/** Settings given as flags: for this run, and not to be changed in it. */
export class CommandLineSource implements SettingsSource {
  readonly source = 'command-line';
  readonly #values: Partial<Settings>;

  constructor(values: Partial<Settings>) {
    this.#values = values;
  }

  values(): Partial<Settings> {
    return this.#values;
  }

  isLocked(): boolean {
    return true;
  }
}
