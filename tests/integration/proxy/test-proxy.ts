import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import type { ClientOptions } from 'ws';
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
  const http = createServer();
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
  proxy: RunningProxy,
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
  proxy: RunningProxy,
  origin: TestOrigin,
  options: SignalingOptions = {},
): Promise<{ client: WebSocket; server: WebSocket }> {
  const client = await openSignaling(proxy, options);
  const [server] = await Promise.all([origin.nextConnection(), once(client, 'open')]);
  return { client, server };
}

export async function closeOf(webSocket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(webSocket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

export async function nextMessage(webSocket: WebSocket): Promise<string> {
  const [data] = (await once(webSocket, 'message')) as [Buffer];
  return data.toString();
}

/** Asks for the discovery document; `body` is what came, checked only where it must be one. */
export async function discover(
  proxy: RunningProxy,
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
  proxy: RunningProxy,
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
