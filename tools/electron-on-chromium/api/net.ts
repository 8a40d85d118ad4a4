import type { Net } from 'electron';
import { strict, unsupported } from '../unsupported.ts';
import { originMapping } from '../origin-mapping.ts';
import { NetworkPage } from '../renderer-link/network-page.ts';
import { protocolHandler } from './protocol.ts';

/** As browsers do. */
const MAX_REDIRECTS = 20;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

const page = new NetworkPage();

/** The method and body of the request that follows a redirect (RFC 9110, 15.4). */
function afterRedirect(request: Request, status: number, url: string, body: Buffer | undefined) {
  const becomesGet =
    (status === 303 && request.method !== 'HEAD') ||
    ((status === 301 || status === 302) && request.method === 'POST');
  const headers = new Headers(request.headers);
  if (new URL(url).origin !== new URL(request.url).origin) headers.delete('authorization');
  if (becomesGet) headers.delete('content-type');
  const kept = becomesGet ? undefined : body;
  return {
    body: kept,
    request: new Request(url, {
      method: becomesGet ? 'GET' : request.method,
      headers,
      redirect: request.redirect,
      credentials: request.credentials,
      signal: request.signal,
      ...(kept ? { body: new Uint8Array(kept) } : {}),
    }),
  };
}

async function fetchThroughChromium(first: Request): Promise<Response> {
  let request = first;
  let body: Buffer | undefined = first.body ? Buffer.from(await first.arrayBuffer()) : undefined;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await page.fetch(request, body);
    const location = response.headers.get('location');
    if (!REDIRECTS.has(response.status) || location === null) return response;
    // Electron has no response to give for these either.
    if (request.redirect === 'manual') throw new Error('Redirect was cancelled');
    if (request.redirect === 'error')
      throw new Error("Attempted to redirect, but redirect policy was 'error'");
    const url = new URL(location, request.url).href;
    ({ request, body } = afterRedirect(request, response.status, url, body));
  }
  throw new Error('net::ERR_TOO_MANY_REDIRECTS');
}

/** Electron's net: requests through Chromium's network stack, with its trust store and proxies. */
export const net: Pick<Net, 'fetch' | 'isOnline' | 'online'> = strict(
  {
    fetch: async (input: string | Request, init?: RequestInit): Promise<Response> => {
      const request = new Request(input, init);
      request.signal.throwIfAborted();
      if (!originMapping.has(request.url)) return fetchThroughChromium(request);
      const handler = protocolHandler(request.url);
      if (!handler) throw new Error('net::ERR_UNKNOWN_URL_SCHEME');
      return handler(request);
    },
    isOnline: () => page.online,
    get online() {
      return page.online;
    },
    request: unsupported('net.request'),
    resolveHost: unsupported('net.resolveHost'),
  },
  'net',
);
