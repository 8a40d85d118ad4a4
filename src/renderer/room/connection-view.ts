import type { ConnectionState, Quality } from '../../shared/connection-state.ts';
import type { CallState } from './call-state.ts';

/**
 * The connection as the app sees it.
 * @param toWallTime From the monotonic clock of the call state to ms since the epoch.
 */
export function viewConnection(
  state: CallState,
  quality: Quality,
  toWallTime: (monotonic: number) => number,
): ConnectionState {
  switch (state.phase) {
    case 'idle':
      return { phase: 'idle' };
    case 'connecting':
      return state.trip.reason === undefined
        ? { phase: 'connecting', step: state.step, plan: [...state.plan] }
        : {
            phase: 'reconnecting',
            attempt: state.trip.attempt,
            nextRetryAt: toWallTime(state.since),
            reason: state.trip.reason,
          };
    case 'connected': {
      const signaling = state.signaling && {
        signaling: {
          attempt: state.signaling.attempt,
          nextRetryAt: toWallTime(state.signaling.nextRetryAt),
        },
      };
      if (state.episode) {
        const { from, to, reason, since } = state.episode;
        return { phase: 'migrating', from, to, reason, since: toWallTime(since), ...signaling };
      }
      return {
        phase: 'connected',
        path: state.path,
        ...(state.fallback && {
          fallback: { ...state.fallback, since: toWallTime(state.fallback.since) },
        }),
        quality,
        ...signaling,
      };
    }
    case 'waiting':
      return {
        phase: 'reconnecting',
        attempt: state.trip.attempt,
        nextRetryAt: toWallTime(state.nextRetryAt),
        reason: state.trip.reason ?? 'signaling-lost',
      };
    case 'failed':
      return { phase: 'failed', error: state.error };
    case 'left':
      return { phase: 'left', by: 'user' };
  }
}
