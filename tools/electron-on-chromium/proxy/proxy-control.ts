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
  #worker: Promise<CdpSession> | undefined;

  /** Resolves when Chromium has taken it over. `system`: what it had before anything was set. */
  async set(config: ChromeProxyConfig | 'system'): Promise<void> {
    // Without anything set there is nothing to take back: most apps never need the extension.
    if (config === 'system' && !this.#worker) return;
    const worker = await (this.#worker ??= load());
    const { exceptionDetails } = await worker.send('Runtime.evaluate', {
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
}

/** Loads the extension; its worker stays awake as long as DevTools is attached to it. */
async function load(): Promise<CdpSession> {
  await chromium.started;
  const { connection } = chromium;
  const { browser } = connection;
  const workers = new Map<string, string>();
  const found = Promise.withResolvers<string>();
  const wanted = { url: '' };
  const note = ({
    targetInfo,
  }: {
    targetInfo: { type: string; url: string; targetId: string };
  }) => {
    if (targetInfo.type !== 'service_worker') return;
    workers.set(targetInfo.url, targetInfo.targetId);
    if (targetInfo.url === wanted.url) found.resolve(targetInfo.targetId);
  };
  browser.on('Target.targetCreated', note);
  browser.on('Target.targetInfoChanged', note);
  await browser.send('Target.setDiscoverTargets', {
    discover: true,
    filter: [{ type: 'page' }, { type: 'service_worker' }],
  });
  const { id } = await browser.send('Extensions.loadUnpacked', { path: EXTENSION });
  wanted.url = `chrome-extension://${id}/background.js`;
  const targetId = workers.get(wanted.url) ?? (await found.promise);
  browser.off('Target.targetCreated', note);
  browser.off('Target.targetInfoChanged', note);
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
  const session = connection.session(sessionId);
  // Before the script has run, the worker has no `chrome` yet. What was logged before is told too.
  const ready = new Promise((resolve) => session.once('Runtime.consoleAPICalled', resolve));
  await session.send('Runtime.enable');
  await ready;
  return session;
}

export const proxyControl = new ProxyControl();
