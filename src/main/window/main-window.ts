import { join } from 'node:path';
import { BrowserWindow, screen } from 'electron';
import ElectronStore from 'electron-store';
import { IpcEvents, type IpcEvent, type IpcEventPayload } from '../../shared/ipc.ts';
import type { Log } from '../log/log.ts';
import { APP_URL } from '../security/app-origin.ts';
import { isFromOwnPage, type IpcSender } from '../security/ipc-sender.ts';
import { backgroundColor } from './appearance.ts';
import { MIN_HEIGHT, MIN_WIDTH, placeWindow, type Bounds } from './window-bounds.ts';

/** A page that dies again within this time, ms, is not loaded again: that would go on for ever. */
const CRASH_LOOP_MS = 30_000;

export interface MainWindowOptions {
  preload: string;
  allowDevTools: boolean;
  log: Log;
  /** The page died and is being loaded again. */
  onPageGone: () => void;
  /** The page dies again and again: there is no window to go on with. */
  onPageLost: (error: Error) => void;
}

/** Causeway's one window. It may be closed and opened again (macOS), never doubled. */
export class MainWindow {
  readonly #options: MainWindowOptions;
  readonly #placement = new ElectronStore<{ bounds?: Bounds; isMaximized?: boolean }>({
    name: 'window',
    // Nothing that anybody would miss.
    clearInvalidConfig: true,
  });
  #window: BrowserWindow | undefined;
  #lastCrash = -Infinity;

  constructor(options: MainWindowOptions) {
    this.#options = options;
  }

  /** Opens the window, or brings it to the front. */
  show(): void {
    if (!this.#window) {
      this.#open();
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** Loads a fresh document. */
  reload(): void {
    void this.#window?.loadURL(APP_URL).catch((error: unknown) => {
      this.#options.log.error('the page could not be loaded', error);
    });
  }

  /** Tells the page something; lost when no page is there, which asks for itself when it comes. */
  send<E extends IpcEvent>(event: E, payload: IpcEventPayload<E>): void {
    this.#window?.webContents.send(event, IpcEvents[event].parse(payload));
  }

  /** Whether a message comes from the main frame of this window, showing Causeway's own page. */
  isSenderOf(message: IpcSender): boolean {
    return isFromOwnPage(message, this.#window?.webContents);
  }

  paintBackground(): void {
    this.#window?.setBackgroundColor(backgroundColor());
  }

  #open(): void {
    const window = new BrowserWindow({
      ...placeWindow(this.#placement.get('bounds'), workAreas()),
      minWidth: MIN_WIDTH,
      minHeight: MIN_HEIGHT,
      title: 'Causeway',
      show: false,
      backgroundColor: backgroundColor(),
      webPreferences: {
        preload: this.#options.preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        spellcheck: false,
        devTools: this.#options.allowDevTools,
        // A call goes on when its window is behind others: timers must keep their pace.
        backgroundThrottling: false,
        // Other people's voices must be heard in a meeting that was joined from a link.
        autoplayPolicy: 'no-user-gesture-required',
      },
    });
    this.#window = window;
    // Media goes where HTTP goes, by whatever route the system has just now: never out by another
    // interface, and on at once when the computer's address changes (RFC 8828 §5.2, mode 3).
    window.webContents.setWebRTCIPHandlingPolicy('default_public_interface_only');
    window.once('ready-to-show', () => {
      if (this.#placement.get('isMaximized') === true) window.maximize();
      window.show();
    });
    window.on('close', () => this.#remember(window));
    window.on('closed', () => {
      this.#window = undefined;
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => this.#pageGone(reason));
    this.reload();
  }

  #remember(window: BrowserWindow): void {
    try {
      this.#placement.set({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
    } catch (error) {
      this.#options.log.error("the window's place could not be stored", error);
    }
  }

  #pageGone(reason: string): void {
    if (reason === 'clean-exit') return;
    const now = performance.now();
    const isLoop = now - this.#lastCrash < CRASH_LOOP_MS;
    this.#lastCrash = now;
    if (isLoop) {
      this.#options.onPageLost(new Error(`the page ended by itself again (${reason})`));
      return;
    }
    this.#options.log.error(`the page ended by itself (${reason})`);
    this.#options.onPageGone();
    this.reload();
  }
}

function workAreas(): Bounds[] {
  const primary = screen.getPrimaryDisplay();
  const others = screen.getAllDisplays().filter((display) => display.id !== primary.id);
  return [primary, ...others].map((display) => display.workArea);
}

/** The sandboxed preload script, beside the main bundle. */
export const PRELOAD_PATH = join(import.meta.dirname, '../preload/index.cjs');
