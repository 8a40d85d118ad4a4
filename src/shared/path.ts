import { z } from 'zod';
import { MediaProtocol, Route } from './protocol.ts';

/**
 * What media is really on, or may be tried on.
 * `host` and `port` are the far end as seen from this computer: the room server's media address on
 * the direct route, the relay on the proxy route. A planned path has no `port` before the server
 * or the proxy has named it.
 */
export const Path = z.object({
  route: Route,
  protocol: MediaProtocol,
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).optional(),
  /** `host:port` of the HTTP proxy that carries the TCP leg, if one does. */
  httpProxy: z.string().optional(),
});
export type Path = z.infer<typeof Path>;

/** `UDP · direct · 127.0.0.1:44444`, `TLS · proxy proxy.example.com via http-proxy:3128`. */
export function formatPath(path: Path): string {
  const parts = [path.protocol.toUpperCase()];
  if (path.route === 'proxy') {
    parts.push(`proxy ${path.host}`);
  } else {
    parts.push('direct', formatHostPort(path.host, path.port));
  }
  return parts.join(' · ') + (path.httpProxy ? ` via ${path.httpProxy}` : '');
}

function formatHostPort(host: string, port: number | undefined): string {
  if (port === undefined) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether two paths are the same way out (the local port and similar detail do not count). */
export function isSamePath(a: Path, b: Path): boolean {
  return (
    a.route === b.route &&
    a.protocol === b.protocol &&
    a.host === b.host &&
    a.port === b.port &&
    a.httpProxy === b.httpProxy
  );
}
