import type { Endpoint } from '../../shared/endpoint.ts';
import type { RoomPlatform } from './contract.ts';
import { discover } from './discovery.ts';

/**
 * Lets the HTTP proxy on the way, if there is one, ask for a user name and password: by a request so
 * simple that no preflight goes before it. Chromium asks nobody for those of a preflight, a WebSocket
 * or WebRTC, and uses for them what was given before. The connection serves what follows.
 * @returns Whether the way is open, or there is no HTTP proxy on it.
 */
export async function signInToHttpProxy(
  platform: RoomPlatform,
  { httpOrigin, host, port }: Endpoint,
  budgetMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const httpProxy = await platform.httpProxyFor?.(host, port).catch(() => undefined);
  if (httpProxy === undefined) return true;
  const found = await discover({ origin: httpOrigin, budgetMs, signal });
  return found.kind !== 'silent';
}
