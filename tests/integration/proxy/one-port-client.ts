import { request } from 'node:https';
import { connect as connectTls } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { DISCOVERY_PATH, DiscoveryDocument } from '../../../src/shared/discovery.ts';
import { ProtooPeer } from '../../../src/shared/protoo.ts';
import { TurnClient, TurnError } from '../../turn-client/client.ts';
import type { CarrierKind } from '../../turn-client/carrier.ts';

/**
 * Run inside the client's namespace: discovery, signaling and every TURN URL of the answer, all on
 * port 443, and prints what happened, as one line of JSON.
 */

const Task = z.object({
  /** Name or address of the proxy. */
  host: z.string(),
  token: z.string(),
  room: z.string(),
  ca: z.string(),
  /** A room server's media address, and one that is not. */
  allowed: z.string(),
  denied: z.string(),
});
type Task = z.infer<typeof Task>;

export const OnePortReport = z.object({
  urls: z.array(z.string()),
  /** Codecs of the router, asked through the proxy. */
  codecs: z.array(z.string()),
  /** Per TURN URL: `relayed` and the answer for the denied address, or the error. */
  relays: z.record(z.string(), z.string()),
  /** Names in the certificate that the TURN port over TLS shows. */
  turnCertificate: z.string().optional(),
});
export type OnePortReport = z.infer<typeof OnePortReport>;

/** Browsers offer this protocol by ALPN: it tells the gateway's connections from TURN's. */
function browserTls(task: Task): TlsOptions {
  return { ca: task.ca, ALPNProtocols: ['http/1.1'] };
}

async function run(task: Task): Promise<OnePortReport> {
  const document = await discover(task);
  const server = document.iceServers?.[0];
  if (!server) throw new Error('no relay credentials');
  const relays: Record<string, string> = {};
  for (const url of server.urls) relays[url] = await relay(url, server, task);
  return {
    urls: server.urls,
    codecs: await askRouter(task),
    relays,
    turnCertificate: await certificateOf(task),
  };
}

async function discover(task: Task): Promise<DiscoveryDocument> {
  const text = await new Promise<string>((resolve, reject) => {
    request(
      `https://${task.host}${DISCOVERY_PATH}`,
      {
        ...browserTls(task),
        headers: { authorization: `Bearer ${task.token}` },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (part: string) => (body += part));
        response.on('end', () => resolve(body));
      },
    )
      .on('error', reject)
      .end();
  });
  return DiscoveryDocument.parse(JSON.parse(text));
}

async function askRouter(task: Task): Promise<string[]> {
  const webSocket = new WebSocket(
    `wss://${task.host}/?roomId=${task.room}&peerId=one-port`,
    ['protoo', `causeway.token.${task.token}`],
    browserTls(task),
  );
  const protoo = new ProtooPeer({
    send: (text) => webSocket.send(text),
    onRequest: () => Promise.resolve({}),
    onNotification: () => undefined,
    onProtocolError: (problem) => {
      throw new Error(problem);
    },
  });
  webSocket.on('message', (data: Buffer) => protoo.receive(data.toString()));
  await new Promise<void>((resolve, reject) => {
    webSocket.once('open', resolve).once('error', reject);
    webSocket.once('close', (code, reason) => reject(new Error(`${code} ${reason.toString()}`)));
  });
  const answer = await protoo.request('getRouterRtpCapabilities');
  const { codecs } = z
    .object({ codecs: z.array(z.object({ mimeType: z.string() })) })
    .parse(answer);
  webSocket.close();
  return codecs.map(({ mimeType }) => mimeType);
}

async function relay(
  url: string,
  credentials: { username: string; credential: string },
  task: Task,
): Promise<string> {
  const [, scheme, host = '', port, transport] =
    /^(turns?):(.+):(\d+)\?transport=(udp|tcp)$/.exec(url) ?? [];
  const kind: CarrierKind = scheme === 'turns' ? 'tls' : (transport as 'udp' | 'tcp');
  try {
    const client = await TurnClient.open(kind, { host, port: Number(port), ca: task.ca });
    await client.allocate(credentials);
    await client.createPermission({ address: task.allowed, port: 44_444 });
    const denied = await client.createPermission({ address: task.denied, port: 44_444 }).then(
      () => 'relays anywhere',
      (error: unknown) => (error instanceof TurnError ? String(error.code) : String(error)),
    );
    await client.refresh(0);
    client.close();
    return `relayed, ${denied}`;
  } catch (error) {
    return `failed: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function certificateOf(task: Task): Promise<string | undefined> {
  const socket = connectTls({ host: task.host, port: 443, ca: task.ca });
  return await new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate().subjectaltname);
      socket.destroy();
    });
  });
}

if (import.meta.main) {
  console.log(JSON.stringify(await run(Task.parse(JSON.parse(process.argv[2] ?? '')))));
  process.exit(0);
}
