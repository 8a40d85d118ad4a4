import type {
  BrowserWindowConstructorOptions,
  HandlerDetails,
  WebContents,
  WindowOpenHandlerResponse,
} from 'electron';
import { originMapping } from '../origin-mapping.ts';
import { windowRegistry } from '../window-registry.ts';

type Handler = (details: HandlerDetails) => WindowOpenHandlerResponse;

/** What a page may open in new windows: the app's handler says; without one, anything, as in Electron. */
export class WindowOpening {
  #handler: Handler | null = null;

  setHandler(handler: Handler | null): void {
    this.#handler = handler;
  }

  /** A page asks for a window at a URL as Chromium has it. */
  ask(opener: WebContents, request: { url: string; frameName: string; features: string }): void {
    const url = originMapping.toApp(request.url);
    const { frameName, features } = request;
    const details: HandlerDetails = {
      url,
      frameName,
      features,
      disposition: features ? 'new-window' : 'foreground-tab',
      referrer: { url: opener.getURL(), policy: 'strict-origin-when-cross-origin' },
    };
    const response: WindowOpenHandlerResponse = this.#handler?.(details) ?? { action: 'allow' };
    if (response.action !== 'allow') return;
    const options: BrowserWindowConstructorOptions = response.overrideBrowserWindowOptions ?? {};
    const window = windowRegistry.create(options);
    opener.emit('did-create-window', window, { ...details, options });
    // A failed load shows its error page, as it would in Electron.
    window.loadURL(url).catch(() => {});
  }
}
