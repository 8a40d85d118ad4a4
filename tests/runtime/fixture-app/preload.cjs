'use strict';
// eslint-disable-next-line @typescript-eslint/no-require-imports -- a sandboxed preload is CommonJS
const { contextBridge, ipcRenderer } = require('electron');

/** @typedef {(...args: unknown[]) => unknown} Callback */

contextBridge.exposeInMainWorld('fixture', {
  /** @type {(channel: string, ...args: unknown[]) => Promise<unknown>} */
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  /** @type {(channel: string, ...args: unknown[]) => void} */
  send: (channel, ...args) => ipcRenderer.send(channel, ...args),
  /** @type {(channel: string, callback: Callback) => () => void} */
  on: (channel, callback) => {
    /** @type {(event: object, ...args: unknown[]) => unknown} */
    const listener = (_event, ...args) => callback(...args);
    ipcRenderer.on(channel, listener);
    return () => void ipcRenderer.off(channel, listener);
  },
  /** @type {(channel: string) => Promise<unknown[]>} */
  nextOf: (channel) =>
    new Promise((resolve) => {
      /** @type {(event: object, ...args: unknown[]) => void} */
      const listener = (_event, ...args) => resolve(args);
      ipcRenderer.once(channel, listener);
    }),
  /** @type {(value: unknown) => unknown} */
  echo: (value) => value,
  /** @type {(value: unknown) => string} */
  describe: (value) => Object.prototype.toString.call(value),
  /** @type {(callback: Callback) => unknown[]} */
  callTwice: (callback) => [callback('first'), callback('second')],
  fail: () => {
    throw new Error('the preload refuses');
  },
  nested: { list: [{ deep: true }] },
  /** @type {(name: string) => string} */
  require: (name) => {
    try {
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- as above
      require(name);
      return 'loaded';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
  process: {
    type: process.type,
    sandboxed: process.sandboxed,
    electron: process.versions.electron,
  },
});
// What a page may do to its own world must not reach this one.
Object.assign(globalThis, { setInPreload: 'only here' });
