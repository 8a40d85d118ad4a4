import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { DISCOVERY_PATH, DiscoveryDocument } from '../../src/shared/discovery.ts';

export interface UdpBlockedProxy {
  origin: string;
  /** UDP packets that came to the relay and went into the black hole. */
  swallowed(): number;
  stop(): Promise<void>;
}

/**
 * A Cloud Proxy as a client sees it behind a firewall that swallows UDP: everything reaches the real
 * one but TURN over UDP, which leads to a port that never answers.
 */
export async function udpBlockedProxy(real: { port: number }): Promise<UdpBlockedProxy> {
  const blackHole = createSocket('udp4');
  let swallowed = 0;
  blackHole.on('message', () => (swallowed += 1));
  const udpPort = await bind(blackHole);
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const headers = { ...(request.headers as Record<string, string>) };
    void fetch(`http://127.0.0.1:${real.port}${DISCOVERY_PATH}`, {
      method: request.method ?? 'GET',
      headers: pick(headers, [
        'authorization',
        'origin',
        'access-control-request-headers',
        'access-control-request-method',
      ]),
    }).then(async (answer) => {
      for (const [name, value] of answer.headers) {
        if (name.startsWith('access-control')) response.setHeader(name, value);
      }
      response.writeHead(answer.status);
      const body = await answer.text();
      response.end(answer.status === 200 ? JSON.stringify(withUdpAt(udpPort, body)) : body);
    });
  });
  // Signaling passes through as it is.
  server.on('upgrade', (request, client: Socket, head) => {
    const far = connect(real.port, '127.0.0.1');
    for (const socket of [client, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    const lines = [`${request.method} ${request.url} HTTP/1.1`];
    for (let index = 0; index < request.rawHeaders.length; index += 2) {
      lines.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`);
    }
    far.write(`${lines.join('\r\n')}\r\n\r\n`);
    far.write(head);
    far.pipe(client).pipe(far);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    swallowed: () => swallowed,
    stop: async () => {
      blackHole.close();
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function withUdpAt(port: number, body: string): DiscoveryDocument {
  const document = DiscoveryDocument.parse(JSON.parse(body));
  for (const server of document.iceServers ?? []) {
    server.urls = server.urls.map((url) =>
      url.endsWith('transport=udp') ? `turn:127.0.0.1:${port}?transport=udp` : url,
    );
  }
  return document;
}

function pick(headers: Record<string, string>, names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
}

async function bind(socket: UdpSocket): Promise<number> {
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  return socket.address().port;
}
