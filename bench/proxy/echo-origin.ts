import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { WebSocketServer } from 'ws';

/**
 * A room server reduced to what signaling costs anybody: TLS and WebSocket. Every message is sent
 * back. Its own process, as a room server is.
 *
 * `node echo-origin.ts CERTIFICATE KEY`, prints its port.
 */
const [, , certificate = '', key = ''] = process.argv;
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
const webSockets = new WebSocketServer({
  server,
  perMessageDeflate: false,
  handleProtocols: () => 'protoo',
});
webSockets.on('connection', (webSocket) => {
  webSocket.on('error', () => undefined);
  webSocket.on('message', (data, isBinary) => webSocket.send(data, { binary: isBinary }));
});
server.listen(0, '127.0.0.1', () => {
  console.log(String((server.address() as AddressInfo).port));
});
