import type { Session } from 'electron';
import type { Log } from '../log/log.ts';
import type { NetworkPolicy } from './network-policy.ts';
import { setupPermissions } from './permissions.ts';
import { setupRequestFilter } from './request-filter.ts';

/** Everything that guards the session in which Causeway's page lives. */
export function setupSession(
  session: Session,
  options: {
    currentPolicy: () => NetworkPolicy;
    isOwnCheck: (url: string) => boolean;
    allowDevTools: boolean;
    proxySettled: () => Promise<void>;
    log: Log;
  },
): void {
  setupPermissions(session);
  setupRequestFilter(session, options);
  // Its dictionaries would be downloaded from a third host.
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
}
