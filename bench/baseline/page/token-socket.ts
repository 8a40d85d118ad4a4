import { TOKEN_SUBPROTOCOL_PREFIX } from '../../../src/shared/join-token.ts';

/**
 * protoo-client always asks for the one sub-protocol `protoo`. A server that wants a join token
 * reads it from a second one, so the socket class that protoo-client finds is one that adds it.
 * Has to run before protoo-client is loaded, which takes its reference to the class once.
 */
export function sendTokenAsSubprotocol(token: () => string | undefined): void {
  const NativeWebSocket = globalThis.WebSocket;
  globalThis.WebSocket = class extends NativeWebSocket {
    constructor(url: string | URL, protocols: string | string[] = []) {
      const held = token();
      super(url, held ? [protocols, `${TOKEN_SUBPROTOCOL_PREFIX}${held}`].flat() : protocols);
    }
  };
}
