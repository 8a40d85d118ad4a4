import type { Meeting } from '../../shared/ipc.ts';
import { parseMeetingLink } from '../../shared/meeting-link.ts';
import type { Settings } from '../../shared/settings.ts';

export type ResolvedMeeting = { ok: true; meeting: Meeting } | { ok: false; problem: string };

/**
 * A meeting link or name under the settings in force. The link may name its own room server;
 * which proxies and protocol are used is never up to a link.
 */
export function resolveMeeting(input: string, settings: Settings): ResolvedMeeting {
  const parsed = parseMeetingLink(input);
  if (!parsed.ok) return parsed;
  const { roomId, serverUrl, token } = parsed.link;
  return {
    ok: true,
    meeting: {
      roomId,
      ...(token === undefined ? {} : { token }),
      serverUrl: serverUrl ?? settings.serverUrl,
      preferredProtocol: settings.preferredProtocol,
      signalingBaseUrl: settings.signalingBaseUrl,
    },
  };
}
