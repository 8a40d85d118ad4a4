import type { IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron';
import { decodeValue, encodeValue } from '../page/clone-codec.ts';
import type { MainMessage, RendererMessage } from '../page/messages.ts';
import { webSocketDetails, type RequestOwner } from '../renderer-link/request-details.ts';
import { ApiEvent } from './api-object.ts';
import { dispatchAccelerator } from './menu.ts';
import { ipcMain } from './ipc-main.ts';
import type { RuntimeSession } from './session.ts';
import type { WindowOpening } from './window-opening.ts';

/** A message from a renderer, and where it came from. */
export interface RendererRequest {
  message: RendererMessage;
  webContents: WebContents;
  /** Vouched for by the browser: see webFrameMain. */
  senderFrame: WebFrameMain;
  /** The document's address as Chromium has it. */
  chromiumUrl: string;
  isMainFrame: boolean;
  session: RuntimeSession;
  owner: RequestOwner;
  windowOpening: WindowOpening;
  reply: (message: MainMessage) => void;
}

/** Acts on what a renderer asks for. */
export async function answerRenderer(request: RendererRequest): Promise<void> {
  const { message, webContents, session, reply } = request;
  switch (message.type) {
    case 'send': {
      const args = decodeValue(message.args) as unknown[];
      const event = ipcEvent(request);
      webContents.emit('ipc-message', event, message.channel, ...args);
      ipcMain.emit(message.channel, event, ...args);
      return;
    }
    case 'invoke':
      return invoke(request, message);
    case 'permission': {
      const { mediaTypes } = message.details as { mediaTypes?: ('audio' | 'video')[] };
      const granted = await session.permissions.request(webContents, message.permission, {
        chromiumUrl: request.chromiumUrl,
        isMainFrame: request.isMainFrame,
        ...(mediaTypes ? { mediaTypes } : {}),
      });
      reply({ type: 'reply', id: message.id, ok: true, value: encodeValue(granted) });
      return;
    }
    case 'websocket': {
      const details = webSocketDetails(message.target, request.owner);
      const { cancel } = await session.requestFilter.beforeRequest.ask(details, {});
      reply({ type: 'reply', id: message.id, ok: true, value: encodeValue(!cancel) });
      return;
    }
    case 'window-open': {
      request.windowOpening.ask(webContents, { ...message, url: message.target });
      return;
    }
    case 'key': {
      dispatchAccelerator(message.accelerator, webContents);
      return;
    }
    case 'preload-error': {
      const error = Object.assign(new Error(message.message), { stack: message.stack });
      webContents.emit('preload-error', new ApiEvent(), '', error);
    }
  }
}

function ipcEvent({ webContents, senderFrame }: RendererRequest): IpcMainInvokeEvent {
  return Object.assign(new ApiEvent(), {
    type: 'frame' as const,
    sender: webContents,
    senderFrame,
    frameId: senderFrame.routingId,
    processId: senderFrame.processId,
    ports: [],
  });
}

async function invoke(
  request: RendererRequest,
  { id, channel, args }: Extract<RendererMessage, { type: 'invoke' }>,
): Promise<void> {
  try {
    const result = await ipcMain.answer(channel, ipcEvent(request), decodeValue(args) as unknown[]);
    request.reply({ type: 'reply', id, ok: true, value: encodeValue(result) });
  } catch (error) {
    console.error(`Error occurred in handler for '${channel}':`, error);
    request.reply({ type: 'reply', id, ok: false, error: String(error) });
  }
}
