import type { CdpSession } from '../chromium/cdp-connection.ts';

/**
 * Nobody is asked for a password: what Electron does where no `login` listener answers, and here
 * none can be set. For sessions in which `Fetch.enable` was asked to `handleAuthRequests`.
 */
export function cancelAuthentication(session: CdpSession): void {
  session.on('Fetch.authRequired', ({ requestId }) => {
    session.post('Fetch.continueWithAuth', {
      requestId,
      authChallengeResponse: { response: 'CancelAuth' },
    });
  });
}
