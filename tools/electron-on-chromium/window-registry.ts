import type { BrowserWindow, BrowserWindowConstructorOptions, WebContents } from 'electron';
import { EventEmitter } from 'node:events';

/** All windows and their contents, so that app, menus and contents need not know each other. */
class WindowRegistry extends EventEmitter<{ 'all-closed': []; opened: [BrowserWindow] }> {
  readonly windows = new Set<BrowserWindow>();
  readonly contents = new Map<number, WebContents>();
  /** Set by BrowserWindow's module: opens the window that a page was allowed to open. */
  create: (options: BrowserWindowConstructorOptions) => BrowserWindow = () => {
    throw new Error('BrowserWindow has not been loaded.');
  };
  focused: BrowserWindow | null = null;

  add(window: BrowserWindow): void {
    this.windows.add(window);
    this.emit('opened', window);
  }

  remove(window: BrowserWindow): void {
    if (!this.windows.delete(window)) return;
    if (this.focused === window) this.focused = null;
    if (this.windows.size === 0) this.emit('all-closed');
  }

  windowOf(contents: WebContents): BrowserWindow | null {
    for (const window of this.windows) if (window.webContents === contents) return window;
    return null;
  }
}

export const windowRegistry = new WindowRegistry();
