import { app } from './api/app.ts';
import { BrowserWindowApi } from './api/browser-window.ts';
import {
  clipboard,
  crashReporter,
  dialog,
  NotificationApi,
  powerMonitor,
  safeStorage,
  screen,
  shell,
  systemPreferences,
} from './api/desktop.ts';
import { ipcMain } from './api/ipc-main.ts';
import { Menu, MenuItemApi } from './api/menu.ts';
import { nativeImage } from './api/native-image.ts';
import { nativeTheme } from './api/native-theme.ts';
import { net } from './api/net.ts';
import { protocol } from './api/protocol.ts';
import { session } from './api/session.ts';
import { webContents } from './api/web-contents.ts';
import { strict, unsupported } from './unsupported.ts';

/** Main-process modules of Electron's that are not here. */
const ABSENT = [
  'BaseWindow',
  'BrowserView',
  'ImageView',
  'MessageChannelMain',
  'ShareMenu',
  'TouchBar',
  'Tray',
  'View',
  'WebContentsView',
  'autoUpdater',
  'contentTracing',
  'desktopCapturer',
  'globalShortcut',
  'inAppPurchase',
  'netLog',
  'parentPort',
  'powerSaveBlocker',
  'pushNotifications',
  'sharedTexture',
  'utilityProcess',
  'webFrameMain',
] as const;

/** What `require('electron')` gives in the main process. */
export const electron: Record<string, unknown> = strict(
  {
    app,
    BrowserWindow: strict(BrowserWindowApi, 'BrowserWindow'),
    clipboard,
    crashReporter,
    dialog,
    ipcMain,
    Menu,
    MenuItem: MenuItemApi,
    nativeImage,
    nativeTheme,
    net,
    Notification: NotificationApi,
    powerMonitor,
    protocol,
    safeStorage,
    screen,
    session,
    shell,
    systemPreferences,
    webContents,
    ...Object.fromEntries(ABSENT.map((name) => [name, unsupported(name)])),
  },
  'electron',
);
