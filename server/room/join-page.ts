import { createHash } from 'node:crypto';
import { parseServerUrl } from '../../src/shared/endpoint.ts';
import { formatMeetingLink, RoomId } from '../../src/shared/meeting-link.ts';

/**
 * What a browser shows at `https://HOST/join/NAME`: a button that opens the meeting in Causeway.
 * The token of the link stands after `#` and so never reaches the server; the script on the page
 * puts it into the button's link.
 */

const STYLE = `
:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 30rem; padding: 2rem; }
h1 { font-size: 1.5rem; }
a.open { display: inline-block; padding: .75rem 1.5rem; border-radius: .5rem; background: #1f5fbf; color: #fff; text-decoration: none; }
a.open:focus-visible { outline: 3px solid #7fb0ff; outline-offset: 3px; }`;

const SCRIPT = `
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const link = document.querySelector('a.open');
if (token && link) link.href += (link.href.includes('?') ? '&' : '?') + 'token=' + encodeURIComponent(token);`;

const hashOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Nothing but the two inline parts above may run or be fetched. */
export const JOIN_PAGE_CSP = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface JoinPage {
  status: 200 | 404;
  html: string;
}

/**
 * @param roomId From the URL, decoded, unchecked.
 * @param origin `http(s)://host[:port]` as the browser sees this server.
 * @param token From the query, unchecked; rather belongs after `#`.
 */
export function joinPage(roomId: string, origin: string, token?: string): JoinPage {
  const room = RoomId.safeParse(roomId);
  if (!room.success) {
    return {
      status: 404,
      html: page(
        'No such meeting',
        `<h1>This link names no meeting</h1>
<p>${escapeHtml(room.error.issues[0]?.message ?? '')}</p>
<p>Copy the link again from your invitation.</p>`,
      ),
    };
  }
  const server = parseServerUrl(origin);
  const href = formatMeetingLink({
    roomId: room.data,
    ...(server.ok ? { serverUrl: server.endpoint.httpOrigin } : {}),
    ...(token === undefined ? {} : { token }),
  });
  return {
    status: 200,
    html: page(
      `Meeting ${room.data}`,
      `<h1>Meeting “${escapeHtml(room.data)}”</h1>
<p>Meetings take place in the Causeway app.</p>
<p><a class="open" href="${escapeHtml(href)}">Open in Causeway</a></p>
<p>Nothing happens? Start Causeway and paste this page’s address into its join screen.</p>`,
    ),
  };
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)} · Causeway</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
