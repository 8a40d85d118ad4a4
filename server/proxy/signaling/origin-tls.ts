import { isIP } from 'node:net';
import { connect, createSecureContext } from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import { TLS_MIN_VERSION } from '../../shared/tls.ts';

/**
 * TLS towards the room servers, always verified. One secure context serves all connections: by
 * default Node makes one for each, which reads the CA certificates again and costs 30 KB.
 */
export class OriginTls {
  readonly #secureContext: SecureContext;

  /** @param ca CA certificates, PEM; those that Node trusts when undefined. */
  constructor(ca: string | undefined) {
    this.#secureContext = createSecureContext({
      minVersion: TLS_MIN_VERSION,
      ...(ca === undefined ? {} : { ca }),
    });
  }

  /** Connects to an https or wss origin; `secureConnect` or `error` follows. */
  connect(origin: URL): TLSSocket {
    const host = origin.hostname.replace(/^\[|\]$/g, '');
    return connect({
      host,
      port: Number(origin.port || 443),
      // Addresses must not stand in SNI (RFC 6066 §3); the certificate is checked for `host`.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      secureContext: this.#secureContext,
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
    });
  }
}
