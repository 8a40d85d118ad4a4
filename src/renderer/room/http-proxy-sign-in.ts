import { DISCOVERY_PATH } from '../../shared/discovery.ts';

/** An HTTP proxy answers at once whether it knows a password. */
const SIGN_IN_BUDGET_MS = 1_000;

/**
 * Lets the HTTP proxy on the way ask for a user name and password, with a request so simple that no
 * preflight goes before it: Chromium asks nobody for those of a preflight or a WebSocket, and uses
 * for them, and for WebRTC, what was given before.
 * @returns Whether the HTTP proxy lets requests through now.
 */
export async function signInToHttpProxy(origin: string, signal: AbortSignal): Promise<boolean> {
  try {
    await fetch(`${origin}${DISCOVERY_PATH}`, {
      mode: 'no-cors',
      cache: 'no-store',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(SIGN_IN_BUDGET_MS)]),
    });
    return true;
  } catch {
    return false;
  }
}
