import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** The inner half of debugger-bridge.ts: joins each socket it is handed to a port of its own loopback. */
process.on('message', (message: { port: number }, socket: Socket | undefined) => {
  if (!socket) return;
  const endpoint = connect(message.port, '127.0.0.1');
  socket.pipe(endpoint).pipe(socket);
  socket.on('error', () => endpoint.destroy());
  endpoint.on('error', () => socket.destroy());
});
process.on('disconnect', () => process.exit());
