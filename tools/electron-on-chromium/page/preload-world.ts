import { decodeValue, encodeValue } from './clone-codec.ts';
import type { MainMessage, RendererMessage } from './messages.ts';
import { createWorldBridge, GUARDS_KEY } from './world-bridge.ts';

/** Given by the main process when the script is registered; see renderer-link/page-scripts.ts. */
export interface PreloadConfig {
  /** Name of the CDP binding that carries messages to the main process. */
  binding: string;
  /** Name of the event by which the two worlds find each other, once, before the page runs. */
  meeting: string;
  process: Record<string, unknown>;
}

type Unsent<Message> = Message extends RendererMessage ? Omit<Message, 'url'> : never;
type Listener = (event: object, ...args: unknown[]) => void;
type PreloadFunction = (
  require: (name: string) => unknown,
  module: { exports: object },
  exports: object,
  process: object,
) => void;

const PARITY = 'is not part of electron-on-chromium. See docs/runtime-parity.md.';

export function startPreloadWorld(
  config: PreloadConfig,
  preload: PreloadFunction | undefined,
): void {
  const toMain = (globalThis as unknown as Record<string, (payload: string) => void>)[
    config.binding
  ] as (payload: string) => void;
  const pending = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  const listeners = new Map<string, { listener: Listener; once: boolean }[]>();
  let lastId = 0;

  function post(message: Unsent<RendererMessage>): void {
    toMain(JSON.stringify({ ...message, url: location.href }));
  }

  function request(
    make: (id: number) => Unsent<RendererMessage>,
    wordError: (error: string) => string,
  ): Promise<unknown> {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject: (error) => reject(new Error(wordError(error.message))) });
      post(make(id));
    });
  }

  function receive(message: MainMessage): void {
    if (message.type === 'reply') {
      const waiting = pending.get(message.id);
      pending.delete(message.id);
      if (message.ok) waiting?.resolve(decodeValue(message.value));
      else waiting?.reject(new Error(message.error));
      return;
    }
    const args = decodeValue(message.args) as unknown[];
    for (const entry of [...(listeners.get(message.channel) ?? [])]) {
      if (entry.once) off(message.channel, entry.listener);
      entry.listener({ sender: ipcRenderer, ports: [] }, ...args);
    }
  }
  (globalThis as Record<string, unknown>)['__electronOnChromiumReceive'] = receive;

  function on(channel: string, listener: Listener, once = false): object {
    listeners.set(channel, [...(listeners.get(channel) ?? []), { listener, once }]);
    return ipcRenderer;
  }

  function off(channel: string, listener: Listener): object {
    const kept = [...(listeners.get(channel) ?? [])];
    const index = kept.findLastIndex((entry) => entry.listener === listener);
    if (index !== -1) kept.splice(index, 1);
    listeners.set(channel, kept);
    return ipcRenderer;
  }

  function strict<T extends object>(object: T, api: string): T {
    return new Proxy(object, {
      get(target, key, receiver) {
        if (typeof key === 'string' && !(key in target) && key !== 'then' && key !== 'toJSON')
          throw new Error(`${api}.${key} ${PARITY}`);
        return Reflect.get(target, key, receiver) as unknown;
      },
    });
  }

  const ipcRenderer: object = strict(
    {
      invoke: async (channel: string, ...args: unknown[]) => {
        const encoded = encodeValue(args);
        return request(
          (id) => ({ type: 'invoke', id, channel, args: encoded }),
          (error) => `Error invoking remote method '${channel}': ${error}`,
        );
      },
      send: (channel: string, ...args: unknown[]) =>
        post({ type: 'send', channel, args: encodeValue(args) }),
      on,
      addListener: on,
      once: (channel: string, listener: Listener) => on(channel, listener, true),
      off,
      removeListener: off,
      removeAllListeners: (channel?: string) => {
        if (channel === undefined) listeners.clear();
        else listeners.delete(channel);
        return ipcRenderer;
      },
      listenerCount: (channel: string) => listeners.get(channel)?.length ?? 0,
    },
    'ipcRenderer',
  );

  const exposed = new Set<string>();
  const contextBridge = strict(
    {
      exposeInMainWorld: (key: string, api: unknown) => {
        if (exposed.has(key))
          throw new Error(`Cannot bind an API on top of an existing property on the window object`);
        exposed.add(key);
        bridge.expose(key, api);
      },
    },
    'contextBridge',
  );

  const modules: Record<string, unknown> = {
    electron: strict(
      { contextBridge, ipcRenderer, webUtils: strict({}, 'webUtils') },
      "require('electron')",
    ),
  };
  modules['electron/renderer'] = modules['electron'];

  function requireModule(name: string): unknown {
    if (name in modules) return modules[name];
    throw new Error(`module not found: ${name}`);
  }

  // The element travels to the page's world once, on an event that no script of the page has seen.
  const link = document.createElement('i');
  const bridge = createWorldBridge(link, 'preload', () => {});
  window.dispatchEvent(new MouseEvent(config.meeting, { relatedTarget: link }));
  bridge.expose(GUARDS_KEY, {
    askPermission: (permission: string, details: object) =>
      request(
        (id) => ({ type: 'permission', id, permission, details }),
        (error) => error,
      ),
    askWebSocket: (target: string) =>
      request(
        (id) => ({ type: 'websocket', id, target }),
        (error) => error,
      ),
    openWindow: (target: string, frameName: string, features: string) =>
      post({ type: 'window-open', target, frameName, features }),
  });

  window.addEventListener('keydown', (event) => {
    const isFunctionKey = /^F\d{1,2}$/.test(event.key);
    const hasModifier = event.ctrlKey || event.altKey || event.metaKey;
    if (event.repeat || !(isFunctionKey || hasModifier)) return;
    const parts = [
      event.ctrlKey && 'Ctrl',
      event.altKey && 'Alt',
      event.metaKey && 'Meta',
      event.shiftKey && 'Shift',
      event.key.length === 1 ? event.key.toUpperCase() : event.key,
    ];
    const accelerator = parts.filter(Boolean).join('+');
    // The page's own listeners, most of them added after this one, have the first say.
    setTimeout(() => {
      if (!event.defaultPrevented) post({ type: 'key', accelerator });
    });
  });

  // As Electron: the preload is for the window's own document, not for frames in it.
  if (!preload || window.top !== window) return;
  const module = { exports: {} };
  try {
    preload(requireModule, module, module.exports, Object.freeze(config.process));
  } catch (error) {
    const { message, stack = '' } = error instanceof Error ? error : new Error(String(error));
    console.error(`Unable to load preload script:\n${stack || message}`);
    post({ type: 'preload-error', message, stack });
  }
}
