import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { plainAddress } from '../../shared/addresses.ts';
import { TLS_MIN_VERSION } from '../../shared/tls.ts';
import type { TlsMaterial } from '../../shared/tls.ts';
import {
  HANDSHAKE_TIMEOUT_MS,
  KEEP_ALIVE_TIMEOUT_MS,
  LATE_REQUESTS_CHECK_MS,
  MAX_HEADER_BYTES,
  REQUEST_HEADERS_TIMEOUT_MS,
} from '../limits.ts';
import type { AddressLimits } from './address-limits.ts';
import { takeProxyHeader } from './proxy-header.ts';

export interface FrontOptions {
  tls: TlsMaterial | undefined;
  /** Load balancers whose connections begin with a PROXY line. */
  proxyProtocolFrom: readonly string[];
  /** Reverse proxies that end TLS; empty where none does. */
  behindTlsProxy: readonly string[];
  maxConnections: number;
  limits: AddressLimits;
  onRefused(reason: RefusedConnection): void;
}

export type RefusedConnection = 'proxy-header' | 'tls' | 'too-many' | 'not-the-front';

interface ClientOf {
  address: string;
  /** A reverse proxy ended TLS: its X-Forwarded-For counts. */
  viaTlsProxy: boolean;
}

/**
 * The gateway's listening socket: every connection is counted, tells who it comes from (PROXY
 * line), is put under TLS, and only then handed to the HTTP server. One path for all of them, so
 * that a limit cannot be walked around.
 */
export class Front {
  readonly server: Server;
  readonly #options: FrontOptions;
  readonly #clients = new WeakMap<Duplex, ClientOf>();
  readonly #open = new Set<Socket>();
  #secureContext: SecureContext | undefined;

  constructor(options: FrontOptions, listener: RequestListener) {
    this.#options = options;
    if (options.tls) this.useTls(options.tls);
    this.server = createServer(
      {
        maxHeaderSize: MAX_HEADER_BYTES,
        headersTimeout: REQUEST_HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_HEADERS_TIMEOUT_MS,
        connectionsCheckingInterval: LATE_REQUESTS_CHECK_MS,
        keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
        requireHostHeader: true,
        insecureHTTPParser: false,
      },
      listener,
    );
    this.server.maxConnections = options.maxConnections;
    const [serveHttp] = this.server.listeners('connection');
    if (!serveHttp) throw new Error('the HTTP server does not listen to connections');
    this.server.removeAllListeners('connection');
    this.server.on('connection', (raw: Socket) =>
      this.#admit(raw, (ready) => void Reflect.apply(serveHttp, this.server, [ready])),
    );
    this.server.on('drop', () => options.onRefused('too-many'));
  }

  /** For new connections; those that exist go on with what they have. */
  useTls(tls: TlsMaterial): void {
    this.#secureContext = createSecureContext({
      cert: tls.cert,
      key: tls.key,
      minVersion: TLS_MIN_VERSION,
    });
  }

  /** The address of the client behind a connection that was handed to the HTTP server. */
  clientAddress(socket: Duplex, forwardedFor: string | undefined): string {
    const client = this.#clients.get(socket);
    if (!client) throw new Error('a connection came past the front');
    if (!client.viaTlsProxy) return client.address;
    // The last entry is the one that the reverse proxy itself wrote.
    const last = forwardedFor?.split(',').at(-1)?.trim();
    return last !== undefined && isIP(last) !== 0 ? plainAddress(last) : client.address;
  }

  /** Cuts every connection, WebSockets included. */
  destroyAll(): void {
    for (const socket of this.#open) socket.destroy();
  }

  #admit(raw: Socket, serve: (ready: Socket) => void): void {
    const peer = plainAddress(raw.remoteAddress ?? '');
    const { proxyProtocolFrom, behindTlsProxy } = this.#options;
    // A connection that breaks in these first moments is nobody's fault and nobody's concern.
    raw.on('error', () => raw.destroy());
    this.#open.add(raw);
    raw.once('close', () => this.#open.delete(raw));
    if (behindTlsProxy.length > 0 && !behindTlsProxy.includes(peer)) {
      this.#refuse(raw, 'not-the-front');
      return;
    }
    const timer = setTimeout(() => this.#refuse(raw, 'tls'), HANDSHAKE_TIMEOUT_MS);
    raw.once('close', () => clearTimeout(timer));
    const proceed = (address: string) => {
      if (!this.#count(raw, address, peer)) return;
      const client = { address, viaTlsProxy: behindTlsProxy.length > 0 };
      this.#secure(raw, (ready) => {
        clearTimeout(timer);
        this.#clients.set(ready, client);
        serve(ready);
      });
    };
    if (!proxyProtocolFrom.includes(peer)) {
      proceed(peer);
      return;
    }
    takeProxyHeader(raw, (header) => {
      if (header) proceed(header.address === undefined ? peer : plainAddress(header.address));
      else this.#refuse(raw, 'proxy-header');
    });
  }

  /** A reverse proxy's connections are many people's: those are counted per request only. */
  #count(raw: Socket, address: string, peer: string): boolean {
    if (this.#options.behindTlsProxy.includes(peer)) return true;
    const release = this.#options.limits.takeConnection(address);
    if (!release) {
      this.#refuse(raw, 'too-many');
      return false;
    }
    raw.once('close', release);
    return true;
  }

  #secure(raw: Socket, ready: (socket: Socket) => void): void {
    if (!this.#secureContext) {
      ready(raw);
      // Taking the PROXY line paused it; what came with the line waits to be read.
      raw.resume();
      return;
    }
    // HTTP servers let clients half-close; under TLS that would keep a dead handshake open.
    raw.allowHalfOpen = false;
    const secure = new TLSSocket(raw, {
      isServer: true,
      secureContext: this.#secureContext,
      ALPNProtocols: ['http/1.1'],
    });
    const failed = () => this.#refuse(raw, 'tls');
    secure.once('close', failed);
    secure.on('error', () => secure.destroy());
    secure.once('secure', () => {
      secure.off('close', failed);
      ready(secure);
    });
  }

  #refuse(raw: Socket, reason: RefusedConnection): void {
    this.#options.onRefused(reason);
    raw.destroy();
  }
}
