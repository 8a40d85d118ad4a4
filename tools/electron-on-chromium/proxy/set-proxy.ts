import { controlPage } from '../extension/control-page.ts';
import type { ChromeProxyConfig } from './proxy-rules.ts';

/** Where nothing was ever set there is nothing to take back, and no start waits for it. */
let wasSet = false;

/**
 * Changes Chromium's proxy while it runs, for everything of the profile: pages, WebSockets, and
 * WebRTC's TCP connections. Resolves when Chromium has taken it over. `system`: what it had before
 * anything was set.
 */
export async function setChromiumProxy(config: ChromeProxyConfig | 'system'): Promise<void> {
  if (config !== 'system') {
    wasSet = true;
    await controlPage.call(`chrome.proxy.settings.set({ value: ${JSON.stringify(config)} })`);
  } else if (wasSet) {
    await controlPage.call('chrome.proxy.settings.clear({})');
  }
}
