import {
  DEV_TOKEN_PATH,
  DISCOVERY_PATH,
  DevTokenResponse,
  DiscoveryDocument,
} from '../../../shared/discovery.ts';
import { isLoopbackHost } from '../../../shared/endpoint.ts';
import type { Meeting } from '../../../shared/ipc.ts';

/** A server on this computer answers in a few ms; past this the engine says what is wrong. */
const DEV_SERVER_TIMEOUT_MS = 1_000;

/**
 * The join token for a meeting: its own, or one from a development server, or none (the room
 * server then says whether it needs one). Asks a server only when it is on this computer and the
 * call goes straight to it: nothing goes past a Cloud Proxy.
 */
export async function joinTokenFor(
  meeting: Meeting,
  displayName: string,
  request: typeof fetch = fetch,
): Promise<string> {
  if (meeting.token !== undefined) return meeting.token;
  if (meeting.signalingBaseUrl.length > 0 || !isPlainLoopback(meeting.serverUrl)) return '';
  try {
    const signal = AbortSignal.timeout(DEV_SERVER_TIMEOUT_MS);
    const discovery = await request(meeting.serverUrl + DISCOVERY_PATH, { signal });
    if (!discovery.ok) return '';
    const { features } = DiscoveryDocument.parse(await discovery.json());
    if (!features.includes('dev-token')) return '';
    const answer = await request(meeting.serverUrl + DEV_TOKEN_PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ roomId: meeting.roomId, displayName }),
      signal,
    });
    if (!answer.ok) return '';
    return DevTokenResponse.parse(await answer.json()).token;
  } catch {
    // No server, or none that speaks this: joining without a token brings the precise error.
    return '';
  }
}

function isPlainLoopback(origin: string): boolean {
  const url = URL.parse(origin);
  if (!url || url.protocol !== 'http:') return false;
  return isLoopbackHost(url.hostname.replace(/^\[|\]$/g, ''));
}
