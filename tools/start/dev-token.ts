import {
  DEV_TOKEN_PATH,
  DISCOVERY_PATH,
  DevTokenResponse,
  DiscoveryDocument,
} from '../../src/shared/discovery.ts';

/** A server on this computer answers at once; one elsewhere within this, or not. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * A join token from a development server, or '' where the server hands out none.
 * @throws {Error} when the server does not answer as a room server.
 */
export async function fetchDevToken(
  serverUrl: string,
  roomId: string,
  displayName: string,
): Promise<string> {
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const answer = await fetch(serverUrl + DISCOVERY_PATH, { signal });
  if (answer.status === 404) return '';
  const document = DiscoveryDocument.parse(await answer.json());
  if (!document.features.includes('dev-token')) return '';
  const response = await fetch(serverUrl + DEV_TOKEN_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ roomId, displayName }),
    signal,
  });
  if (!response.ok)
    throw new Error(`the server refused a development token (HTTP ${response.status})`);
  return DevTokenResponse.parse(await response.json()).token;
}
