/** One way in a PAC script's answer (the format that Netscape's `FindProxyForURL` returns). */
export interface ResolvedProxy {
  kind: 'http' | 'https' | 'socks';
  host: string;
  port: number;
}

const KINDS: Readonly<Record<string, ResolvedProxy['kind']>> = {
  PROXY: 'http',
  HTTP: 'http',
  HTTPS: 'https',
  SOCKS: 'socks',
  SOCKS4: 'socks',
  SOCKS5: 'socks',
};
const DEFAULT_PORT: Record<ResolvedProxy['kind'], number> = { http: 80, https: 443, socks: 1080 };

/**
 * The first way in an answer of `session.resolveProxy`, such as `PROXY 10.0.0.1:3128; DIRECT`:
 * Chromium puts proxies that failed lately behind the others, so the first is what it uses.
 * Undefined: directly.
 */
export function firstProxy(answer: string): ResolvedProxy | undefined {
  const first = answer.split(';')[0]?.trim() ?? '';
  const [, word = '', address = ''] = /^(\S+)\s+(\S+)$/.exec(first) ?? [];
  const kind = KINDS[word.toUpperCase()];
  const url = kind === undefined ? null : URL.parse(`http://${address}`);
  if (kind === undefined || url === null) return undefined;
  // The URL parser leaves out the port that is http's own.
  const port = /:(\d+)$/.exec(address)?.[1];
  return {
    kind,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === undefined ? DEFAULT_PORT[kind] : Number(port),
  };
}

/** `http-proxy.example.com:3128`, as paths and errors name it. */
export function formatProxy({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
