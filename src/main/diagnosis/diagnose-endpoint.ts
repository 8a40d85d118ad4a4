import { DISCOVERY_PATH } from '../../shared/discovery.ts';
import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import { diagnoseAnswer, diagnoseError } from './net-errors.ts';

/** Each error screen must be up within 5 s: leaves one for everything else. */
const TIMEOUT_MS = 4000;

type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * Asks the address for its discovery document, only to see how it answers. Nothing of the answer
 * is read, no redirect followed, no credential sent.
 */
export async function diagnoseEndpoint(url: string, fetch: Fetch): Promise<EndpointDiagnosis> {
  try {
    const response = await fetch(discoveryUrl(url), {
      redirect: 'manual',
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    void response.body?.cancel().catch(() => undefined);
    return diagnoseAnswer(response.status);
  } catch (error) {
    return diagnoseError(error);
  }
}

/** Signaling addresses (ws, wss) are asked on the http scheme with the same security. */
function discoveryUrl(url: string): string {
  return new URL(DISCOVERY_PATH, url.replace(/^ws/i, 'http')).href;
}
