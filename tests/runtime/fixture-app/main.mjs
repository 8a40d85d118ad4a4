import { createRequire } from 'node:module';
import { join } from 'node:path';
import { app, BrowserWindow, ipcMain, protocol } from 'electron';
import { dependencySeesElectron } from './esm-dependency/index.mjs';

/** @type {{ app: unknown }} */
const required = createRequire(import.meta.url)('electron');

/**
 * For tests, which look at it by ElectronApplication.evaluate.
 * @type {{ events: string[], secondInstances: object[], requests: object[], opened: string[], readyAtLoad: boolean, esmDependency: boolean, requireGivesTheSame: boolean }}
 */
const record = {
  events: [],
  secondInstances: [],
  requests: [],
  opened: [],
  readyAtLoad: app.isReady(),
  esmDependency: dependencySeesElectron(),
  requireGivesTheSame: required.app === app,
};
Object.assign(globalThis, { record, openWindow: open });

const CSP =
  "default-src 'none'; script-src 'self' app://assets; connect-src 'self' app: http: https: ws:; img-src *";

/** By path: media type and content. @type {Record<string, [string, string] | undefined>} */
const FILES = {
  '/index.html': [
    'text/html',
    '<!doctype html><title>Fixture</title><script src="start.js"></script><body>Fixture<a id="blank" target="_blank" href="https://blank.example/">new window</a><script src="app://assets/mapped.js"></script></body>',
  ],
  '/start.js': [
    'text/javascript',
    'window.fixtureAtStart = typeof window.fixture?.invoke; window.marker = "own script";',
  ],
  '/mapped.js': ['text/javascript', 'window.mappedScriptRan = true;'],
  '/worker.js': [
    'text/javascript',
    "onmessage = ({ data }) => fetch(data).then(() => postMessage('reached'), () => postMessage('failed'));",
  ],
  '/other.html': ['text/html', '<!doctype html><title>Other</title><body>Other</body>'],
};

protocol.registerSchemesAsPrivileged([
  {
    scheme: 'app',
    privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
  },
]);

if (!app.requestSingleInstanceLock({ note: 'from the second' })) {
  process.stdout.write('second instance leaves\n');
  app.quit();
} else {
  start();
}

function start() {
  for (const name of [
    'window-all-closed',
    'before-quit',
    'will-quit',
    'quit',
    'ready',
    'web-contents-created',
    'browser-window-created',
  ])
    listen(app, name, () => {
      record.events.push(name);
      process.stdout.write(`event ${name}\n`);
    });
  app.on('window-all-closed', () => app.quit());
  app.on('second-instance', (_event, argv, workingDirectory, additionalData) => {
    record.secondInstances.push({ argv, workingDirectory, additionalData });
    process.stdout.write(`second-instance ${JSON.stringify(argv)}\n`);
  });
  ipcMain.handle('echo', (_event, /** @type {unknown[]} */ ...args) => args);
  ipcMain.handle('sender', ({ sender, senderFrame }) => ({
    url: senderFrame?.url,
    origin: senderFrame?.origin,
    isMainFrame: senderFrame === sender.mainFrame,
    hasParent: senderFrame?.parent !== null,
    windowUrl: sender.getURL(),
  }));
  ipcMain.handle('throws', () => {
    throw new TypeError('no such meeting');
  });
  ipcMain.handle('returns-function', () => () => {});
  ipcMain.on('note', (event, /** @type {string} */ text) => {
    event.sender.send('noted', text, new Date(0));
  });
  void app.whenReady().then(() => {
    protocol.handle('app', serve);
    open({ show: false });
  });
}

/**
 * Listens to an event by its name alone; Electron's types have an overload for each name.
 * @param {object} emitter
 * @param {string} name
 * @param {() => void} listener
 */
function listen(emitter, name, listener) {
  /** @type {import('node:events').EventEmitter} */ (emitter).on(name, listener);
}

/**
 * @param {Request} request
 * @returns {Response | Promise<Response>}
 */
function serve(request) {
  const url = new URL(request.url);
  record.requests.push({
    url: request.url,
    method: request.method,
    origin: request.headers.get('origin'),
  });
  if (url.pathname === '/post')
    return request.text().then((text) => Response.json({ method: request.method, text }));
  const file = FILES[url.pathname];
  if (!file) return new Response('not here', { status: 404 });
  return new Response(file[1], {
    headers: {
      'content-type': file[0],
      'content-security-policy': CSP,
      'access-control-allow-origin': 'app://fixture',
    },
  });
}

/**
 * Opens a window on the fixture's page; kept on `globalThis` for tests that need another.
 * @param {import('electron').BrowserWindowConstructorOptions} options
 */
function open(options = {}) {
  const window = new BrowserWindow({
    width: 900,
    height: 640,
    minWidth: 320,
    minHeight: 240,
    backgroundColor: '#204060',
    ...options,
    webPreferences: {
      preload: join(import.meta.dirname, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      backgroundThrottling: false,
    },
  });
  /** @param {string} name */
  const note = (name) => record.events.push(`${window.id} ${name}`);
  for (const name of ['ready-to-show', 'show', 'close', 'closed', 'focus'])
    listen(window, name, () => note(name));
  for (const name of [
    'did-start-loading',
    'did-navigate',
    'dom-ready',
    'did-finish-load',
    'did-fail-load',
    'will-navigate',
    'will-redirect',
    'did-navigate-in-page',
  ])
    listen(window.webContents, name, () => note(name));
  window.webContents.setWindowOpenHandler((details) => {
    record.opened.push(details.url);
    return { action: 'deny' };
  });
  window.once('ready-to-show', () => window.show());
  window
    .loadURL('app://fixture/index.html')
    .catch((/** @type {unknown} */ error) => record.events.push(String(error)));
  return window;
}
