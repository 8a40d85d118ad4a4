import type { Endpoint } from '../../shared/endpoint.ts';
import type { NetworkPolicy } from './network-policy.ts';

/**
 * The Content-Security-Policy header of Causeway's document: everything is forbidden but its own
 * files, its own pictures and sound, and connections to the hosts that the policy names.
 */
export function contentSecurityPolicy(policy: NetworkPolicy): string {
  const directives: Record<string, readonly string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:', 'mediastream:'],
    'font-src': ["'self'"],
    'connect-src': connectSources(policy),
    'frame-ancestors': ["'none'"],
    'form-action': ["'none'"],
    'base-uri': ["'none'"],
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');
}

function connectSources({ endpoints }: NetworkPolicy): string[] {
  const sources = new Set(endpoints.flatMap(sourcesOf));
  return sources.size > 0 ? [...sources] : ["'none'"];
}

/** A host that a host source can name (CSP Level 3 §2.3.1): no IPv6 address, no underscore. */
const NAMEABLE_HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.?$/i;

/**
 * Chromium ignores a source whose host it cannot name, and the call would fail. Such a host gets
 * its scheme only; the request filter still knows the exact host.
 */
function sourcesOf({ httpOrigin, wsOrigin, host }: Endpoint): string[] {
  return NAMEABLE_HOST.test(host)
    ? [httpOrigin, wsOrigin]
    : [new URL(httpOrigin).protocol, new URL(wsOrigin).protocol];
}
