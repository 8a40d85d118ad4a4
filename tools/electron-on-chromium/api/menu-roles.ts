import type { BrowserWindow, MenuItemConstructorOptions } from 'electron';
import { app } from './app.ts';

type Role = MenuItemConstructorOptions['role'];

/** The words Electron gives to roles, where capitalising the role's name is not enough. */
const LABELS: Readonly<Record<string, string>> = {
  appmenu: 'App',
  editmenu: 'Edit',
  filemenu: 'File',
  viewmenu: 'View',
  windowmenu: 'Window',
  forcereload: 'Force Reload',
  toggledevtools: 'Toggle Developer Tools',
  togglefullscreen: 'Toggle Full Screen',
  resetzoom: 'Actual Size',
  zoomin: 'Zoom In',
  zoomout: 'Zoom Out',
  selectall: 'Select All',
  pasteandmatchstyle: 'Paste and Match Style',
};

export function roleLabel(role: Role): string {
  if (!role) return '';
  const name = role.toLowerCase();
  return LABELS[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
}

/** What a menu item without a click of its own does. Editing roles work in Chromium by themselves. */
export function roleAction(role: Role, window: BrowserWindow | null): void {
  switch (role?.toLowerCase()) {
    case 'quit': {
      app.quit();
      return;
    }
    case 'close':
      return window?.close();
    case 'minimize':
      return window?.minimize();
    case 'reload':
      return window?.webContents.reload();
    case 'forcereload':
      return window?.webContents.reloadIgnoringCache();
    case 'togglefullscreen':
      return window?.setFullScreen(!window.isFullScreen());
  }
}
