import type { ConnectionState } from '../../../shared/connection-state.ts';
import { formatPath } from '../../../shared/path.ts';
import { BADGE_TEXT, RECONNECT_TEXT, fallbackSentence, returnSentence } from './text.ts';

/**
 * What is said aloud at a change of the connection, or undefined when the change is not worth a
 * sentence (a new measurement of the same path, for one).
 */
export function announcementOf(
  state: ConnectionState,
  previous: ConnectionState,
): string | undefined {
  switch (state.phase) {
    case 'connected': {
      const before = previous.phase === 'connected' ? previous : undefined;
      if (state.fallback && state.fallback.since !== before?.fallback?.since) {
        return fallbackSentence(state.fallback);
      }
      if (!state.fallback && before?.fallback) return returnSentence(state.path.protocol);
      if (before) return undefined;
      return `Connected. ${formatPath(state.path)}.`;
    }
    case 'migrating':
      return previous.phase === 'migrating'
        ? undefined
        : BADGE_TEXT.migrating(state.to.protocol.toUpperCase());
    case 'reconnecting':
      return previous.phase === 'reconnecting' && previous.reason === state.reason
        ? undefined
        : RECONNECT_TEXT[state.reason];
    case 'connecting':
      return previous.phase === 'connecting' ? undefined : BADGE_TEXT.connecting;
    // The screens of a failed or left call say it themselves.
    case 'failed':
    case 'left':
    case 'idle':
      return undefined;
  }
}
