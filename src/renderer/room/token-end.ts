import { decodeJwt } from 'jose';
import { TOKEN_END_WORD_MS } from './limits.ts';

/** The longest wait of `setTimeout`, ms. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/**
 * When a join token ends, by its own word (`exp`, RFC 7519 §4.1.4), ms since the epoch. It is only
 * read: whether it is good is the server's to say. Undefined: it names no end, or is no JWT.
 */
export function tokenEnd(token: string): number | undefined {
  try {
    const { exp } = decodeJwt(token);
    return exp === undefined ? undefined : exp * 1000;
  } catch {
    return undefined;
  }
}

/** Calls `onNear` once, TOKEN_END_WORD_MS before the token ends or at once when that has passed. */
export function watchTokenEnd(
  token: string,
  onNear: (endsAt: number) => void,
  signal: AbortSignal,
): void {
  const endsAt = tokenEnd(token);
  if (endsAt === undefined || signal.aborted) return;
  const waitMs = Math.max(0, endsAt - TOKEN_END_WORD_MS - Date.now());
  // No call lasts that long.
  if (waitMs > MAX_WAIT_MS) return;
  const timer = setTimeout(() => onNear(endsAt), waitMs);
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
