import { z } from 'zod';
import { parseServerUrl } from './endpoint.ts';

/** A room's name: what people say to each other and what stands in a link. */
export const RoomId = z
  .string()
  .min(1, 'The meeting has no name.')
  .max(64, 'The meeting name is longer than 64 characters.')
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'A meeting name has letters, digits, dots, hyphens and underscores only, and starts with a letter or digit.',
  );
export type RoomId = z.infer<typeof RoomId>;

export const DisplayName = z
  .string()
  .trim()
  .min(1, 'Enter the name that others will see.')
  .max(60, 'The name is longer than 60 characters.')
  .regex(
    /^[^\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]*$/,
    'The name contains control characters.',
  );

/** A join token in compact JWS form (RFC 7515 §7.1). Checked by the server, only its form here. */
export const JoinToken = z
  .string()
  .max(4096, 'The pass in the link is too long.')
  .regex(/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/, 'The pass in the link is damaged.');

export const MeetingLink = z.object({
  roomId: RoomId,
  /** Normalised origin of the room server; without it the server from settings is meant. */
  serverUrl: z.string().optional(),
  token: JoinToken.optional(),
});
export type MeetingLink = z.infer<typeof MeetingLink>;

export type MeetingLinkResult = { ok: true; link: MeetingLink } | { ok: false; problem: string };

/** The scheme that the operating system hands to Causeway. */
export const LINK_SCHEME = 'causeway';

/** Longest link that is looked at, in characters; real ones stay far below. */
const MAX_LINK_LENGTH = 8192;

/**
 * Reads what a person pasted or clicked:
 * - a meeting name: `team-weekly`
 * - `causeway://join/NAME[?server=https://HOST][&token=JWT]`
 * - `https://HOST/join/NAME[#token=JWT]`; the token may also be in the query.
 */
export function parseMeetingLink(text: string): MeetingLinkResult {
  const input = text.trim();
  if (input === '') return { ok: false, problem: 'Enter a meeting link or a meeting name.' };
  if (input.length > MAX_LINK_LENGTH)
    return { ok: false, problem: 'The meeting link is too long.' };
  if (!/^[a-z][a-z0-9+.-]*:/i.test(input) || /^localhost:|^[^/]*:\d+\//i.test(input)) {
    if (input.includes('/')) return parseWebLink(`https://${input}`);
    return finish({ roomId: input });
  }
  const scheme = input.slice(0, input.indexOf(':')).toLowerCase();
  if (scheme === LINK_SCHEME) return parseAppLink(input);
  if (scheme === 'https' || scheme === 'http') return parseWebLink(input);
  return {
    ok: false,
    problem: `A link that starts with “${scheme.slice(0, 20)}:” cannot be opened. Meeting links start with causeway:// or https://.`,
  };
}

function parseAppLink(input: string): MeetingLinkResult {
  const url = URL.parse(input);
  if (!url)
    return {
      ok: false,
      problem: 'The meeting link is damaged. Copy it again from the invitation.',
    };
  // `causeway://join/NAME`: the parser takes `join` for the host.
  if (url.host !== 'join') {
    return { ok: false, problem: 'Causeway opens links of the form causeway://join/NAME.' };
  }
  return finish({
    roomId: decodePathPart(url.pathname.slice(1)),
    server: url.searchParams.get('server') ?? undefined,
    token: tokenOf(url),
  });
}

function parseWebLink(input: string): MeetingLinkResult {
  const url = URL.parse(input);
  if (!url)
    return {
      ok: false,
      problem: 'The meeting link is damaged. Copy it again from the invitation.',
    };
  const match = /^\/join\/([^/]*)\/?$/.exec(url.pathname);
  if (!match) {
    return {
      ok: false,
      problem: 'The link names no meeting: it should look like https://meet.example.com/join/NAME.',
    };
  }
  return finish({
    roomId: decodePathPart(match[1] ?? ''),
    server: url.origin,
    token: tokenOf(url),
  });
}

function tokenOf(url: URL): string | undefined {
  return (
    new URLSearchParams(url.hash.slice(1)).get('token') ??
    url.searchParams.get('token') ??
    undefined
  );
}

function decodePathPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function finish(raw: {
  roomId: string;
  server?: string | undefined;
  token?: string | undefined;
}): MeetingLinkResult {
  if (raw.roomId === '') {
    return { ok: false, problem: 'The link names no meeting: the name after “join/” is missing.' };
  }
  let serverUrl: string | undefined;
  if (raw.server !== undefined) {
    const server = parseServerUrl(raw.server);
    if (!server.ok) return server;
    serverUrl = server.endpoint.httpOrigin;
  }
  const parsed = MeetingLink.safeParse({
    roomId: raw.roomId,
    ...(serverUrl === undefined ? {} : { serverUrl }),
    ...(raw.token === undefined ? {} : { token: raw.token }),
  });
  if (parsed.success) return { ok: true, link: parsed.data };
  return { ok: false, problem: parsed.error.issues[0]?.message ?? 'The meeting link is damaged.' };
}

/** The link that opens `roomId` in Causeway. A token is part of it only when given. */
export function formatMeetingLink(link: MeetingLink): string {
  const query = new URLSearchParams();
  if (link.serverUrl) query.set('server', link.serverUrl);
  if (link.token) query.set('token', link.token);
  const suffix = query.size > 0 ? `?${query.toString()}` : '';
  return `${LINK_SCHEME}://join/${encodeURIComponent(link.roomId)}${suffix}`;
}
