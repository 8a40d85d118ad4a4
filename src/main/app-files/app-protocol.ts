import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import type { Log } from '../log/log.ts';
import { APP_SCHEME, isAppUrl } from '../security/app-origin.ts';
import { contentSecurityPolicy } from '../security/content-security-policy.ts';
import type { NetworkPolicy } from '../security/network-policy.ts';
import { mediaTypeOf, resolveAppFile } from './app-files.ts';

/** Headers of every answer. */
const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // The files are on this computer; a document must never come with an older policy.
  'Cache-Control': 'no-store',
};

const DOCUMENT_HEADERS: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(self), microphone=(self), speaker-selection=(self), fullscreen=(self), autoplay=(self), display-capture=(), geolocation=(), usb=(), serial=(), hid=(), midi=(), payment=()',
  'X-DNS-Prefetch-Control': 'off',
};

/** Must run before the app is ready: makes `app://` a secure origin of its own. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: {
        standard: true,
        secure: true,
        supportFetchAPI: true,
        stream: true,
        codeCache: true,
      },
    },
  ]);
}

/** Serves the renderer's bundle in `root` as `app://causeway/…`. */
export function setupAppProtocol(
  session: Session,
  options: { root: string; currentPolicy: () => NetworkPolicy; log: Log },
): void {
  session.protocol.handle(APP_SCHEME, (request) => serve(request, options));
}

async function serve(
  request: Request,
  { root, currentPolicy, log }: { root: string; currentPolicy: () => NetworkPolicy; log: Log },
): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);
  const file = isAppUrl(request.url) ? resolveAppFile(root, request.url) : undefined;
  const mediaType = file && mediaTypeOf(file);
  if (!file || !mediaType) return refuse(404);
  let content: Buffer<ArrayBuffer>;
  try {
    content = await readFile(file);
  } catch {
    log.warn(`no such file in the app: ${new URL(request.url).pathname}`);
    return refuse(404);
  }
  return new Response(request.method === 'HEAD' ? null : content, {
    headers: {
      ...COMMON_HEADERS,
      'Content-Type': mediaType,
      ...(mediaType.startsWith('text/html')
        ? { ...DOCUMENT_HEADERS, 'Content-Security-Policy': contentSecurityPolicy(currentPolicy()) }
        : {}),
    },
  });
}

function refuse(status: 404 | 405): Response {
  return new Response(null, { status, headers: COMMON_HEADERS });
}
