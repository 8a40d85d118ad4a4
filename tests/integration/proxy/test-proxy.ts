import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket, WebSocketServer } from 'ws';
import type { ClientOptions } from 'ws';
import { z } from 'zod';
import type { ProxyConfigInput } from '../../../server/proxy/options.ts';
import { startProxy } from '../../../server/proxy/start.ts';
import type { RunningProxy } from '../../../server/proxy/start.ts';
import { createLogger } from '../../../server/shared/logger.ts';
import { DISCOVERY_PATH, DiscoveryDocument } from '../../../src/shared/discovery.ts';
import { PROTOO_SUBPROTOCOL, TOKEN_SUBPROTOCOL_PREFIX } from '../../../src/shared/join-token.ts';
import { TEST_TOKEN_SECRET, testToken } from '../../fixtures/tokens.ts';

export const TURN_SECRET = 'a relay secret of the tests, 32 bytes or more'.replaceAll(' ', '-');

export interface TestProxy extends RunningProxy {
  /** Everything it has logged, as JSON lines. */
  readonly log: string[];
  /** Answers `/metrics`' value of a sample such as `causeway_proxy_turn_allocations`. */
  metric(name: string): Promise<number>;
}

/** A Cloud Proxy in this process, on free ports of loopback, relaying to loopback. */
export async function startTestProxy(input: ProxyConfigInput): Promise<TestProxy> {
  const log: string[] = [];
  const logger = createLogger({
    name: 'proxy',
    level: 'debug',
    format: 'json',
    destination: { write: (line) => void log.push(line) },
  });
  const proxy = await startProxy(
    {
      port: 0,
      adminPort: 0,
      tokenSecret: TEST_TOKEN_SECRET,
      ...(input.turn === 'off'
        ? {}
        : {
            ...(input.turnSecretFile === undefined ? { turnSecret: TURN_SECRET } : {}),
            turnPeer: ['127.0.0.1'],
            turnPort: 0,
            turnTlsPort: 0,
          }),
      ...input,
    },
    logger,
  );
  return {
    ...proxy,
    log,
    async metric(name) {
      const response = await fetch(`http://127.0.0.1:${proxy.adminPort}/metrics`);
      const line = (await response.text())
        .split('\n')
        .find((text) => text.startsWith(`${name} `) || text.startsWith(`${name}{`));
      return Number(line?.split(' ').at(-1) ?? Number.NaN);
    },
  };
}

const PROGRAM = join(import.meta.dirname, '../../../server/proxy/main.ts');

/** The line with which the proxy says that it takes connections. */
const Ready = z.looseObject({
  event: z.literal('ready'),
  url: z.string(),
  adminPort: z.number(),
  turn: z.union([z.string(), z.looseObject({ port: z.number() })]),
});

export interface ProxyProcess {
  child: ChildProcess;
  origin: string;
  port: number;
  adminPort: number;
  /** Standard output and error so far. */
  said: string[];
  /** The exit code; null after a signal. */
  ended: Promise<number | null>;
}

/**
 * Starts the proxy as its own program, as in real life.
 * @throws when it ends before it is ready: with all that it has said.
 */
export async function startProxyProcess(
  flags: string[],
  env: NodeJS.ProcessEnv = {},
  launch: (command: string[], options: SpawnOptions) => ChildProcess = (command, options) =>
    spawn(command[0] ?? '', command.slice(1), options),
): Promise<ProxyProcess> {
  const child = launch([process.execPath, PROGRAM, ...flags], {
    env: { ...process.env, CAUSEWAY_TOKEN_SECRET: TEST_TOKEN_SECRET, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (!child.stdout || !child.stderr) throw new Error('the proxy has no output to read');
  const said: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout });
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      reject(new Error(`the proxy ended with code ${code}:\n${said.join('\n')}`));
    });
    lines.on('line', (line) => {
      said.push(line);
      const ready = line.startsWith('{') ? Ready.safeParse(JSON.parse(line)) : undefined;
      if (!ready?.success) return;
      const { url, adminPort } = ready.data;
      resolve({ child, origin: url, port: Number(new URL(url).port), adminPort, said, ended });
    });
  });
}

/** A room server that does what a test tells it. */
export interface TestOrigin {
  url: string;
  /** The upgrade requests that reached it. */
  requests: IncomingMessage[];
  /** The next connection that comes in, or one that has come and nobody has asked for. */
  nextConnection(): Promise<WebSocket>;
  stop(): Promise<void>;
}

export async function startTestOrigin(): Promise<TestOrigin> {
  const requests: IncomingMessage[] = [];
  const arrived: WebSocket[] = [];
  let onArrival: (() => void) | undefined;
  // It announces nothing. Said at once: a gateway that starts waits for the answer.
  const http = createServer((_request, response) => response.writeHead(404).end());
  const webSockets = new WebSocketServer({
    server: http,
    handleProtocols: (offered) => (offered.has(PROTOO_SUBPROTOCOL) ? PROTOO_SUBPROTOCOL : false),
  });
  webSockets.on('connection', (webSocket, request) => {
    webSocket.on('error', () => undefined);
    requests.push(request);
    arrived.push(webSocket);
    onArrival?.();
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    async nextConnection() {
      for (;;) {
        const there = arrived.shift();
        if (there) return there;
        await new Promise<void>((resolve) => (onArrival = resolve));
      }
    },
    async stop() {
      for (const client of webSockets.clients) client.terminate();
      http.closeAllConnections();
      http.close();
      await once(http, 'close');
    },
  };
}

export interface SignalingOptions {
  room?: string;
  peer?: string;
  /** Undefined: a good one for the room. Null: none. */
  token?: string | null;
  query?: string;
  client?: ClientOptions;
}

/** A client's signaling connection, which may be refused: see {@link closeOf}. */
export async function openSignaling(
  proxy: { origin: string },
  options: SignalingOptions = {},
): Promise<WebSocket> {
  const room = options.room ?? 'demo';
  const token = options.token === undefined ? await testToken({ room }) : options.token;
  const query = options.query ?? `roomId=${room}&peerId=${options.peer ?? 'p1'}`;
  const protocols = [PROTOO_SUBPROTOCOL];
  if (token !== null) protocols.push(`${TOKEN_SUBPROTOCOL_PREFIX}${token}`);
  const webSocket = new WebSocket(
    `${proxy.origin.replace(/^http/, 'ws')}/?${query}`,
    protocols,
    options.client ?? {},
  );
  webSocket.on('error', () => undefined);
  return webSocket;
}

/** Both ends of a signaling connection through the proxy. */
export async function connectThrough(
  proxy: { origin: string },
  origin: TestOrigin,
  options: SignalingOptions = {},
): Promise<{ client: WebSocket; server: WebSocket }> {
  const client = await openSignaling(proxy, options);
  const [server] = await Promise.all([origin.nextConnection(), once(client, 'open')]);
  return { client, server };
}

/** The close code; 1006 also for a connection that never opened. */
export async function closeOf(webSocket: WebSocket): Promise<{ code: number; reason: string }> {
  return await new Promise((resolve) => {
    webSocket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
}

export async function nextMessage(webSocket: WebSocket): Promise<string> {
  const [data] = (await once(webSocket, 'message')) as [Buffer];
  return data.toString();
}

/** Asks for the discovery document; `body` is what came, checked only where it must be one. */
export async function discover(
  proxy: { origin: string },
  token?: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown; response: Response }> {
  const response = await fetch(`${proxy.origin}${DISCOVERY_PATH}`, {
    headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
  });
  return { status: response.status, body: await response.json(), response };
}

/** The relay credentials that a participant of `room` gets. */
export async function relayCredentials(
  proxy: { origin: string },
  who = 'somebody',
): Promise<{ urls: string[]; username: string; credential: string; expiresAt: number }> {
  const { body } = await discover(proxy, await testToken({ room: 'demo', who }));
  const { iceServers, credentialsExpireAt } = DiscoveryDocument.parse(body);
  const [server] = iceServers ?? [];
  if (!server) throw new Error(`no credentials: ${JSON.stringify(body)}`);
  return { ...server, expiresAt: credentialsExpireAt ?? 0 };
}

/** Waits until `check` holds; for things outside this process that tell nobody when they are done. */
export async function eventually(
  what: string,
  check: () => boolean | Promise<boolean>,
  timeoutMs = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
