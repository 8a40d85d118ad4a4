import type { AuthInfo, AuthenticationResponseDetails, WebContents } from 'electron';
import type { Protocol } from 'devtools-protocol';
import { ApiEvent } from '../api/api-object.ts';
import { originMapping } from '../origin-mapping.ts';
import type { CdpSession } from '../chromium/cdp-connection.ts';

type Challenge = Protocol.Fetch.AuthRequiredEvent;

/**
 * Nobody is asked for a password: what Electron does where no `login` listener answers. For sessions
 * in which `Fetch.enable` was asked to `handleAuthRequests`.
 */
export function cancelAuthentication(session: CdpSession): void {
  session.on('Fetch.authRequired', (challenge) => answer(session, challenge));
}

/** The `login` event of the page decides; without a listener that prevents its default, nobody is asked. */
export function askForLogin(session: CdpSession, webContents: () => WebContents): void {
  const asked = new Set<string>();
  session.on('Fetch.authRequired', (challenge) => {
    const isFirst = !asked.has(challenge.requestId);
    asked.add(challenge.requestId);
    const event = new ApiEvent();
    let answered = false;
    const callback = (username?: string, password?: string) => {
      if (answered) return;
      answered = true;
      answer(session, challenge, username, password);
    };
    const details = detailsOf(challenge, isFirst);
    webContents().emit('login', event, details, authInfoOf(challenge), callback);
    if (!event.defaultPrevented) callback();
  });
}

function answer(
  session: CdpSession,
  { requestId }: Challenge,
  username?: string,
  password = '',
): void {
  session.post('Fetch.continueWithAuth', {
    requestId,
    authChallengeResponse:
      username === undefined
        ? { response: 'CancelAuth' }
        : { response: 'ProvideCredentials', username, password },
  });
}

function detailsOf(
  { request, resourceType }: Challenge,
  firstAuthAttempt: boolean,
): AuthenticationResponseDetails {
  return {
    url: originMapping.toApp(request.url),
    pid: process.pid,
    isRequestForNavigation: resourceType === 'Document',
    firstAuthAttempt,
  };
}

function authInfoOf({ authChallenge }: Challenge): AuthInfo {
  const { source, origin, scheme, realm } = authChallenge;
  const { hostname, port, protocol } = new URL(origin);
  return {
    isProxy: source === 'Proxy',
    scheme,
    host: hostname,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    realm,
  };
}
