import { createWorldBridge, GUARDS_KEY } from './world-bridge.ts';
import { installWebSocketGuard } from './websocket-guard.ts';
import { installPermissionGuards } from './permission-guards.ts';

export interface PageConfig {
  meeting: string;
  /** The main process filters requests, so WebSockets have to ask first. */
  guardWebSockets: boolean;
}

/** What the preload's world does for the page's; each answer comes from the main process. */
export interface Guards {
  askPermission(permission: string, details: object): Promise<boolean>;
  askWebSocket(url: string): Promise<boolean>;
  openWindow(url: string, frameName: string, features: string): void;
}

function deepFreeze(value: unknown): void {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return;
  if (Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const key of Reflect.ownKeys(value))
    deepFreeze((value as Record<PropertyKey, unknown>)[key]);
}

function installWindowOpenGuard(guards: Guards): void {
  // Electron asks the handler and returns null for a denial; here main decides a moment later and
  // opens the window itself, so null is the answer either way.
  const open = (url?: string | URL, target = '_blank', features = ''): null => {
    const resolved =
      url === undefined || url === '' ? 'about:blank' : new URL(url, document.baseURI).href;
    guards.openWindow(resolved, target, features);
    return null;
  };
  Object.defineProperty(window, 'open', {
    value: open,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** Runs in every document's own world before its first script. */
export function startPageWorld(config: PageConfig): void {
  const meet = (event: Event) => {
    window.removeEventListener(config.meeting, meet, true);
    event.stopImmediatePropagation();
    const link = (event as MouseEvent).relatedTarget as EventTarget;
    createWorldBridge(link, 'page', (key, value) => {
      if (key === GUARDS_KEY) {
        const guards = value as Guards;
        installWindowOpenGuard(guards);
        installPermissionGuards(guards);
        if (config.guardWebSockets) installWebSocketGuard(guards);
        return;
      }
      deepFreeze(value);
      Object.defineProperty(window, key, {
        value,
        writable: false,
        enumerable: true,
        configurable: false,
      });
    });
  };
  window.addEventListener(config.meeting, meet, true);
}
