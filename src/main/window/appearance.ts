import { nativeTheme } from 'electron';
import type { Settings } from '../../shared/settings.ts';

/** The page's own canvas (design/tokens.css), shown until the page has drawn itself. */
const BACKGROUND = { light: '#ecf1ef', dark: '#0d1315' };

/** Follows the setting, and through it the system's appearance in menus, dialogs and the page. */
export function applyAppearance(appearance: Settings['appearance']): void {
  nativeTheme.themeSource = appearance;
}

export function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

export function onAppearanceChanged(listener: () => void): void {
  nativeTheme.on('updated', listener);
}
