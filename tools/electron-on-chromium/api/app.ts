import type { App, ConfigureHostResolverOptions, RelaunchOptions } from 'electron';
import { spawn } from 'node:child_process';
import { chromium } from '../chromium/chromium.ts';
import { UnsupportedApiError } from '../unsupported.ts';
import { windowRegistry } from '../window-registry.ts';
import { ApiEvent, ApiObject } from './api-object.ts';
import { appIdentity } from './app-identity.ts';
import { AppPaths, EXECUTABLE } from './app-paths.ts';
import { DefaultProtocolClients } from './default-protocol-client.ts';
import { SingleInstanceLock } from './single-instance.ts';
import { commandLine, switchList } from './switch-list.ts';
import { electronUserAgent } from './user-agent.ts';

type Surface = Pick<
  App,
  | 'quit'
  | 'exit'
  | 'relaunch'
  | 'isReady'
  | 'whenReady'
  | 'focus'
  | 'hide'
  | 'show'
  | 'getAppPath'
  | 'getPath'
  | 'setPath'
  | 'getVersion'
  | 'getName'
  | 'setName'
  | 'getLocale'
  | 'getSystemLocale'
  | 'getPreferredSystemLanguages'
  | 'setAsDefaultProtocolClient'
  | 'removeAsDefaultProtocolClient'
  | 'isDefaultProtocolClient'
  | 'requestSingleInstanceLock'
  | 'hasSingleInstanceLock'
  | 'releaseSingleInstanceLock'
  | 'configureHostResolver'
  | 'enableSandbox'
  | 'disableHardwareAcceleration'
  | 'setAppUserModelId'
  | 'setAboutPanelOptions'
  | 'showAboutPanel'
  | 'setLoginItemSettings'
  | 'isPackaged'
  | 'name'
>;

class AppApi extends ApiObject implements Surface {
  readonly commandLine = commandLine;
  readonly isPackaged = false;
  userAgentFallback = '';
  readonly #paths = new AppPaths();
  readonly #lock = new SingleInstanceLock();
  readonly #protocolClients = new DefaultProtocolClients();
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  #isReady = false;
  #isQuitting = false;
  #isExiting = false;
  #exitCode = 0;

  constructor() {
    super('app');
    windowRegistry.on('opened', (window) => {
      this.emit('web-contents-created', new ApiEvent(), window.webContents);
      this.emit('browser-window-created', new ApiEvent(), window);
      for (const name of ['focus', 'blur'] as const)
        window.on(name as 'focus', () =>
          this.emit(`browser-window-${name}`, new ApiEvent(), window),
        );
      window.webContents.on('render-process-gone', (event, details) =>
        this.emit('render-process-gone', event, window.webContents, details),
      );
      window.webContents.on('login', (event, details, authInfo, callback) =>
        this.emit('login', event, window.webContents, details, authInfo, callback),
      );
    });
    windowRegistry.on('all-closed', () => this.#allWindowsClosed());
  }

  get name(): string {
    return appIdentity.name;
  }
  set name(name: string) {
    appIdentity.name = name;
  }
  getName(): string {
    return appIdentity.name;
  }
  setName(name: string): void {
    appIdentity.name = name;
  }
  getVersion(): string {
    return appIdentity.version;
  }
  getAppPath(): string {
    return appIdentity.path;
  }
  getPath(name: Parameters<App['getPath']>[0]): string {
    return this.#paths.get(name);
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  isReady(): boolean {
    return this.#isReady;
  }
  whenReady(): Promise<void> {
    return this.#ready.promise;
  }
  /** False: the app has asked to quit before it was ready. */
  get mayStart(): boolean {
    return !this.#isQuitting && !this.#isExiting;
  }
  becomeReady(): void {
    if (!this.mayStart) return;
    this.userAgentFallback = electronUserAgent(appIdentity.name, appIdentity.version);
    this.#isReady = true;
    this.emit('will-finish-launching');
    this.emit('ready', new ApiEvent(), {});
    this.#ready.resolve();
  }

  /** before-quit, then each window's close, then will-quit and quit; any of the first three may say no. */
  quit(): void {
    if (this.#isQuitting || this.#isExiting) return;
    const event = new ApiEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    this.#isQuitting = true;
    const windows = [...windowRegistry.windows];
    if (windows.length === 0) {
      this.#announceAndEnd();
      return;
    }
    for (const window of windows) {
      window.once('close', (closing) => {
        if (closing.defaultPrevented) this.#isQuitting = false;
      });
      window.close();
    }
  }

  exit(exitCode = 0): void {
    if (this.#isExiting) return;
    this.#isExiting = true;
    for (const window of windowRegistry.windows) window.destroy();
    this.#end(exitCode);
  }

  relaunch(options: RelaunchOptions = {}): void {
    const { args = process.argv.slice(1), execPath = EXECUTABLE } = options;
    this.once('quit', () => spawn(execPath, args, { detached: true, stdio: 'ignore' }).unref());
  }

  focus(): void {
    const [first] = windowRegistry.windows;
    (windowRegistry.focused ?? first)?.focus();
  }
  hide(): void {
    for (const window of windowRegistry.windows) window.hide();
  }
  show(): void {
    for (const window of windowRegistry.windows) window.show();
  }

  getLocale(): string {
    return switchList.get('lang') || Intl.DateTimeFormat().resolvedOptions().locale;
  }
  getSystemLocale(): string {
    return Intl.DateTimeFormat().resolvedOptions().locale;
  }
  getPreferredSystemLanguages(): string[] {
    return [this.getSystemLocale()];
  }

  setAsDefaultProtocolClient(protocol: string, path = EXECUTABLE, args: string[] = []): boolean {
    return this.#protocolClients.set(protocol, path, args);
  }
  removeAsDefaultProtocolClient(protocol: string): boolean {
    return this.#protocolClients.remove(protocol);
  }
  isDefaultProtocolClient(protocol: string, path = EXECUTABLE, args: string[] = []): boolean {
    return this.#protocolClients.is(protocol, path, args);
  }

  requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean {
    const mine = { argv: process.argv, workingDirectory: process.cwd(), additionalData };
    return this.#lock.request(this.getPath('userData'), mine, (second) =>
      this.emit(
        'second-instance',
        new ApiEvent(),
        second.argv,
        second.workingDirectory,
        second.additionalData,
      ),
    );
  }
  hasSingleInstanceLock(): boolean {
    return this.#lock.held;
  }
  releaseSingleInstanceLock(): void {
    this.#lock.release();
  }

  /** The profile keeps DNS to the system's resolver, which is the one mode there is. */
  configureHostResolver(options: ConfigureHostResolverOptions): void {
    const { secureDnsMode } = options;
    if (secureDnsMode !== undefined && secureDnsMode !== 'off')
      throw new UnsupportedApiError(
        `app.configureHostResolver with secureDnsMode '${secureDnsMode}'`,
      );
  }
  enableSandbox(): void {
    // Pages have no Node here in any case; Chromium's own sandbox is on unless we are root.
  }
  disableHardwareAcceleration(): void {
    if (this.#isReady)
      throw new Error('app.disableHardwareAcceleration() can only be called before app is ready');
    switchList.set('disable-gpu', '');
  }
  setAppUserModelId(): void {}
  setAboutPanelOptions(): void {}
  showAboutPanel(): void {}
  setLoginItemSettings(): void {}

  /** Chromium has ended by itself: a crash, or someone killed it. */
  lostChromium(reason: string): void {
    if (this.#isExiting) return;
    this.#isExiting = true;
    process.stderr.write(`electron-on-chromium: ${reason}\n`);
    this.emit('child-process-gone', new ApiEvent(), {
      type: 'Browser',
      reason: 'crashed',
      exitCode: 1,
      name: 'Chromium',
    });
    this.#end(1);
  }

  #allWindowsClosed(): void {
    if (this.#isExiting) return;
    if (this.#isQuitting) {
      this.#announceAndEnd();
      return;
    }
    if (this.listenerCount('window-all-closed') === 0) this.quit();
    else this.emit('window-all-closed');
  }

  #announceAndEnd(): void {
    const event = new ApiEvent();
    this.emit('will-quit', event);
    if (event.defaultPrevented) {
      this.#isQuitting = false;
      return;
    }
    this.#isExiting = true;
    this.#end(0);
  }

  #end(exitCode: number): void {
    this.#exitCode = exitCode;
    this.emit('quit', new ApiEvent(), exitCode);
    this.#lock.release();
    const leave = () => process.exit(this.#exitCode);
    if (chromium.isStarted) chromium.stop().then(leave, leave);
    else leave();
  }
}

export const app = new AppApi();
