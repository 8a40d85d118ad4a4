import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { StartupError } from '../../shared/startup-error.ts';
import type { OwnTurn } from './settings.ts';

/** A free port of one kind may be taken for another: so often another one is looked for. */
const FREE_PORT_ATTEMPTS = 20;

/**
 * Tries coturn's ports before it is started: coturn itself would wait and try again for long, and
 * say little. Ports given as 0 are replaced by free ones.
 *
 * @throws {StartupError} an address is not this host's, or a port is taken or not allowed.
 */
export async function settlePorts(settings: OwnTurn): Promise<OwnTurn> {
  const port = await tryPort(settings.listenIps, settings.port, ['udp', 'tcp'], '--turn-port');
  const tlsPort =
    settings.tlsPort === undefined
      ? undefined
      : await tryPort(settings.listenIps, settings.tlsPort, ['tcp'], '--turn-tls-port');
  for (const ip of settings.relayIps) await bind(ip, 0, 'udp', '--turn-relay-ip');
  return { ...settings, port, tlsPort };
}

async function tryPort(
  ips: string[],
  wanted: number,
  kinds: ('udp' | 'tcp')[],
  flag: string,
): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      let port = wanted;
      for (const ip of ips) {
        for (const kind of kinds) port = await bind(ip, port, kind, flag);
      }
      return port;
    } catch (error) {
      if (wanted !== 0 || attempt === FREE_PORT_ATTEMPTS) throw error;
    }
  }
}

async function bind(ip: string, port: number, kind: 'udp' | 'tcp', flag: string): Promise<number> {
  try {
    if (kind === 'udp') {
      const socket = ip.includes(':')
        ? createSocket({ type: 'udp6', ipv6Only: true })
        : createSocket('udp4');
      const listening = once(socket, 'listening');
      socket.bind(port, ip);
      await listening;
      const bound = socket.address().port;
      socket.close();
      await once(socket, 'close');
      return bound;
    }
    const server = createServer();
    const listening = once(server, 'listening');
    server.listen({ port, host: ip, ipv6Only: ip.includes(':') });
    await listening;
    const bound = (server.address() as AddressInfo).port;
    server.close();
    await once(server, 'close');
    return bound;
  } catch (error) {
    throw new StartupError(sentence(error as NodeJS.ErrnoException, ip, port, kind, flag));
  }
}

function sentence(
  error: NodeJS.ErrnoException,
  ip: string,
  port: number,
  kind: 'udp' | 'tcp',
  flag: string,
): string {
  const what = `${kind.toUpperCase()} port ${port} on ${ip}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return `${flag}: ${what} is in use. Choose another, or stop what uses it (a coturn service of the system, perhaps).`;
    case 'EADDRNOTAVAIL':
      return `${flag}: ${ip} is not an address of this host.`;
    case 'EACCES':
      return `${flag}: ${what} is not allowed to this user. Ports below 1024 need CAP_NET_BIND_SERVICE.`;
    default:
      return `${flag}: ${what} cannot be used (${error.code ?? error.message}).`;
  }
}
