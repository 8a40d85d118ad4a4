import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { electronExecutable, switchesForUser } from '../../tools/runtime.ts';

export const FIXTURE_APP = join(import.meta.dirname, 'fixture-app');

/** Where the tests run: CAUSEWAY_ELECTRON, else what the app itself would run on. */
export const runtime = process.env['CAUSEWAY_ELECTRON']
  ? { kind: 'electron' as const, path: process.env['CAUSEWAY_ELECTRON'] }
  : electronExecutable();

export const isStandIn = runtime.kind === 'stand-in';

/** What the fixture's preload exposes. */
export interface FixtureApi {
  invoke(channel: string, ...args: unknown[]): Promise<unknown>;
  send(channel: string, ...args: unknown[]): void;
  on(channel: string, callback: (...args: unknown[]) => void): () => void;
  nextOf(channel: string): Promise<unknown[]>;
  echo(value: unknown): unknown;
  describe(value: unknown): string;
  callTwice(callback: (word: string) => unknown): unknown[];
  fail(): void;
  nested: { list: { deep: boolean }[] };
  require(name: string): string;
  process: { type: string; sandboxed: boolean; electron: string };
}

/** What the fixture's main process remembers. */
export interface FixtureRecord {
  events: string[];
  secondInstances: { argv: string[]; workingDirectory: string; additionalData: unknown }[];
  requests: { url: string; method: string; origin: string | null }[];
  opened: string[];
  readyAtLoad: boolean;
  esmDependency: boolean;
  requireGivesTheSame: boolean;
}

declare global {
  interface Window {
    fixture: FixtureApi;
    fixtureAtStart: string;
    marker: string;
    mappedScriptRan: boolean | undefined;
  }
}

export class Launched {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** From the start of the process to the first answer over IPC. */
  readonly startMs: number;

  constructor(app: ElectronApplication, page: Page, startMs: number) {
    this.app = app;
    this.page = page;
    this.startMs = startMs;
  }

  record(): Promise<FixtureRecord> {
    return this.app.evaluate(() => (globalThis as unknown as { record: FixtureRecord }).record);
  }

  /** Loads a URL as the app does, and waits until both app and test runner have seen it. */
  async open(url: string): Promise<void> {
    await Promise.all([
      this.page.waitForEvent('load'),
      this.app.evaluate(
        ({ BrowserWindow }, target) => BrowserWindow.getAllWindows()[0]?.loadURL(target),
        url,
      ),
    ]);
  }

  /** A fresh document, and nothing left of what an earlier test has set. */
  async reset(): Promise<void> {
    await this.app.evaluate(({ BrowserWindow, nativeTheme, session }) => {
      session.defaultSession.webRequest.onBeforeRequest(null);
      session.defaultSession.setPermissionRequestHandler(null);
      session.defaultSession.setPermissionCheckHandler(null);
      nativeTheme.themeSource = 'system';
      const [window, ...others] = BrowserWindow.getAllWindows();
      for (const other of others) other.destroy();
      window?.show();
      window?.setBounds({ width: 900, height: 640 });
    });
    await this.open('app://fixture/index.html');
    await this.app.evaluate(() => {
      const { record } = globalThis as unknown as { record: FixtureRecord };
      for (const list of [record.events, record.requests, record.opened]) list.length = 0;
    });
  }
}

export type Launch = (options?: { args?: string[]; userData?: string }) => Promise<Launched>;

/** The environment of everything that is started: the Node of the test, whatever stands in PATH. */
export function environment(): Record<string, string> {
  const env: Record<string, string> = { CAUSEWAY_NODE: process.execPath };
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && !(name in env)) env[name] = value;
  return env;
}

/** A camera and a microphone of Chromium's own, and no prompt for them. */
const FAKE_MEDIA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

async function launchFixture(userData: string, args: string[]): Promise<Launched> {
  const startedAt = performance.now();
  const app = await _electron.launch({
    executablePath: runtime.path,
    args: [...switchesForUser(runtime.kind), FIXTURE_APP, `--user-data-dir=${userData}`, ...args],
    env: environment(),
    // The app's own choice of colours, not the test runner's.
    colorScheme: null,
  });
  const page = await app.firstWindow();
  await page.waitForFunction(() => 'fixture' in window && document.readyState === 'complete');
  await page.evaluate(() => window.fixture.invoke('echo'));
  return new Launched(app, page, performance.now() - startedAt);
}

async function temporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-runtime-'));
  await use(folder);
  await rm(folder, { recursive: true, force: true });
}

/**
 * `launched`: the fixture app, shared by the tests of a worker, each with a fresh document.
 * `launch`: an instance of a test's own, for tests that end it or need its start.
 */
export const test = base.extend<
  { userData: string; launch: Launch; launched: Launched },
  { shared: Launched }
>({
  shared: [
    async ({}, use) => {
      await temporaryFolder(async (folder) => {
        const launched = await launchFixture(folder, FAKE_MEDIA);
        await use(launched);
        await launched.app.close();
      });
    },
    { scope: 'worker' },
  ],
  launched: async ({ shared }, use) => {
    await shared.reset();
    await use(shared);
  },

  userData: async ({}, use) => {
    await temporaryFolder(use);
  },
  launch: async ({ userData }, use) => {
    const running: ElectronApplication[] = [];
    await use(async ({ args = [], userData: own = userData } = {}) => {
      const launched = await launchFixture(own, args);
      running.push(launched.app);
      return launched;
    });
    // One that a test has ended already has nothing left to close.
    await Promise.all(running.map((app) => app.close().catch(() => undefined)));
  },
});

export { expect } from '@playwright/test';
