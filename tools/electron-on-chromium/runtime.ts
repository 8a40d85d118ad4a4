import inspector from 'node:inspector';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readAppPackage } from './app-package.ts';
import { app } from './api/app.ts';
import { appIdentity } from './api/app-identity.ts';
import { EXECUTABLE } from './api/app-paths.ts';
import { sealSchemes } from './api/protocol.ts';
import { switchList } from './api/switch-list.ts';
import { chromium } from './chromium/chromium.ts';
import { parseCommandLine, type CommandLine } from './command-line.ts';
import { electron } from './electron-module.ts';
import { ELECTRON_VERSION } from './electron-version.ts';
import { installModuleHooks } from './module-hooks.ts';
import { warmPageScripts } from './renderer-link/page-scripts.ts';

/** Folder inside userData where Chromium keeps the profile. */
const PROFILE_FOLDER = 'chromium-profile';

const USAGE = `electron-on-chromium stands in for Electron ${ELECTRON_VERSION} on Node and an installed Chromium.

Usage: electron [switches] <app folder or file> [switches and arguments of the app]

  CAUSEWAY_NODE=path       Node to run under
  CAUSEWAY_CHROMIUM=path   Chromium to drive
  CAUSEWAY_HEADLESS=1      no windows on the screen

What it lacks: docs/runtime-parity.md
`;

function openInspector(switches: ReadonlyMap<string, string>): void {
  const wait = switches.has('inspect-brk');
  const value = switches.get('inspect') ?? switches.get('inspect-brk');
  if (value === undefined) return;
  const [, host, port] = /^(?:(.*):)?(\d+)?$/.exec(value) ?? [];
  inspector.open(port ? Number(port) : 9229, host ?? '127.0.0.1', wait);
}

/** Makes `process` what it is in Electron's main process. */
function dressProcess({ argv }: CommandLine): void {
  process.argv = [EXECUTABLE, ...argv];
  process.execPath = EXECUTABLE;
  // The launcher's own; not for programs that the app starts.
  delete process.env['NODE_COMPILE_CACHE'];
  const define = (name: string, value: unknown) =>
    Object.defineProperty(process, name, { value, enumerable: true, configurable: true });
  define('versions', Object.freeze({ ...process.versions, electron: ELECTRON_VERSION }));
  define('type', 'browser');
  define('defaultApp', true);
  define('resourcesPath', join(appIdentity.path, 'resources'));
}

function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    let asked = false;
    process.on(signal, () => {
      // The second time, whoever asks means it: an app may refuse to quit.
      if (asked) app.exit(1);
      else app.quit();
      asked = true;
    });
  }
}

async function loadApp(main: string, { preloads }: CommandLine): Promise<void> {
  const requireFromApp = createRequire(main);
  for (const module of preloads) requireFromApp(module);
  await import(pathToFileURL(main).href);
}

async function start(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2));
  const { switches } = commandLine;
  if (switches.has('version') || switches.has('v')) {
    process.stdout.write(`v${ELECTRON_VERSION}\n`);
    return;
  }
  if (commandLine.app === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  openInspector(switches);
  const { main, ...identity } = readAppPackage(commandLine.app, ELECTRON_VERSION);
  Object.assign(appIdentity, identity);
  for (const [name, value] of switches) switchList.set(name, value);
  const userData = switches.get('user-data-dir');
  if (userData) app.setPath('userData', userData);
  dressProcess(commandLine);
  installModuleHooks(electron);
  endOnSignals();
  chromium.onLost = (reason) => app.lostChromium(reason);

  await loadApp(main, commandLine);
  if (!app.mayStart) return;
  sealSchemes();
  const started = chromium.start({
    profile: join(app.getPath('sessionData'), PROFILE_FOLDER),
    asked: switchList,
    remoteDebuggingPort: switches.get('remote-debugging-port'),
  });
  warmPageScripts();
  await started;
  app.becomeReady();
}

process.on('uncaughtException', (error) => {
  // Electron shows a dialog and goes on; an app that could not even load has nothing to go on with.
  console.error('Uncaught Exception:', error);
  if (!app.isReady()) app.exit(1);
});

await start().catch((error: unknown) => {
  console.error('App threw an error during load');
  console.error(error);
  app.exit(1);
});
