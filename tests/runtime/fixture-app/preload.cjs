'use strict';
const { contextBridge, ipcRenderer } = require('electron');

contextBridge.exposeInMainWorld('fixture', {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  send: (channel, ...args) => ipcRenderer.send(channel, ...args),
  on: (channel, callback) => {
    const listener = (_event, ...args) => callback(...args);
    ipcRenderer.on(channel, listener);
    return () => ipcRenderer.off(channel, listener);
  },
  nextOf: (channel) =>
    new Promise((resolve) => ipcRenderer.once(channel, (_event, ...args) => resolve(args))),
  echo: (value) => value,
  describe: (value) => Object.prototype.toString.call(value),
  callTwice: (callback) => [callback('first'), callback('second')],
  fail: () => {
    throw new Error('the preload refuses');
  },
  nested: { list: [{ deep: true }] },
  require: (name) => {
    try {
      require(name);
      return 'loaded';
    } catch (error) {
      return error.message;
    }
  },
  process: {
    type: process.type,
    sandboxed: process.sandboxed,
    electron: process.versions.electron,
  },
});
// What a page may do to its own world must not reach this one.
window.setInPreload = 'only here';
