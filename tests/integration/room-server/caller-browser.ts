import { resolve } from 'node:path';
import { type Browser, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { findChromium } from '../../../tools/electron-on-chromium/chromium/find-chromium.ts';
import type { CallerPage, Pictures, Received } from './page/caller-page.ts';
import type { SignalingClient } from './signaling-client.ts';

/** Real media: a page of a real browser does WebRTC for several peers, told by the test what to do. */

const PAGE_ROOT = resolve(import.meta.dirname, 'page');

/** A secure context, for the camera; nothing listens there. */
const PAGE_ORIGIN = 'http://callers.localhost';

const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--disable-component-update',
];

/** Why there is no browser to test with; undefined where there is one. */
export function whyNoBrowser(): string | undefined {
  try {
    findChromium();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export class CallerBrowser {
  readonly #browser: Browser;
  readonly #page: Page;
  readonly #clients = new Map<string, SignalingClient>();

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  static async start(): Promise<CallerBrowser> {
    const files = await buildPage();
    const browser = await chromium.launch({ executablePath: findChromium(), args: CHROMIUM_FLAGS });
    const page = await browser.newPage();
    await page.route(`${PAGE_ORIGIN}/**`, async (route) => {
      const path = new URL(route.request().url()).pathname.slice(1) || 'index.html';
      const contentType = path.endsWith('.js') ? 'text/javascript' : 'text/html';
      await route.fulfill({ body: Buffer.from(files.get(path) ?? ''), contentType });
    });
    const callers = new CallerBrowser(browser, page);
    await page.exposeFunction('signal', async (peer: string, method: string, data: unknown) => {
      return await callers.client(peer).request(method, data);
    });
    await page.goto(PAGE_ORIGIN);
    await page.waitForFunction(() => 'callerPage' in globalThis);
    return callers;
  }

  /** Over which a peer's WebRTC speaks with the server from now on. */
  use(client: SignalingClient): void {
    this.#clients.set(client.peerId, client);
  }

  client(peer: string): SignalingClient {
    const client = this.#clients.get(peer);
    if (!client) throw new Error(`nobody speaks for ${peer}`);
    return client;
  }

  /** Makes the peer's device; answers its RTP capabilities. */
  async load(peer: string): Promise<unknown> {
    const router = await this.client(peer).request('getRouterRtpCapabilities');
    return await this.#call('load', peer, router);
  }

  /** Makes a transport on both sides; answers its id. */
  async addTransport(peer: string, what: 'send' | 'receive' | 'standby'): Promise<string> {
    const answer = await this.client(peer).request<{ id: string }>('createWebRtcTransport', {
      producing: what === 'send',
      consuming: what !== 'send',
      ...(what === 'standby' ? { standby: true } : {}),
    });
    await this.#call('addTransport', peer, what === 'send' ? 'send' : 'receive', answer);
    return answer.id;
  }

  async produce(transportId: string, kind: 'audio' | 'video', replaces?: string): Promise<string> {
    return await this.#call('produce', transportId, kind, replaces);
  }

  async closeProducer(peer: string, producerId: string): Promise<void> {
    await this.#call('closeProducer', producerId);
    await this.client(peer).request('closeProducer', { producerId });
  }

  async accept(offer: unknown): Promise<void> {
    await this.#call('accept', offer);
  }

  async received(transportId: string): Promise<Received> {
    return await this.#call('received', transportId);
  }

  async pictures(transportId: string): Promise<Pictures> {
    return await this.#call('pictures', transportId);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #call<M extends keyof CallerPage>(
    method: M,
    ...args: Parameters<CallerPage[M]>
  ): Promise<Awaited<ReturnType<CallerPage[M]>>> {
    return (await this.#page.evaluate(
      async ([name, values]) => {
        const page = (globalThis as unknown as { callerPage: CallerPage }).callerPage;
        return await (page[name] as (...values: unknown[]) => unknown)(...values);
      },
      [method, args as unknown[]] as const,
    )) as Awaited<ReturnType<CallerPage[M]>>;
  }
}

/** Bundles the page; nothing of it is written to disk. By path. */
async function buildPage(): Promise<Map<string, string | Uint8Array>> {
  const result = await build({
    root: PAGE_ROOT,
    base: './',
    configFile: false,
    logLevel: 'warn',
    build: { write: false, target: 'es2024', chunkSizeWarningLimit: 2000 },
  });
  if (!('output' in result)) throw new Error('the page was not bundled once');
  return new Map(
    result.output.map((file) => [file.fileName, file.type === 'chunk' ? file.code : file.source]),
  );
}
