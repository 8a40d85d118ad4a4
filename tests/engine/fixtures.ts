import { test as base, type Browser, type Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, resolve } from 'node:path';
import { build } from 'vite';
import type { EnginePage } from './page/engine-page.ts';
import { startRoomServer, type RoomServerProcess } from '../fixtures/room-server.ts';
import { testToken } from '../fixtures/tokens.ts';
import { findChromium } from '../../tools/electron-on-chromium/chromium/find-chromium.ts';

const PAGE_ROOT = resolve(import.meta.dirname, 'page');
const CONTENT_TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

/** As the app runs it: a fake camera that moves and a fake microphone that beeps. */
const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--disable-background-networking',
  '--disable-component-update',
  '--webrtc-ip-handling-policy=default_public_interface_only',
];

/** What somebody joins with. */
export const BOTH = { audio: true, video: true };
export const NEITHER = { audio: false, video: false };

interface WorkerFixtures {
  browser: Browser;
  /** URL of the engine's page. */
  pageUrl: string;
  server: RoomServerProcess;
}

interface TestFixtures {
  /** Opens a page of its own with the engine in it. */
  openEngine: () => Promise<Page>;
  /** Join options for a room that no other test uses. */
  roomOptions: (displayName: string, more?: object) => Promise<object>;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  browser: [
    async ({}, use) => {
      const browser = await chromium.launch({
        executablePath: findChromium(),
        args: CHROMIUM_FLAGS,
      });
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  pageUrl: [
    async ({}, use) => {
      const files = await buildPage();
      const server = createServer((request, response) => {
        const path = new URL(request.url ?? '/', 'http://localhost').pathname.slice(1);
        const body = files.get(path || 'index.html');
        const type = CONTENT_TYPES[extname(path || 'index.html')] ?? 'application/octet-stream';
        response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      await use(`http://localhost:${(server.address() as AddressInfo).port}/`);
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
    { scope: 'worker' },
  ],
  server: [
    async ({}, use) => {
      const server = await startRoomServer({ flags: ['--port=0', '--media-port=0'] });
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  openEngine: async ({ browser, pageUrl }, use) => {
    const pages: Page[] = [];
    await use(async () => {
      const page = await browser.newPage();
      pages.push(page);
      await page.goto(pageUrl);
      await page.waitForFunction(() => 'enginePage' in globalThis);
      return page;
    });
    await Promise.all(pages.map((page) => page.close()));
  },
  roomOptions: async ({ server }, use, testInfo) => {
    const roomId = `room-${testInfo.testId.slice(-12)}-${testInfo.repeatEachIndex}`;
    await use(async (displayName, more = {}) => ({
      roomId,
      token: await testToken({ room: roomId, who: displayName }),
      displayName,
      serverUrl: server.url,
      ...more,
    }));
  },
});

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

/** The engine in a page, called from the test. */
export function engine(page: Page): {
  [M in keyof EnginePage]: (
    ...args: Parameters<EnginePage[M]>
  ) => Promise<Awaited<ReturnType<EnginePage[M]>>>;
} {
  return new Proxy({} as ReturnType<typeof engine>, {
    get:
      (_target, method: keyof EnginePage) =>
      (...args: unknown[]) =>
        page.evaluate(
          ([name, values]) =>
            (globalThis.enginePage[name] as (...values: unknown[]) => unknown)(...values),
          [method, args] as const,
        ),
  });
}
