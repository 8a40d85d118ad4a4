import { join } from 'node:path';
import type { CdpSession } from '../chromium/cdp-connection.ts';
import { chromium } from '../chromium/chromium.ts';
import type { ChromeProxyConfig } from './proxy-rules.ts';

const EXTENSION = join(import.meta.dirname, 'extension');

/**
 * Chromium's proxy, changed while it runs by an extension of ours, since DevTools has no command for
 * it. It holds for everything of the profile: pages, WebSockets, and WebRTC's TCP connections.
 */
class ProxyControl {
  #page: Promise<CdpSession> | undefined;

  /** Resolves when Chromium has taken it over. `system`: what it had before anything was set. */
  async set(config: ChromeProxyConfig | 'system'): Promise<void> {
    // Without anything set there is nothing to take back: most apps never need the extension.
    if (config === 'system' && !this.#page) return;
    const page = await this.#open();
    const { exceptionDetails } = await page.send('Runtime.evaluate', {
      expression:
        config === 'system'
          ? 'chrome.proxy.settings.clear({})'
          : `chrome.proxy.settings.set({ value: ${JSON.stringify(config)} })`,
      awaitPromise: true,
    });
    if (exceptionDetails) {
      const { exception, text } = exceptionDetails;
      throw new Error(`Chromium refused the proxy: ${exception?.description ?? text}`);
    }
  }

  /** Once; a failure is told to whoever asked, and the next one tries again. */
  #open(): Promise<CdpSession> {
    this.#page ??= load().catch((error: unknown) => {
      this.#page = undefined;
      throw error;
    });
    return this.#page;
  }
}

/** Loads the extension and opens its page, hidden: unlike a worker, a page answers from its start. */
async function load(): Promise<CdpSession> {
  const page = await chromium.openHiddenPage();
  const { id } = await chromium.connection.browser.send('Extensions.loadUnpacked', {
    path: EXTENSION,
  });
  await page.send('Page.enable');
  const loaded = new Promise((resolve) => page.once('Page.loadEventFired', resolve));
  const { errorText } = await page.send('Page.navigate', {
    url: `chrome-extension://${id}/control.html`,
  });
  if (errorText) throw new Error(`the page that sets the proxy did not open: ${errorText}`);
  await loaded;
  return page;
}

export const proxyControl = new ProxyControl();
