import type { MediaProtocol } from '../../shared/protocol.ts';

/** A TURN URI (RFC 7065) in its parts. */
export interface TurnUrl {
  /** Lower case; IPv6 without brackets. */
  host: string;
  port: number;
  /** What carries it on this computer's side; `turns:` is TLS over TCP. */
  protocol: MediaProtocol;
}

const TURN_URL =
  /^(turns?):(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;

const DEFAULT_PORT = { turn: 3478, turns: 5349 } as const;

/**
 * Reads `turn:host[:port][?transport=udp|tcp]` or `turns:…`. Undefined for anything else, DTLS
 * (`turns:…?transport=udp`) included: Chromium does not speak it, and it is neither UDP nor TCP to
 * a policy.
 */
export function parseTurnUrl(url: string): TurnUrl | undefined {
  const match = TURN_URL.exec(url);
  if (!match) return undefined;
  const scheme = match[1]?.toLowerCase() === 'turns' ? 'turns' : 'turn';
  const transport = match[4]?.toLowerCase();
  if (scheme === 'turns' && transport === 'udp') return undefined;
  const port = match[3] === undefined ? DEFAULT_PORT[scheme] : Number(match[3]);
  if (port < 1 || port > 65_535) return undefined;
  const host = (match[2] ?? '').toLowerCase().replace(/^\[|\]$/g, '');
  const protocol = scheme === 'turns' ? 'tls' : transport === 'tcp' ? 'tcp' : 'udp';
  return { host, port, protocol };
}
