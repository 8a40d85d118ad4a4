import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, isIP } from 'node:net';
import { StartupError } from '../shared/startup-error.ts';

/** Another process may take a port between finding it free and using it; then the next is tried. */
const MAX_TRIES = 20;

/**
 * A port that is free for both TCP and UDP on every address, found by binding it: `port: 0` would
 * give the two protocols different ones.
 * @throws {StartupError} this computer lacks an address, or {@link MAX_TRIES} ports in a row were
 *   taken for one of the two.
 */
export async function findFreePort(addresses: readonly string[]): Promise<number> {
  try {
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const port = await freeTcpPort(addresses[0] ?? '127.0.0.1');
      const free = await Promise.all(addresses.map(async (address) => await isFree(address, port)));
      if (free.every(Boolean)) return port;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRNOTAVAIL') throw error;
    throw new StartupError(
      `--listen-ip: this computer does not have all of the addresses ${addresses.join(', ')}.`,
    );
  }
  throw new StartupError(
    `--media-port: no port was found that is free for UDP and TCP on ${addresses.join(', ')}. Name one.`,
  );
}

async function freeTcpPort(address: string): Promise<number> {
  const server = createServer();
  server.listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isFree(address: string, port: number): Promise<boolean> {
  const isV6 = isIP(address) === 6;
  const udp = isV6 ? createSocket({ type: 'udp6', ipv6Only: true }) : createSocket('udp4');
  const tcp = createServer();
  try {
    udp.bind(port, address);
    tcp.listen({ port, host: address, ipv6Only: isV6 });
    await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  } finally {
    await Promise.all([closed(udp), closed(tcp)]);
  }
}

async function closed(socket: { close(done: () => void): unknown }): Promise<void> {
  await new Promise<void>((resolve) => {
    try {
      socket.close(() => resolve());
    } catch {
      resolve(); // it never opened
    }
  });
}
