import type { AppInfo, MenuCommand } from '../../../shared/ipc.ts';

interface Shortcut {
  command: MenuCommand;
  /** The key, as `KeyboardEvent.key` in lower case. */
  key: string;
  shift: boolean;
}

/** With Ctrl, or Cmd on macOS. The menu shows the same keys; what is handled here never reaches it. */
const SHORTCUTS: readonly Shortcut[] = [
  { command: 'toggle-microphone', key: 'd', shift: false },
  { command: 'toggle-camera', key: 'e', shift: false },
  { command: 'toggle-chat', key: 'h', shift: true },
  { command: 'copy-link', key: 'c', shift: true },
  { command: 'leave-call', key: 'l', shift: true },
  { command: 'open-settings', key: ',', shift: false },
];

type Keys = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'repeat'>;

/** The command that a key press means, if it means one. */
export function commandOf(event: Keys, platform: AppInfo['platform']): MenuCommand | undefined {
  const modifier = platform === 'darwin' ? event.metaKey : event.ctrlKey;
  const other = platform === 'darwin' ? event.ctrlKey : event.metaKey;
  if (!modifier || other || event.altKey || event.repeat) return undefined;
  const key = event.key.toLowerCase();
  return SHORTCUTS.find((each) => each.key === key && each.shift === event.shiftKey)?.command;
}

/** `Ctrl+Shift+C`, `⇧⌘C`. */
export function shortcutText(command: MenuCommand, platform: AppInfo['platform']): string {
  const shortcut = SHORTCUTS.find((each) => each.command === command);
  if (!shortcut) return '';
  const key = shortcut.key.toUpperCase();
  if (platform === 'darwin') return `${shortcut.shift ? '⇧' : ''}⌘${key}`;
  return `Ctrl+${shortcut.shift ? 'Shift+' : ''}${key}`;
}
