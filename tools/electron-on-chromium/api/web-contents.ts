import type {
  LoadURLOptions,
  NativeImage,
  WebContents,
  WebFrameMain,
  WebPreferences,
} from 'electron';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type PageTarget } from '../chromium/chromium.ts';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import { controlPage } from '../extension/control-page.ts';
import { originMapping } from '../origin-mapping.ts';
import { encodeValue } from '../page/clone-codec.ts';
import type { RendererMessage } from '../page/messages.ts';
import { LoadError } from '../renderer-link/navigation.ts';
import { linkPage, type PageLink } from '../renderer-link/page-link.ts';
import { PreloadChannel, type PreloadWorld } from '../renderer-link/preload-channel.ts';
import type { RequestOwner } from '../renderer-link/request-details.ts';
import { RequestInterception, type NavigationGate } from '../renderer-link/request-interception.ts';
import { strict } from '../unsupported.ts';
import { windowRegistry } from '../window-registry.ts';
import { ApiEvent, ApiObject, apiEvent } from './api-object.ts';
import { appIdentity } from './app-identity.ts';
import { nativeImageFromPng } from './native-image.ts';
import { emulatedMedia, nativeTheme } from './native-theme.ts';
import { rendererProcessInfo } from './renderer-process-info.ts';
import { answerRenderer } from './renderer-requests.ts';
import { defaultSession } from './session.ts';
import { electronUserAgent, userAgentOverride } from './user-agent.ts';
import { forwardPageEvents } from './web-contents-events.ts';
import { Frames } from './web-frame-main.ts';
import { WindowOpening } from './window-opening.ts';

type Surface = Pick<
  WebContents,
  | 'id'
  | 'send'
  | 'getURL'
  | 'getTitle'
  | 'isDestroyed'
  | 'isLoading'
  | 'reload'
  | 'reloadIgnoringCache'
  | 'loadURL'
  | 'loadFile'
  | 'executeJavaScript'
  | 'insertCSS'
  | 'capturePage'
  | 'setWindowOpenHandler'
  | 'openDevTools'
  | 'closeDevTools'
  | 'isDevToolsOpened'
  | 'setBackgroundThrottling'
  | 'getBackgroundThrottling'
  | 'getUserAgent'
  | 'setUserAgent'
  | 'setWebRTCIPHandlingPolicy'
  | 'getWebRTCIPHandlingPolicy'
  | 'focus'
  | 'isFocused'
  | 'close'
>;

type WebRtcPolicy = Parameters<WebContents['setWebRTCIPHandlingPolicy']>[0];

let lastId = 0;

/** The page of one window. Calls made before Chromium has it ready wait for it. */
export class WebContentsApi extends ApiObject implements Surface {
  readonly id = ++lastId;
  readonly session = defaultSession;
  title = '';
  /** Undefined until the page is there; then never changes. */
  link: PageLink | undefined;
  readonly #linked: Promise<PageLink>;
  readonly #channel: PreloadChannel;
  readonly #windowOpening = new WindowOpening();
  readonly #owner: RequestOwner;
  readonly #frames = new Frames(() => this.#owner.mainFrameId());
  #destroyed = false;
  #throttled: boolean;
  #userAgent: string | undefined;
  #webRtcPolicy: WebRtcPolicy = 'default';
  /** Chromium has taken the policy over; documents that load before could miss it. */
  #webRtcPolicySet: Promise<void> = Promise.resolve();

  constructor(
    target: Promise<PageTarget>,
    preferences: WebPreferences,
    prepare: (session: CdpSession) => Promise<void>,
  ) {
    super('WebContents');
    this.#throttled = preferences.backgroundThrottling ?? true;
    this.#owner = {
      webContents: () => this.#self,
      mainFrameId: () => this.link?.navigation.mainFrameId ?? '',
      mainFrame: () => this.mainFrame,
    };
    this.#channel = new PreloadChannel({
      preloadPath: preferences.preload,
      process: rendererProcessInfo,
      guardWebSockets: () => this.session.requestFilter.beforeRequest.active,
      onMessage: (message, world) => this.#answer(message, world),
      onPreloadError: (path, error) => this.emit('preload-error', new ApiEvent(), path, error),
    });
    const gate: NavigationGate = (navigation) => this.#mayNavigate(navigation);
    const interception = new RequestInterception(this.session.requestFilter, this.#owner, gate);
    windowRegistry.contents.set(this.id, this.#self);
    this.#linked = this.#connect(target, {
      channel: this.#channel,
      interception,
      prepare: async (session) => {
        await Promise.all([this.#dress(session), prepare(session)]);
      },
    });
    // Each caller hears of a failure; a window nobody talks to must not end the process.
    this.#linked.catch(() => {});
  }

  get #self(): WebContents {
    return this as unknown as WebContents;
  }

  get mainFrame(): WebFrameMain {
    return this.#frames.main;
  }

  /** The page, once it is there. Throws when the window is closed before that. */
  page(): Promise<PageLink> {
    return this.#linked;
  }

  async loadURL(url: string, options: LoadURLOptions = {}): Promise<void> {
    const { navigation, session } = await this.#linked;
    await Promise.all([this.#channel.refresh(session), this.#webRtcPolicySet]);
    if (options.userAgent !== undefined) this.setUserAgent(options.userAgent);
    const referrer =
      typeof options.httpReferrer === 'string' ? options.httpReferrer : options.httpReferrer?.url;
    try {
      await navigation.load(originMapping.toChromium(url), referrer);
    } catch (error) {
      if (!(error instanceof LoadError)) throw error;
      throw new LoadError({ name: error.code, code: error.errno }, url);
    }
  }

  loadFile(path: string, options: { hash?: string; search?: string } = {}): Promise<void> {
    const url = pathToFileURL(resolve(appIdentity.path, path));
    if (options.search !== undefined) url.search = options.search;
    if (options.hash !== undefined) url.hash = options.hash;
    return this.loadURL(url.href);
  }

  reload(): void {
    this.#reload(false);
  }

  reloadIgnoringCache(): void {
    this.#reload(true);
  }

  send(channel: string, ...args: unknown[]): void {
    const encoded = encodeValue(args);
    const world = this.#channel.world(this.#owner.mainFrameId());
    if (world) this.#channel.post(world, { type: 'event', channel, args: encoded });
  }

  getURL(): string {
    return originMapping.toApp(this.link?.navigation.url ?? '');
  }

  getTitle(): string {
    return this.title;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  isLoading(): boolean {
    return this.link?.navigation.isLoading ?? false;
  }

  isFocused(): boolean {
    return windowRegistry.focused?.webContents === this.#self;
  }

  focus(): void {
    this.#post((session) => session.post('Page.bringToFront'));
  }

  /** Throws what the script throws, as Electron does. */
  async executeJavaScript(code: string, userGesture = false): Promise<unknown> {
    const { session } = await this.#linked;
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression: code,
      awaitPromise: true,
      returnByValue: true,
      userGesture,
    });
    if (exceptionDetails)
      throw new Error(
        exceptionDetails.exception?.description?.split('\n')[0] ?? exceptionDetails.text,
      );
    return result.value as unknown;
  }

  async insertCSS(css: string): Promise<string> {
    const { session, navigation } = await this.#linked;
    await session.send('DOM.enable');
    await session.send('CSS.enable');
    const { styleSheetId } = await session.send('CSS.createStyleSheet', {
      frameId: navigation.mainFrameId,
    });
    await session.send('CSS.setStyleSheetText', { styleSheetId, text: css });
    return styleSheetId;
  }

  async capturePage(): Promise<NativeImage> {
    const { session } = await this.#linked;
    const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
    return nativeImageFromPng(Buffer.from(data, 'base64'));
  }

  setWindowOpenHandler(...[handler]: Parameters<WebContents['setWindowOpenHandler']>): void {
    this.#windowOpening.setHandler(handler);
  }

  // DevTools are the test runner's here.
  openDevTools(): void {}
  closeDevTools(): void {}
  isDevToolsOpened(): boolean {
    return false;
  }

  setBackgroundThrottling(allowed: boolean): void {
    this.#throttled = allowed;
    this.#post((session) =>
      session.post('Emulation.setFocusEmulationEnabled', { enabled: !allowed }),
    );
  }

  getBackgroundThrottling(): boolean {
    return this.#throttled;
  }

  getUserAgent(): string {
    return this.#userAgent ?? electronUserAgent(appIdentity.name, appIdentity.version);
  }

  setUserAgent(userAgent: string): void {
    this.#userAgent = userAgent;
    this.#post((session) =>
      session.post('Emulation.setUserAgentOverride', userAgentOverride(userAgent)),
    );
  }

  /** Here it holds for the pages of all windows. */
  setWebRTCIPHandlingPolicy(policy: WebRtcPolicy): void {
    this.#webRtcPolicy = policy;
    this.#webRtcPolicySet = controlPage.call(
      `chrome.privacy.network.webRTCIPHandlingPolicy.set({ value: ${JSON.stringify(policy)} })`,
    );
    // Who loads a page hears of a failure.
    this.#webRtcPolicySet.catch(() => {});
  }

  getWebRTCIPHandlingPolicy(): string {
    return this.#webRtcPolicy;
  }

  /** Ends the page; `closed` events follow when Chromium has ended it. */
  close(options?: { waitForBeforeUnload: boolean }): void {
    this.#post((session, targetId) => {
      if (options?.waitForBeforeUnload) session.post('Page.close');
      else chromium.closePage(targetId);
    });
  }

  /** The page is gone. */
  destroyed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    windowRegistry.contents.delete(this.id);
    nativeTheme.off('updated', this.#applyTheme);
    this.session.requestFilter.off('changed', this.#refreshScripts);
    this.emit('destroyed');
  }

  async #connect(
    target: Promise<PageTarget>,
    options: Parameters<typeof linkPage>[1],
  ): Promise<PageLink> {
    const link = await linkPage(await target, options);
    this.link = link;
    link.navigation.on('committed', (url) => this.#frames.update(link.navigation.mainFrameId, url));
    forwardPageEvents(this.#self, link, (request) => this.#windowOpening.ask(this.#self, request));
    nativeTheme.on('updated', this.#applyTheme);
    this.session.requestFilter.on('changed', this.#refreshScripts);
    return link;
  }

  /** Gives a page the looks it would have in Electron. */
  async #dress(session: CdpSession): Promise<void> {
    await Promise.all([
      session.send('Emulation.setUserAgentOverride', userAgentOverride(this.getUserAgent())),
      session.send('Emulation.setEmulatedMedia', emulatedMedia()),
      this.#throttled
        ? undefined
        : session.send('Emulation.setFocusEmulationEnabled', { enabled: true }),
    ]);
  }

  readonly #applyTheme = (): void =>
    this.#post((session) => session.post('Emulation.setEmulatedMedia', emulatedMedia()));

  /** WebSockets are guarded in documents that load after a request filter was set. */
  readonly #refreshScripts = (): void =>
    this.#post((session) => void this.#channel.refresh(session).catch(() => undefined));

  #post(act: (session: CdpSession, targetId: string) => void): void {
    this.#linked.then(
      ({ session, targetId }) => act(session, targetId),
      () => {},
    );
  }

  #reload(ignoreCache: boolean): void {
    void this.#linked.then(async ({ navigation, session }) => {
      await this.#channel.refresh(session);
      await navigation.reload(ignoreCache);
    });
  }

  #answer(message: RendererMessage, world: PreloadWorld): void {
    // The renderer names its address; the browser vouches for the origin.
    const honest = URL.canParse(message.url) && new URL(message.url).origin === world.origin;
    const chromiumUrl = honest ? message.url : `${world.origin}/`;
    const isMainFrame = world.frameId === this.#owner.mainFrameId();
    answerRenderer({
      message,
      webContents: this.#self,
      senderFrame: this.#frames.update(world.frameId, chromiumUrl, world.origin),
      chromiumUrl,
      isMainFrame,
      session: this.session,
      owner: this.#owner,
      windowOpening: this.#windowOpening,
      reply: (reply) => this.#channel.post(world, reply),
    }).catch((error: unknown) => console.error(error));
  }

  async #mayNavigate({
    frameId,
    url,
    isRedirect,
  }: Parameters<NavigationGate>[0]): Promise<boolean> {
    const { navigation } = await this.#linked;
    const isMainFrame = frameId === navigation.mainFrameId;
    const event = apiEvent({
      url: originMapping.toApp(url),
      isSameDocument: false,
      isMainFrame,
      frame: this.#frames.get(frameId),
      initiator: this.mainFrame,
    });
    if (isRedirect) {
      if (isMainFrame) this.emit('will-redirect', event, event.url, false, true);
    } else if (!navigation.isCommanded(frameId, url)) {
      this.emit('will-frame-navigate', event);
      if (isMainFrame && !event.defaultPrevented) this.emit('will-navigate', event, event.url);
    }
    if (event.defaultPrevented) return false;
    if (isMainFrame) await this.session.permissions.apply(this.#self, url);
    return true;
  }
}

export const webContents = strict(
  {
    getAllWebContents: () => [...windowRegistry.contents.values()],
    getFocusedWebContents: () => windowRegistry.focused?.webContents ?? null,
    fromId: (id: number) => windowRegistry.contents.get(id),
    fromDevToolsTargetId: (targetId: string) =>
      [...windowRegistry.contents.values()].find(
        (each) => (each as unknown as WebContentsApi).link?.targetId === targetId,
      ),
  },
  'webContents',
);
