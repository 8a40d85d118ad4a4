import { connect, createServer, type Socket } from 'node:net';

/**
 * Makes an address where TCP leads to the media port on 127.0.0.1 and UDP leads nowhere: what a
 * client behind a firewall that lets only TCP out sees of a server.
 */
export async function tcpOnlyAddress(host: string, port: number): Promise<{ close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const media = connect(port, '127.0.0.1');
    for (const socket of [client, media]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      // Either end may go at any time; the other is then closed by the pipe.
      socket.on('error', () => undefined);
    }
    client.pipe(media).pipe(client);
  });
  await new Promise<void>((done) => server.listen(port, host, done));
  return {
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
