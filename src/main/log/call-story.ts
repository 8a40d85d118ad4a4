import type {
  ConnectionState,
  Fallback,
  MigrationReason,
  ReconnectReason,
} from '../../shared/connection-state.ts';
import { formatPath } from '../../shared/path.ts';

export interface StoryLine {
  level: 'info' | 'warn' | 'error';
  text: string;
}

const MIGRATION_TEXT: Record<MigrationReason, string> = {
  'path-dead': 'no packets arrive any more',
  'path-suspect': 'packets have stopped for now',
  'better-path': 'a better way works again',
  policy: 'the settings changed',
};
const RECONNECT_TEXT: Record<ReconnectReason, string> = {
  'signaling-lost': 'the connection to the meeting was lost',
  'media-lost': 'sound and picture were lost',
  'room-restarted': 'the meeting restarted',
  'server-restarting': 'the server is restarting',
};
const FALLBACK_TEXT: Record<Fallback['reason'], string> = {
  'blocked-at-join': 'did not come up here',
  'lost-in-call': 'was lost in the call',
};

/** Tells a call's connection as lines, one for each change and none for each quality sample. */
export class CallStory {
  #told: string | undefined;
  /** A `connected` that waits for its first round-trip time. */
  #held: { key: string; state: Extract<ConnectionState, { phase: 'connected' }> } | undefined;

  report(state: ConnectionState): StoryLine[] {
    const key = keyOf(state);
    const lines: StoryLine[] = [];
    const held = this.#held;
    this.#held = undefined;
    if (held && held.key !== key) lines.push(...this.#tell(held.key, held.state));
    if (key === this.#told) return lines;
    const isFirst = held?.key !== key;
    if (state.phase === 'connected' && state.quality.roundTripMs === undefined && isFirst) {
      this.#held = { key, state };
      return lines;
    }
    return [...lines, ...this.#tell(key, state)];
  }

  #tell(key: string, state: ConnectionState): StoryLine[] {
    this.#told = key;
    return linesOf(state);
  }
}

/** Two states with the same key are the same news. */
function keyOf(state: ConnectionState): string {
  switch (state.phase) {
    case 'idle':
    case 'connecting':
      return state.phase;
    case 'connected':
      return `connected ${formatPath(state.path)} ${state.fallback?.since ?? ''}`;
    case 'migrating':
      return `migrating ${formatPath(state.to)} ${state.since}`;
    case 'reconnecting':
      return `reconnecting ${state.reason} ${state.attempt}`;
    case 'failed':
      return `failed ${state.error.code}`;
    case 'left':
      return `left ${state.by}`;
  }
}

function linesOf(state: ConnectionState): StoryLine[] {
  switch (state.phase) {
    case 'idle':
      return [];
    case 'connecting':
      return [{ level: 'info', text: 'connecting' }];
    case 'connected': {
      const lines: StoryLine[] = [];
      if (state.fallback) {
        const { wanted, using, reason } = state.fallback;
        lines.push({
          level: 'warn',
          text: `fallback · ${wanted.toUpperCase()} ${FALLBACK_TEXT[reason]}, the call goes over ${using.toUpperCase()}`,
        });
      }
      const trip = state.quality.roundTripMs;
      const suffix = trip === undefined ? '' : ` · ${trip < 1 ? '< 1' : Math.round(trip)} ms`;
      lines.push({ level: 'info', text: `connected · ${formatPath(state.path)}${suffix}` });
      return lines;
    }
    case 'migrating':
      return [
        {
          level: 'warn',
          text: `moving from ${formatPath(state.from)} to ${formatPath(state.to)}: ${MIGRATION_TEXT[state.reason]}`,
        },
      ];
    case 'reconnecting':
      return [
        {
          level: 'warn',
          text: `reconnecting, attempt ${state.attempt}: ${RECONNECT_TEXT[state.reason]}`,
        },
      ];
    case 'failed': {
      const { code, message, detail } = state.error;
      return [
        { level: 'error', text: `failed · ${code} · ${message}${detail ? ` (${detail})` : ''}` },
      ];
    }
    case 'left':
      return [{ level: 'info', text: LEFT_TEXT[state.by] }];
  }
}

const LEFT_TEXT = {
  user: 'left the meeting',
  host: 'removed from the meeting',
  server: 'the server ended the meeting',
} as const;
