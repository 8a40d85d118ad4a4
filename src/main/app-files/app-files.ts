import { extname, join, normalize, sep } from 'node:path';

/** Media types of the files that the renderer's bundle is made of (RFC 6838 names). */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/vnd.microsoft.icon',
  '.woff2': 'font/woff2',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.wasm': 'application/wasm',
};

/** Undefined for a kind of file that Causeway does not ship, and so does not serve. */
export function mediaTypeOf(path: string): string | undefined {
  return MEDIA_TYPES[extname(path).toLowerCase()];
}

/**
 * The file that a URL of the app's own origin stands for, inside `root`; undefined when the URL
 * leads out of it or is malformed. `/` is the document.
 */
export function resolveAppFile(root: string, url: string): string | undefined {
  const parsed = URL.parse(url);
  if (!parsed) return undefined;
  let path: string;
  try {
    path = decodeURIComponent(parsed.pathname);
  } catch {
    return undefined;
  }
  if (path.includes('\0') || path.includes('\\') || /(^|\/)\.\.?(\/|$)/.test(path))
    return undefined;
  const file = normalize(join(root, path === '/' || path === '' ? 'index.html' : path));
  return file.startsWith(normalize(root + sep)) ? file : undefined;
}
