import type { ConnectionState, Fallback } from '../../../shared/connection-state.ts';
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
      if (state.fallback && isNewFallback(state.fallback, previous)) {
        return fallbackSentence(state.fallback);
      }
      if (!state.fallback && before?.fallback) return returnSentence(state.path.protocol);
      if (before) return undefined;
      // It went on all the time: only another protocol than before is worth a sentence.
      if (previous.phase === 'migrating') {
        return previous.reason === 'better-path' && state.path.protocol !== previous.from.protocol
          ? returnSentence(state.path.protocol)
          : undefined;
      }
      return `Connected. ${formatPath(state.path)}.`;
    }
    case 'reconnecting':
      return previous.phase === 'reconnecting' && previous.reason === state.reason
        ? undefined
        : RECONNECT_TEXT[state.reason];
    case 'connecting':
      return previous.phase === 'connecting' ? undefined : BADGE_TEXT.connecting;
    // Over before it is said; its outcome is.
    case 'migrating':
      return undefined;
    // The screens of a failed or left call say it themselves.
    case 'failed':
    case 'left':
    case 'idle':
      return undefined;
  }
}

function isNewFallback(fallback: Fallback, previous: ConnectionState): boolean {
  if (previous.phase === 'connected') return fallback.since !== previous.fallback?.since;
  // From one lesser path to another: it was said when the call came to the first.
  return previous.phase !== 'migrating' || previous.from.protocol === fallback.wanted;
}
