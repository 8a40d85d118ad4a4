import type { NativeTheme } from 'electron';
import type { Protocol } from 'devtools-protocol';
import { ApiObject } from './api-object.ts';

type ThemeSource = NativeTheme['themeSource'];

const SOURCES: readonly string[] = ['system', 'light', 'dark'];

class NativeThemeApi
  extends ApiObject
  implements Pick<NativeTheme, 'shouldUseDarkColors' | 'themeSource'>
{
  #source: ThemeSource = 'system';
  #systemIsDark = false;

  constructor() {
    super('nativeTheme');
  }

  get themeSource(): ThemeSource {
    return this.#source;
  }

  set themeSource(source: ThemeSource) {
    if (!SOURCES.includes(source))
      throw new TypeError(`nativeTheme.themeSource takes 'system', 'light' or 'dark'`);
    this.#change(() => (this.#source = source));
  }

  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? this.#systemIsDark : this.#source === 'dark';
  }

  /** The desktop's own preference, read from a page that nothing overrides. */
  setSystemDark(isDark: boolean): void {
    if (isDark !== this.#systemIsDark) this.#change(() => (this.#systemIsDark = isDark));
  }

  #change(change: () => void): void {
    const before = [this.#source, this.shouldUseDarkColors].join();
    change();
    if ([this.#source, this.shouldUseDarkColors].join() !== before) this.emit('updated');
  }
}

export const nativeTheme = new NativeThemeApi();

/** What `prefers-color-scheme` must say in pages; an empty value leaves it to the system. */
export function emulatedMedia(): Protocol.Emulation.SetEmulatedMediaRequest {
  const value = nativeTheme.themeSource === 'system' ? '' : nativeTheme.themeSource;
  return { features: [{ name: 'prefers-color-scheme', value }] };
}
