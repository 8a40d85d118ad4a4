import type { OnBeforeRequestListenerDetails, WebContents, WebFrameMain } from 'electron';
import type { Protocol } from 'devtools-protocol';
import { originMapping } from '../origin-mapping.ts';
import { requestBody } from './handler-exchange.ts';

/** Whose request it is. */
export interface RequestOwner {
  webContents: () => WebContents;
  mainFrameId: () => string;
  mainFrame: () => WebFrameMain;
}

type ResourceType = OnBeforeRequestListenerDetails['resourceType'];

const RESOURCE_TYPES: Readonly<Partial<Record<Protocol.Network.ResourceType, ResourceType>>> = {
  Stylesheet: 'stylesheet',
  Image: 'image',
  Media: 'media',
  Font: 'font',
  Script: 'script',
  XHR: 'xhr',
  Fetch: 'xhr',
  EventSource: 'xhr',
  WebSocket: 'webSocket',
  Ping: 'ping',
  CSPViolationReport: 'cspReport',
};

let lastId = 0;

/** A held request in the form Electron's webRequest listeners know. */
export function requestDetails(
  paused: Protocol.Fetch.RequestPausedEvent,
  owner: RequestOwner,
): OnBeforeRequestListenerDetails {
  const { request, frameId } = paused;
  const isMainFrame = frameId === owner.mainFrameId();
  const documentType = isMainFrame ? 'mainFrame' : 'subFrame';
  const body = requestBody(request);
  return {
    id: ++lastId,
    url: originMapping.toApp(request.url),
    method: request.method,
    resourceType:
      paused.resourceType === 'Document'
        ? documentType
        : (RESOURCE_TYPES[paused.resourceType] ?? 'other'),
    referrer: originMapping.toApp(request.headers['Referer'] ?? ''),
    timestamp: Date.now(),
    uploadData: body ? [{ bytes: body }] : [],
    ...owned(owner, isMainFrame),
  };
}

/** A WebSocket about to be opened, for the same listeners. */
export function webSocketDetails(url: string, owner: RequestOwner): OnBeforeRequestListenerDetails {
  return {
    id: ++lastId,
    url: originMapping.toApp(url),
    method: 'GET',
    resourceType: 'webSocket',
    referrer: '',
    timestamp: Date.now(),
    uploadData: [],
    ...owned(owner, true),
  };
}

function owned(owner: RequestOwner, isMainFrame: boolean) {
  const webContents = owner.webContents();
  return {
    webContents,
    webContentsId: webContents.id,
    ...(isMainFrame ? { frame: owner.mainFrame() } : {}),
  };
}
