import { isLoopbackHost } from '../../src/shared/endpoint.ts';
import { isForwarded, isLoopbackAddress } from './addresses.ts';

/**
 * Guards what only programs on this computer may ask for. A web page from elsewhere must not get
 * it through the employee's browser: by a request across origins (it carries an `Origin`), nor by
 * DNS rebinding (the `Host` is then the attacker's name).
 */

interface LocalRequest {
  headers: Record<string, string | string[] | undefined>;
  socket: { remoteAddress?: string | undefined };
}

/** The app's own origin where it has its own scheme. */
const APP_ORIGIN = 'app://causeway';

/** A sentence on why `request` is refused, or undefined when it is local and honest. */
export function refuseUnlessLocal(request: LocalRequest): string | undefined {
  if (!isLoopbackAddress(request.socket.remoteAddress ?? '') || isForwarded(request)) {
    return 'Only programs on the computer that runs this server may ask for this.';
  }
  const host = hostOf(`http://${single(request.headers['host']) ?? ''}`);
  if (host === undefined || !isLoopbackHost(host)) {
    return 'The Host header must be a loopback name or address (localhost, 127.0.0.1, [::1]).';
  }
  const origin = single(request.headers['origin']);
  if (origin !== undefined && !isAllowedOrigin(origin)) {
    return 'Web pages of this origin may not ask for this.';
  }
  return undefined;
}

/** Whether a page of `origin` belongs to the app or to this computer. */
export function isAllowedOrigin(origin: string): boolean {
  if (origin === APP_ORIGIN) return true;
  const host = /^https?:\/\//i.test(origin) ? hostOf(origin) : undefined;
  return host !== undefined && isLoopbackHost(host);
}

function hostOf(url: string): string | undefined {
  return URL.parse(url)?.hostname.replace(/^\[|\]$/g, '');
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
