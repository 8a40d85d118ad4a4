import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { parseSignalingBaseUrl, type Endpoint } from '../../../src/shared/endpoint.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const running: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
});

/** An HTTP server on loopback for the length of a test. */
export async function httpServer(answer: Answer): Promise<Endpoint> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  running.push(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });
  return loopback((server.address() as AddressInfo).port);
}

/** A TCP server on loopback for the length of a test; returns its port. */
export async function tcpServer(answer: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    // A client that goes away in the middle is part of the test.
    socket.on('error', () => undefined);
    answer(socket);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  running.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
  });
  return (server.address() as AddressInfo).port;
}

/** A loopback port where nothing listens. */
export async function closedPort(): Promise<Endpoint> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return loopback(port);
}

function loopback(port: number): Endpoint {
  const parsed = parseSignalingBaseUrl(`http://127.0.0.1:${port}`);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.endpoint;
}

export function answerJson(body: unknown, status = 200): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
}

/** Takes the request and never answers. */
export const neverAnswer: Answer = () => undefined;
