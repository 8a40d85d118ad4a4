import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { createInterface } from 'node:readline';
import type { Protocol } from 'devtools-protocol';
import { CdpConnection, type CdpSession } from './cdp-connection.ts';
import { findChromium } from './find-chromium.ts';
import { prepareProfile } from './profile.ts';
import { makeChromiumHome } from './trust-store.ts';
import { chromiumArguments, emptyPage, isHeadless, type Switches } from './switches.ts';

/** A cold start on a busy two-core machine takes some 5 s; beyond this it is not coming. */
const START_TIMEOUT_MS = 60_000;
/** Chromium ends within 0.2 s of losing its pipes; a hung one is killed after this. */
const EXIT_TIMEOUT_MS = 5_000;
/** Lines of Chromium's stderr kept to explain a failed start. */
const KEPT_LOG_LINES = 20;

export interface PageTarget {
  targetId: string;
  session: CdpSession;
}

/** What a second start of Chromium needs to find the first. */
const HANDED_ON = /^--(user-data-dir|no-sandbox|test-type|ozone-platform)\b/;

type TargetInfo = Protocol.Target.TargetInfo;

/** The one Chromium behind this process. */
class Chromium {
  connection!: CdpConnection;
  version!: Protocol.Browser.GetVersionResponse;
  /** Chromium ended without being told to. */
  onLost: (reason: string) => void = () => {};

  /** The proxy it was started with, as PAC words it; undefined: the system's. */
  proxyServer: string | undefined;
  readonly #pages = new Map<string, CdpSession>();
  readonly #onTitle = new Map<string, (title: string) => void>();
  #headless = true;
  #arguments: string[] = [];
  #lastWindow = 0;
  #process: ChildProcess | undefined;
  #starting: Promise<void> | undefined;
  #leaving = false;
  readonly #log: string[] = [];
  /** The empty app window Chromium starts with, until a BrowserWindow takes it. */
  #firstPage: Promise<PageTarget> | undefined;
  #resolveFirstPage: ((page: PageTarget) => void) | undefined;
  /** Who waits for a page: by target id, or by its URL. */
  readonly #expected = new Map<string, (page: PageTarget) => void>();
  readonly #arrived = new Map<string, PageTarget>();

  get started(): Promise<void> {
    if (!this.#starting)
      throw new Error('electron-on-chromium: used before the app is ready; await app.whenReady().');
    return this.#starting;
  }

  get isStarted(): boolean {
    return this.#starting !== undefined;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  start(options: {
    profile: string;
    asked: Switches;
    remoteDebuggingPort: string | undefined;
  }): Promise<void> {
    this.#starting = this.#start(options);
    return this.#starting;
  }

  async #start(options: Parameters<Chromium['start']>[0]): Promise<void> {
    prepareProfile(options.profile);
    const proxy = options.asked.get('proxy-server');
    this.proxyServer = proxy ? `PROXY ${proxy.replace(/^https?:\/\//, '')}` : undefined;
    this.#headless = isHeadless(options.asked);
    this.#arguments = chromiumArguments(options);
    const chromium = spawn(findChromium(), this.#arguments, {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
      env: makeChromiumHome(`${options.profile}-home`, process.env),
      // Its own process group: Ctrl-C reaches only us, and we end it in order.
      detached: true,
    });
    this.#process = chromium;
    this.#readLog(chromium.stderr as Readable);
    const connection = new CdpConnection(
      chromium.stdio[3] as Writable,
      chromium.stdio[4] as Readable,
    );
    this.connection = connection;
    this.#firstPage = new Promise((resolve) => (this.#resolveFirstPage = resolve));
    connection.onClose = () => {
      if (!this.#leaving) this.onLost(`Chromium ended unexpectedly.\n${this.#log.join('\n')}`);
    };
    const failed = new Promise<never>((_, reject) => {
      chromium.once('error', reject);
      chromium.once('exit', (code, signal) =>
        reject(
          new Error(
            `Chromium ended at start (${signal ?? `code ${code}`}). Is its profile ${options.profile} in use?\n${this.#log.join('\n')}`,
          ),
        ),
      );
      setTimeout(
        () => reject(new Error(`Chromium did not start within ${START_TIMEOUT_MS} ms.`)),
        START_TIMEOUT_MS,
      ).unref();
    });
    failed.catch(() => {});
    const { browser } = connection;
    browser.on('Target.attachedToTarget', ({ sessionId, targetInfo }) =>
      this.#attached(connection.session(sessionId), targetInfo),
    );
    browser.on('Target.detachedFromTarget', ({ sessionId }) => {
      const session = connection.session(sessionId);
      for (const [targetId, page] of this.#pages)
        if (page === session) this.#pages.delete(targetId);
      // Chromium tells the browser's session; a page's own listeners hear of it here.
      session.emit('Inspector.detached', { reason: 'target_closed' });
      connection.forget(sessionId);
    });
    browser.on('Target.targetInfoChanged', ({ targetInfo }) =>
      this.#onTitle.get(targetInfo.targetId)?.(targetInfo.title),
    );
    browser.on('Target.targetDestroyed', ({ targetId }) => this.#onTitle.delete(targetId));
    const handshake = (async () => {
      this.version = await browser.send('Browser.getVersion');
      // No `will-download` comes, so nobody could refuse one.
      await browser.send('Browser.setDownloadBehavior', { behavior: 'deny' });
      await browser.send('Target.setDiscoverTargets', {
        discover: true,
        filter: [{ type: 'page' }],
      });
      await browser.send('Target.setAutoAttach', {
        autoAttach: true,
        waitForDebuggerOnStart: true,
        flatten: true,
        filter: [{ type: 'page' }],
      });
      await this.#firstPage;
    })();
    await Promise.race([handshake, failed]);
  }

  /** A new app window with nothing in it. */
  async openPage(size: { width: number; height: number }): Promise<PageTarget> {
    await this.started;
    const first = this.#firstPage;
    this.#firstPage = undefined;
    if (first) return first;
    return this.#headless ? this.#createTarget(size) : this.#openAppWindow();
  }

  /** Without a screen, a browser window looks like any other: only its contents count. */
  async #createTarget(size: { width: number; height: number }): Promise<PageTarget> {
    const { targetId } = await this.connection.browser.send('Target.createTarget', {
      url: 'about:blank',
      newWindow: true,
      ...size,
    });
    const arrived = this.#arrived.get(targetId);
    if (arrived) {
      this.#arrived.delete(targetId);
      return arrived;
    }
    return new Promise((resolve) => this.#expected.set(targetId, resolve));
  }

  /** DevTools opens windows with tabs; a second start of Chromium asks the running one for a bare one. */
  #openAppWindow(): Promise<PageTarget> {
    const url = emptyPage(++this.#lastWindow);
    const arrival = new Promise<PageTarget>((resolve) => this.#expected.set(url, resolve));
    const args = this.#arguments.filter((argument) => HANDED_ON.test(argument));
    spawn(findChromium(), [...args, `--app=${url}`], { stdio: 'ignore', detached: true }).unref();
    return arrival;
  }

  /** A page that no one sees and that lives as long as Chromium does. */
  async openHiddenPage(): Promise<CdpSession> {
    await this.started;
    const { browser } = this.connection;
    const { targetId } = await browser.send('Target.createTarget', {
      url: 'about:blank',
      hidden: true,
    });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    return this.connection.session(sessionId);
  }

  onTitle(targetId: string, listener: (title: string) => void): void {
    this.#onTitle.set(targetId, listener);
  }

  /** For commands that act on the whole profile but that only pages take. Throws when there is no page. */
  async onAnyPage<T>(act: (page: CdpSession) => Promise<T>): Promise<T> {
    const [page] = this.#pages.values();
    if (!page) throw new Error('electron-on-chromium: this needs an open window.');
    return act(page);
  }

  closePage(targetId: string): void {
    this.connection.browser.post('Target.closeTarget', { targetId });
  }

  /** Ends Chromium and waits until it has gone, so that its profile may be removed. */
  async stop(): Promise<void> {
    this.#leaving = true;
    const chromium = this.#process;
    if (!chromium || chromium.exitCode !== null || chromium.signalCode !== null) return;
    const exited = once(chromium, 'exit');
    this.connection.browser.post('Browser.close');
    const timer = setTimeout(() => chromium.kill('SIGKILL'), EXIT_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }

  #attached(session: CdpSession, info: TargetInfo): void {
    const page = { targetId: info.targetId, session };
    this.#pages.set(info.targetId, session);
    if (this.#resolveFirstPage) {
      const resolve = this.#resolveFirstPage;
      this.#resolveFirstPage = undefined;
      resolve(page);
      return;
    }
    const name = this.#expected.has(info.targetId) ? info.targetId : info.url;
    const expecting = this.#expected.get(name);
    if (expecting) {
      this.#expected.delete(name);
      expecting(page);
      return;
    }
    // A page of ours may arrive before the answer that names it; ours have no opener.
    if (info.openerId === undefined && info.url === 'about:blank') {
      this.#arrived.set(info.targetId, page);
      return;
    }
    // Chromium opened it of its own accord: for a link with a target, a middle click, a shortcut. It
    // is paused and has loaded nothing; the page that wanted it has its app asked (Page.windowOpen).
    this.closePage(info.targetId);
  }

  #readLog(stderr: Readable): void {
    const logAll = Boolean(process.env['ELECTRON_ENABLE_LOGGING']);
    createInterface({ input: stderr }).on('line', (line) => {
      this.#log.push(line);
      if (this.#log.length > KEPT_LOG_LINES) this.#log.shift();
      // Test runners read the endpoint from this line, as they do with Electron.
      if (logAll || line.startsWith('DevTools listening on ')) process.stderr.write(`${line}\n`);
    });
  }
}

export const chromium = new Chromium();
