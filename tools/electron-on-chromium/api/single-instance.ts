import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Node's own, kept before `process.execPath` becomes the stand-in's. */
const NODE = process.execPath;

/** A running first instance answers in milliseconds; a hung one must not hang the second. */
const HAND_OVER_TIMEOUT_MS = 5_000;

/** Unix sockets take no longer path: 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET_PATH = 103;

/** What a second instance hands to the first. */
export interface HandOver {
  argv: string[];
  workingDirectory: string;
  additionalData: unknown;
}

/** Run by a child, because the caller waits: requestSingleInstanceLock answers at once. */
const CLIENT = `
const socket = require('node:net').connect(process.argv[1]);
socket.on('error', () => process.exit(1));
socket.on('data', () => process.exit(0));
process.stdin.pipe(socket);
`;

function socketPath(userData: string): string {
  const inside = join(userData, 'SingletonSocket');
  if (Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH) return inside;
  const name = createHash('sha256').update(userData).digest('hex').slice(0, 32);
  const folder = join(tmpdir(), `electron-on-chromium-${process.getuid?.() ?? 'user'}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, name);
}

function serve(path: string, onSecond: (handOver: HandOver) => void): Server {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => {});
    socket.on('end', () => {
      try {
        onSecond(JSON.parse(text) as HandOver);
        socket.end('ok');
      } catch {
        socket.destroy();
      }
    });
  });
  server.on('error', () => {
    // Taken: `listening` says so at once, and the caller has seen it.
  });
  // A Unix socket is bound before listen() returns.
  server.listen(path);
  server.unref();
  return server;
}

/**
 * One first instance for each userData folder. The lock is a socket in that folder, and ends with
 * the process that holds it, however it ends.
 */
export class SingleInstanceLock {
  #server: Server | undefined;
  #path: string | undefined;

  get held(): boolean {
    return this.#server !== undefined;
  }

  /** True for the first; false when there is one, which then has what this one was started with. */
  request(userData: string, mine: HandOver, onSecond: (handOver: HandOver) => void): boolean {
    if (this.#server) return true;
    mkdirSync(userData, { recursive: true, mode: 0o700 });
    const path = socketPath(userData);
    const server = serve(path, onSecond);
    if (server.listening) return this.#keep(server, path);
    const { status } = spawnSync(NODE, ['-e', CLIENT, path], {
      input: JSON.stringify(mine),
      timeout: HAND_OVER_TIMEOUT_MS,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    if (status === 0) return false;
    // Nobody answers: left behind by a process that was killed.
    rmSync(path, { force: true });
    const second = serve(path, onSecond);
    return second.listening && this.#keep(second, path);
  }

  release(): void {
    this.#server?.close();
    this.#server = undefined;
    if (this.#path) rmSync(this.#path, { force: true });
    this.#path = undefined;
  }

  #keep(server: Server, path: string): true {
    this.#server = server;
    this.#path = path;
    return true;
  }
}
