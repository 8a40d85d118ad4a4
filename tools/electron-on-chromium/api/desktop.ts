import type {
  Clipboard,
  Dialog,
  Display,
  MessageBoxOptions,
  PowerMonitor,
  SafeStorage,
  Screen,
  Shell,
  SystemPreferences,
} from 'electron';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { strict } from '../unsupported.ts';
import { ApiObject } from './api-object.ts';

/** Electron takes the window first when there is one. */
function messageBoxOptions(args: readonly unknown[]): MessageBoxOptions {
  return args.at(-1) as MessageBoxOptions;
}

function hasDesktop(): boolean {
  if (process.env['CAUSEWAY_HEADLESS'] === '1') return false;
  return (
    process.platform !== 'linux' ||
    Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
  );
}

const OPENERS: Partial<Record<NodeJS.Platform, string>> = { darwin: 'open', linux: 'xdg-open' };

/** Hands a URL or file to the desktop; without one, says on stderr what would have been opened. */
async function open(target: string, description: string): Promise<void> {
  const opener = OPENERS[process.platform];
  if (!opener || !hasDesktop()) {
    console.error(`electron-on-chromium: no desktop for ${description}`);
    return;
  }
  const child = spawn(opener, [target], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  child.unref();
}

export const shell: Pick<Shell, 'openExternal' | 'openPath' | 'beep'> = strict(
  {
    openExternal: async (url: string) => {
      if (!URL.canParse(url)) throw new Error('Invalid URL');
      await open(url, `shell.openExternal ${new URL(url).protocol}//${new URL(url).host}`);
    },
    /** Resolves to what went wrong; '' when nothing did. */
    openPath: (path: string) => open(path, `shell.openPath ${path}`).then(() => '', String),
    beep: () => {},
  },
  'shell',
);

function answerOf(options: MessageBoxOptions): number {
  return options.defaultId ?? 0;
}

function print(title: string, text: string): void {
  process.stderr.write(`${[title, text].filter(Boolean).join(': ')}\n`);
}

export const dialog: Pick<
  Dialog,
  'showErrorBox' | 'showMessageBox' | 'showMessageBoxSync' | 'showOpenDialog' | 'showSaveDialog'
> = strict(
  {
    showErrorBox: (title: string, content: string) => print(title, content),
    showMessageBox: (...args: unknown[]) => {
      const options = messageBoxOptions(args);
      print(
        options.title ?? options.message,
        options.title ? options.message : (options.detail ?? ''),
      );
      return Promise.resolve({
        response: answerOf(options),
        checkboxChecked: options.checkboxChecked ?? false,
      });
    },
    showMessageBoxSync: (...args: unknown[]) => {
      const options = messageBoxOptions(args);
      print(options.title ?? '', options.message);
      return answerOf(options);
    },
    showOpenDialog: () => Promise.resolve({ canceled: true, filePaths: [] }),
    showSaveDialog: () => Promise.resolve({ canceled: true, filePath: '' }),
  },
  'dialog',
);

let clipboardText = '';

/** Of this process alone: the desktop's clipboard is not touched. */
export const clipboard: Pick<Clipboard, 'readText' | 'writeText' | 'clear'> = strict(
  {
    readText: () => Promise.resolve(clipboardText),
    writeText: (text: string) => {
      clipboardText = text;
      return Promise.resolve();
    },
    clear: () => {
      clipboardText = '';
    },
  },
  'clipboard',
);

/** No key store: Electron says the same on a Linux without one. */
export const safeStorage: Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend'
> = strict(
  {
    isAsyncEncryptionAvailable: () => Promise.resolve(false),
    getSelectedStorageBackend: () => 'basic_text' as const,
  },
  'safeStorage',
);

class PowerMonitorApi
  extends ApiObject
  implements Pick<PowerMonitor, 'isOnBatteryPower' | 'getSystemIdleTime'>
{
  constructor() {
    super('powerMonitor');
  }
  isOnBatteryPower(): boolean {
    return false;
  }
  getSystemIdleTime(): number {
    return 0;
  }
}

/** Emits nothing by itself; tests emit `suspend` and `resume` on it. */
export const powerMonitor = new PowerMonitorApi();

const DISPLAY = {
  id: 1,
  label: '',
  bounds: { x: 0, y: 0, width: 1920, height: 1080 },
  workArea: { x: 0, y: 0, width: 1920, height: 1080 },
  size: { width: 1920, height: 1080 },
  workAreaSize: { width: 1920, height: 1080 },
  scaleFactor: 1,
  rotation: 0,
  internal: false,
} as Display;

class ScreenApi extends ApiObject implements Pick<Screen, 'getPrimaryDisplay' | 'getAllDisplays'> {
  constructor() {
    super('screen');
  }
  getPrimaryDisplay(): Display {
    return structuredClone(DISPLAY);
  }
  getAllDisplays(): Display[] {
    return [this.getPrimaryDisplay()];
  }
  getDisplayMatching(): Display {
    return this.getPrimaryDisplay();
  }
}

export const screen = new ScreenApi();

class SystemPreferencesApi
  extends ApiObject
  implements Pick<SystemPreferences, 'getMediaAccessStatus' | 'askForMediaAccess'>
{
  constructor() {
    super('systemPreferences');
  }
  /** The system leaves cameras and microphones to the app, as Linux does. */
  getMediaAccessStatus(): 'granted' {
    return 'granted';
  }
  askForMediaAccess(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

export const systemPreferences = new SystemPreferencesApi();

interface NotificationTexts {
  title?: string;
  body?: string;
}

/** Says on stderr what the desktop would show. */
export class NotificationApi extends ApiObject {
  title: string;
  body: string;

  static isSupported(): boolean {
    return true;
  }

  constructor(options: NotificationTexts = {}) {
    super('Notification');
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  show(): void {
    print(this.title, this.body);
    queueMicrotask(() => this.emit('show', {}));
  }

  close(): void {
    queueMicrotask(() => this.emit('close', {}));
  }
}

export const crashReporter = strict(
  { start: () => {}, getUploadToServer: () => false },
  'crashReporter',
);
