import type {
  BrowserWindow as ElectronBrowserWindow,
  BrowserWindowConstructorOptions,
  LoadFileOptions,
  LoadURLOptions,
  Rectangle,
  WebContents,
} from 'electron';
import { chromium } from '../chromium/chromium.ts';
import type { PageLink } from '../renderer-link/page-link.ts';
import { UnsupportedApiError } from '../unsupported.ts';
import { windowRegistry } from '../window-registry.ts';
import { ApiEvent, ApiObject } from './api-object.ts';
import { WebContentsApi } from './web-contents.ts';
import { WindowFrame } from './window-frame.ts';

type Surface = Pick<
  ElectronBrowserWindow,
  | 'id'
  | 'loadURL'
  | 'loadFile'
  | 'reload'
  | 'show'
  | 'showInactive'
  | 'hide'
  | 'focus'
  | 'blur'
  | 'isFocused'
  | 'isVisible'
  | 'isMinimized'
  | 'isMaximized'
  | 'isFullScreen'
  | 'minimize'
  | 'maximize'
  | 'unmaximize'
  | 'restore'
  | 'setFullScreen'
  | 'close'
  | 'destroy'
  | 'isDestroyed'
  | 'setTitle'
  | 'getTitle'
  | 'getBounds'
  | 'setBounds'
  | 'getNormalBounds'
  | 'getContentBounds'
  | 'getSize'
  | 'setSize'
  | 'getContentSize'
  | 'setContentSize'
  | 'getMinimumSize'
  | 'setMinimumSize'
  | 'center'
  | 'setMenuBarVisibility'
  | 'isMenuBarVisible'
  | 'setAutoHideMenuBar'
  | 'setMenu'
  | 'removeMenu'
  | 'setBackgroundColor'
  | 'getBackgroundColor'
  | 'flashFrame'
  | 'setProgressBar'
  | 'setIcon'
>;

const DEFAULT_SIZE = { width: 800, height: 600 };
const DEFAULT_BACKGROUND = '#FFFFFF';

/** Options of Electron's that this runtime has no answer to; asking for one throws. */
const REFUSED: readonly (keyof BrowserWindowConstructorOptions)[] = ['parent', 'modal'];

let lastId = 0;

/** A desktop window with one page: Chromium's app window, without tabs and address bar. */
export class BrowserWindowApi extends ApiObject implements Surface {
  readonly id = ++lastId;
  readonly webContents: WebContents;
  readonly #contents: WebContentsApi;
  readonly #frame: WindowFrame;
  #title: string;
  #background: string;
  #menuBarVisible: boolean;
  #shown = false;
  #painted = false;
  #closing = false;
  #closed = false;

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super('BrowserWindow');
    if (!chromium.isStarted) throw new Error('Cannot create BrowserWindow before app is ready');
    for (const option of REFUSED)
      if (options[option] !== undefined)
        throw new UnsupportedApiError(`BrowserWindow option '${option}'`);
    const { width = DEFAULT_SIZE.width, height = DEFAULT_SIZE.height } = options;
    this.#title = options.title ?? 'Electron';
    this.#background = options.backgroundColor ?? DEFAULT_BACKGROUND;
    this.#menuBarVisible = !options.autoHideMenuBar;
    this.#frame = new WindowFrame({ width, height, x: options.x, y: options.y }, [
      options.minWidth ?? 0,
      options.minHeight ?? 0,
    ]);
    this.#contents = new WebContentsApi(
      chromium.openPage({ width, height }),
      options.webPreferences ?? {},
      async (session) => {
        if (options.backgroundColor)
          await session.send('Emulation.setDefaultBackgroundColorOverride', {
            color: parseColor(options.backgroundColor),
          });
      },
    );
    this.webContents = this.#contents as unknown as WebContents;
    windowRegistry.add(this.#self);
    this.#contents.page().then(
      (link) => this.#follow(link),
      (error: unknown) => {
        if (!this.#closed) console.error('electron-on-chromium: a window could not open:', error);
        this.#gone();
      },
    );
    // Electron shows the window here and now; focus comes from the window manager, a moment later.
    this.#shown = options.show !== false;
    queueMicrotask(() => this.focus());
  }

  static getAllWindows(): ElectronBrowserWindow[] {
    return [...windowRegistry.windows];
  }

  static getFocusedWindow(): ElectronBrowserWindow | null {
    return windowRegistry.focused;
  }

  static fromWebContents(contents: WebContents): ElectronBrowserWindow | null {
    return windowRegistry.windowOf(contents);
  }

  static fromId(id: number): ElectronBrowserWindow | null {
    return [...windowRegistry.windows].find((window) => window.id === id) ?? null;
  }

  get #self(): ElectronBrowserWindow {
    return this as unknown as ElectronBrowserWindow;
  }

  get title(): string {
    return this.#title;
  }
  set title(title: string) {
    this.setTitle(title);
  }

  loadURL(url: string, options?: LoadURLOptions): Promise<void> {
    return this.#contents.loadURL(url, options);
  }
  loadFile(path: string, options?: LoadFileOptions): Promise<void> {
    return this.#contents.loadFile(path, options);
  }
  reload(): void {
    this.#contents.reload();
  }

  show(): void {
    this.showInactive();
    this.focus();
  }
  showInactive(): void {
    if (this.#shown || this.#closed) return;
    this.#shown = true;
    this.#frame.setVisible(true);
    this.emit('show', new ApiEvent());
  }
  hide(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#frame.setVisible(false);
    this.blur();
    this.emit('hide', new ApiEvent());
  }
  focus(): void {
    if (this.#closed || !this.#shown) return;
    this.#contents.focus();
    const previous = windowRegistry.focused;
    if (previous === this.#self) return;
    windowRegistry.focused = this.#self;
    previous?.emit('blur', new ApiEvent());
    this.emit('focus', new ApiEvent());
  }
  blur(): void {
    if (windowRegistry.focused !== this.#self) return;
    windowRegistry.focused = null;
    this.emit('blur', new ApiEvent());
  }
  isFocused(): boolean {
    return windowRegistry.focused === this.#self;
  }
  isVisible(): boolean {
    return this.#shown && !this.#closed;
  }

  isMinimized(): boolean {
    return this.#frame.state === 'minimized';
  }
  isMaximized(): boolean {
    return this.#frame.state === 'maximized';
  }
  isFullScreen(): boolean {
    return this.#frame.state === 'fullscreen';
  }
  minimize(): void {
    if (this.#frame.setState('minimized')) this.emit('minimize');
  }
  maximize(): void {
    if (this.#frame.setState('maximized')) this.emit('maximize');
  }
  unmaximize(): void {
    if (this.isMaximized() && this.#frame.setState('normal')) this.emit('unmaximize');
  }
  restore(): void {
    if (this.isMinimized() && this.#frame.setState('normal')) this.emit('restore');
  }
  setFullScreen(flag: boolean): void {
    if (!this.#frame.setState(flag ? 'fullscreen' : 'normal')) return;
    this.emit(flag ? 'enter-full-screen' : 'leave-full-screen');
  }

  /** Asks: `close` may be prevented, and the page's own beforeunload may keep it. */
  close(): void {
    if (this.#closed || this.#closing) return;
    const event = new ApiEvent();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    this.#end();
  }
  /** Does not ask: no `close` event, no beforeunload. */
  destroy(): void {
    if (!this.#closed && !this.#closing) this.#end();
  }
  isDestroyed(): boolean {
    return this.#closed;
  }

  setTitle(title: string): void {
    this.#title = title;
  }
  getTitle(): string {
    return this.#title;
  }
  getBounds(): Rectangle {
    return this.#frame.bounds;
  }
  getNormalBounds(): Rectangle {
    return this.#frame.bounds;
  }
  getContentBounds(): Rectangle {
    return this.#frame.bounds;
  }
  setBounds(bounds: Partial<Rectangle>): void {
    const before = this.#frame.bounds;
    const { width, height, x, y } = this.#frame.setBounds(bounds);
    if (width !== before.width || height !== before.height) this.emit('resize');
    if (x !== before.x || y !== before.y) this.emit('move');
  }
  getSize(): number[] {
    const { width, height } = this.#frame.bounds;
    return [width, height];
  }
  setSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  getContentSize(): number[] {
    return this.getSize();
  }
  setContentSize(width: number, height: number): void {
    this.setBounds({ width, height });
  }
  getMinimumSize(): number[] {
    return [...this.#frame.minimum];
  }
  setMinimumSize(width: number, height: number): void {
    this.#frame.minimum = [width, height];
  }
  center(): void {
    // Where a window stands is the window manager's choice here.
  }

  setMenuBarVisibility(visible: boolean): void {
    this.#menuBarVisible = visible;
  }
  isMenuBarVisible(): boolean {
    return this.#menuBarVisible;
  }
  setAutoHideMenuBar(_hide: boolean): void {}
  setMenu(): void {}
  removeMenu(): void {}
  setBackgroundColor(color: string): void {
    this.#background = color;
    void this.#contents
      .page()
      .then(({ session }) =>
        session.post('Emulation.setDefaultBackgroundColorOverride', { color: parseColor(color) }),
      );
  }
  getBackgroundColor(): string {
    return this.#background;
  }
  flashFrame(): void {}
  setProgressBar(): void {}
  setIcon(): void {}

  /** The page is there: follow what happens to it and its window. */
  #follow(link: PageLink): void {
    this.#frame.attach(link);
    link.session.on('Inspector.detached', () => this.#gone());
    link.navigation.on('first-paint', () => this.#readyToShow());
    // A document without anything to paint is ready when it has loaded.
    link.navigation.on('finished', () => this.#readyToShow());
    chromium.onTitle(link.targetId, (title) => {
      if (title === this.#contents.title) return;
      this.#contents.title = title;
      const event = new ApiEvent();
      this.#contents.emit('page-title-updated', event, title, true);
      this.emit('page-title-updated', event, title, true);
      if (!event.defaultPrevented) this.#title = title;
    });
    this.#contents.on('did-navigate', () => (this.#painted = false));
  }

  #readyToShow(): void {
    if (this.#painted) return;
    this.#painted = true;
    this.emit('ready-to-show', new ApiEvent());
  }

  #end(): void {
    this.#closing = true;
    this.#contents.close();
  }

  /** Chromium has closed the window: because it was told to, or because the user did. */
  #gone(): void {
    if (this.#closed) return;
    // The user's click on the frame reaches us when it has been carried out.
    if (!this.#closing) this.emit('close', new ApiEvent());
    this.blur();
    this.#closed = true;
    this.#contents.destroyed();
    this.emit('closed', new ApiEvent());
    windowRegistry.remove(this.#self);
  }
}

/** `#RGB`, `#RRGGBB` and Electron's `#AARRGGBB`; anything else is white, as a page is. */
function parseColor(color: string): { r: number; g: number; b: number; a: number } {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const long = short
    ? `#${short
        .slice(1)
        .map((digit) => digit + digit)
        .join('')}`
    : color;
  const bytes = /^#([0-9a-f]{2})?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(long);
  const [a, r, g, b] = (bytes?.slice(1) ?? []).map((byte) => Number.parseInt(byte || 'ff', 16));
  return { r: r ?? 255, g: g ?? 255, b: b ?? 255, a: (a ?? 255) / 255 };
}

windowRegistry.create = (options) =>
  new BrowserWindowApi(options) as unknown as ElectronBrowserWindow;
