import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ProxyCredentials } from '../http-proxy/credential-store.ts';
import type { ResolvedProxy } from '../http-proxy/resolved-proxy.ts';

/** An error screen must be up within 5 s, and this is only a part of what it says. */
const TIMEOUT_MS = 1_500;
/** Of an HTTP proxy's answer to CONNECT; longer ones are no answer to it. */
const MAX_ANSWER_BYTES = 16 * 1024;

export interface IssuerRequest {
  host: string;
  port: number;
  /** The HTTP proxy on the way, if any. */
  proxy: ResolvedProxy | undefined;
  credentials: ProxyCredentials | undefined;
}

/**
 * Who issued the certificate that a server shows: for the sentence that names a certificate that is
 * not trusted. Nothing is sent over the connection and nothing read but the certificate; it is closed
 * at once. Undefined: it cannot be found out.
 */
export async function certificateIssuer(request: IssuerRequest): Promise<string | undefined> {
  const { host, port, proxy } = request;
  if (proxy && proxy.kind !== 'http') return undefined;
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const socket = connectTcp(proxy ? { host: proxy.host, port: proxy.port } : { host, port });
  try {
    await untilOpen(socket, 'connect', signal);
    if (proxy) await openTunnel(socket, request, signal);
    const tls = connectTls({
      socket,
      ...(isIP(host) === 0 && { servername: host }),
      // To read what Chromium has refused already; no byte is exchanged under it.
      rejectUnauthorized: false,
    });
    await untilOpen(tls, 'secureConnect', signal);
    const { issuer } = tls.getPeerCertificate();
    tls.destroy();
    return textOf(issuer.CN) ?? textOf(issuer.O);
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}

function untilOpen(socket: Socket, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed')));
    signal.addEventListener('abort', () => reject(new Error('timeout')), { once: true });
  });
}

/** RFC 9110 §9.3.6. */
async function openTunnel(
  socket: Socket,
  { host, port, credentials }: IssuerRequest,
  signal: AbortSignal,
): Promise<void> {
  const target = isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
  const login = credentials
    ? `Proxy-Authorization: Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}\r\n`
    : '';
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login}\r\n`);
  const answer = await new Promise<string>((resolve, reject) => {
    let read = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      read = Buffer.concat([read, chunk]);
      const end = read.indexOf('\r\n\r\n');
      if (end === -1 && read.length < MAX_ANSWER_BYTES) return;
      socket.off('data', onData);
      socket.pause();
      resolve(read.subarray(0, 64).toString('latin1'));
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new Error('closed')));
    signal.addEventListener('abort', () => reject(new Error('timeout')), { once: true });
  });
  if (!/^HTTP\/1\.[01] 200/.test(answer)) throw new Error('refused');
}

/** What the certificate says is anybody's text: one line of it, not too long. */
function textOf(value: string | string[] | undefined): string | undefined {
  const text = (Array.isArray(value) ? value[0] : value)?.replace(/\s+/g, ' ').trim().slice(0, 80);
  return text === '' ? undefined : text;
}
