import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../../shared/ipc.ts';

export interface MenuOptions {
  send: (command: MenuCommand) => void;
  openLogFolder: () => void;
  allowDevTools: boolean;
}

export function menuTemplate(
  platform: NodeJS.Platform,
  { send, openLogFolder, allowDevTools }: MenuOptions,
): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const command = (
    label: string,
    name: MenuCommand,
    accelerator: string,
  ): MenuItemConstructorOptions => ({ id: name, label, accelerator, click: () => send(name) });
  const settings = command('Settings…', 'open-settings', 'CmdOrCtrl+,');

  return [
    isMac
      ? {
          role: 'appMenu',
          submenu: [
            { role: 'about' },
            separator,
            settings,
            separator,
            { role: 'hide' },
            { role: 'hideOthers' },
            { role: 'unhide' },
            separator,
            { role: 'quit' },
          ],
        }
      : { label: '&Causeway', submenu: [settings, separator, { role: 'quit' }] },
    {
      label: isMac ? 'Call' : 'C&all',
      submenu: [
        command('Mute or Unmute Microphone', 'toggle-microphone', 'CmdOrCtrl+D'),
        command('Turn Camera On or Off', 'toggle-camera', 'CmdOrCtrl+E'),
        separator,
        command('Show or Hide Chat', 'toggle-chat', 'CmdOrCtrl+Shift+H'),
        command('Copy Meeting Link', 'copy-link', 'CmdOrCtrl+Shift+C'),
        separator,
        command('Leave Call', 'leave-call', 'CmdOrCtrl+Shift+L'),
      ],
    },
    { role: 'editMenu' },
    {
      role: 'viewMenu',
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...(allowDevTools ? [separator, { role: 'toggleDevTools' as const }] : []),
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { id: 'open-log-folder', label: 'Show Log Folder', click: openLogFolder },
        ...(isMac ? [] : [separator, { role: 'about' as const }]),
      ],
    },
  ];
}
