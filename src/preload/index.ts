import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { z } from 'zod';
import {
  IpcEvents,
  IpcRequests,
  type CausewayBridge,
  type IpcChannel,
  type IpcEvent,
  type IpcEventPayload,
  type IpcRequest,
  type IpcResponse,
} from '../shared/ipc.ts';

// The page's content security policy forbids code made from strings, which zod would use for speed.
z.config({ jitless: true });

async function request<C extends IpcChannel>(
  channel: C,
  payload: IpcRequest<C>,
): Promise<IpcResponse<C>> {
  const answer: unknown = await ipcRenderer.invoke(channel, payload);
  return IpcRequests[channel].response.parse(answer) as IpcResponse<C>;
}

/** Calls `listener` for every event that is as the contract says; returns the end of it. */
function listen<E extends IpcEvent>(
  event: E,
  listener: (payload: IpcEventPayload<E>) => void,
): () => void {
  const onEvent = (_event: IpcRendererEvent, payload: unknown) => {
    listener(IpcEvents[event].parse(payload) as IpcEventPayload<E>);
  };
  ipcRenderer.on(event, onEvent);
  return () => {
    ipcRenderer.off(event, onEvent);
  };
}

const bridge: CausewayBridge = {
  app: {
    info: () => request('app:info', undefined),
    reportFault: (fault) => request('app:report-fault', fault),
  },
  settings: {
    get: () => request('settings:get', undefined),
    update: (patch) => request('settings:update', patch),
    onChanged: (listener) => listen('settings:changed', listener),
  },
  policy: { onChanged: (listener) => listen('policy:changed', listener) },
  meeting: {
    open: (input) => request('meeting:open', { input }),
    takePending: () => request('meeting:take-pending', undefined),
    onPending: (listener) => listen('meeting:pending', () => listener()),
  },
  endpoint: {
    diagnose: (url) => request('endpoint:diagnose', { url }),
    check: (role, address) => request('endpoint:check', { role, address }),
  },
  httpProxy: {
    loginWanted: () => request('http-proxy:login-wanted', undefined),
    signIn: (credentials) => request('http-proxy:sign-in', credentials),
    resolve: (host, port) => request('http-proxy:resolve', { host, port }),
  },
  notices: {
    list: () => request('notices:list', undefined),
    dismiss: (id) => request('notices:dismiss', { id }),
    onChanged: (listener) => listen('notices:changed', listener),
  },
  call: {
    reportState: (roomId, state) => request('call:report-state', { roomId, state }),
    reportTimeline: (roomId, entry) => request('call:report-timeline', { roomId, entry }),
  },
  clipboard: { write: (text) => request('clipboard:write', { text }) },
  menu: { onCommand: (listener) => listen('menu:command', listener) },
};

contextBridge.exposeInMainWorld('causeway', bridge);
