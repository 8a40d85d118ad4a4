import type { CdpSession } from '../chromium/cdp-connection.ts';
import { chromium } from '../chromium/chromium.ts';

/**
 * A page of an extension of the runtime's own, for settings that DevTools has no command for. Opened
 * when first asked for something: most apps never need it.
 */
class ControlPage {
  #page: Promise<CdpSession> | undefined;

  /**
   * Evaluates a call of one of Chromium's extension APIs, and waits for what it promises.
   * @throws {Error} The page did not open, or Chromium refused the call.
   */
  async call(expression: string): Promise<void> {
    const page = await this.#open();
    const { exceptionDetails } = await page.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
    });
    if (exceptionDetails) {
      const { exception, text } = exceptionDetails;
      throw new Error(`Chromium refused the setting: ${exception?.description ?? text}`);
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
    path: import.meta.dirname,
  });
  await page.send('Page.enable');
  const loaded = new Promise((resolve) => page.once('Page.loadEventFired', resolve));
  const { errorText } = await page.send('Page.navigate', {
    url: `chrome-extension://${id}/control.html`,
  });
  if (errorText) throw new Error(`the page that changes settings did not open: ${errorText}`);
  await loaded;
  return page;
}

export const controlPage = new ControlPage();
