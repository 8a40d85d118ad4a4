import type { ReconnectReason } from '../../shared/connection-state.ts';
import { formatPath, isSamePath, type Path } from '../../shared/path.ts';
import type { MediaProtocol } from '../../shared/protocol.ts';
import type { CallState, Connected, Episode } from './call-state.ts';
import type { TimelineNote } from './timeline.ts';

/** What a change of the call's state means to a person, in lines for the timeline. Pure. */
export function tellChange(
  before: CallState,
  after: CallState,
  now: number,
  roundTripMs?: number,
): TimelineNote[] {
  if (before.phase === 'connected' && after.phase === 'connected') {
    return [
      ...tellMigration(before, after),
      ...tellPathChange(before, after),
      ...tellSignaling(before, after, now),
    ];
  }
  if (before.phase === 'connecting' && after.phase === 'connecting') {
    const failure = after.failures?.at(-1);
    if (!failure || after.triedSince === before.triedSince) return [];
    const text = `that Cloud Proxy carries no sound and picture (${failure.code}); trying the next`;
    return [{ kind: 'path', text }];
  }
  if (before.phase === after.phase) return [];
  switch (after.phase) {
    case 'idle':
      return [];
    case 'connecting':
      return [
        {
          kind: 'state',
          text:
            after.trip.reason === undefined
              ? 'joining'
              : `joining anew (${nth(after.trip.attempt)} attempt)`,
        },
      ];
    case 'connected': {
      const trip = roundTripMs === undefined ? '' : ` · ${roundTripMs} ms`;
      const since = before.phase === 'connecting' ? before.since : now;
      return [
        {
          kind: 'state',
          text: `connected · ${formatPath(after.path)}${trip}`,
          tookMs: now - since,
        },
      ];
    }
    case 'waiting': {
      const wait = ((after.nextRetryAt - now) / 1000).toFixed(1);
      const why =
        before.phase === 'connected'
          ? REASON_TEXT[after.trip.reason ?? 'signaling-lost']
          : 'that attempt failed';
      return [{ kind: 'state', text: `${why}; joining anew in ${wait} s` }];
    }
    case 'failed': {
      const { code, message, detail } = after.error;
      return [{ kind: 'error', text: `${code}: ${message}${detail ? ` (${detail})` : ''}` }];
    }
    case 'left':
      return [{ kind: 'state', text: 'left' }];
  }
}

/** @param endsAt ms since the epoch. */
export function tellTokenEnd(endsAt: number): string {
  const minutes = Math.max(0, Math.round((endsAt - Date.now()) / 60_000));
  const when = minutes === 0 ? 'ends now' : `ends in ${minutes} min`;
  return `the join token ${when}: the call goes on, but a long interruption would end it`;
}

const REASON_TEXT: Record<ReconnectReason, string> = {
  'signaling-lost': 'the connection to the meeting was lost',
  'media-lost': 'sound and picture stopped',
  'room-restarted': 'the meeting was restarted by the server',
  'server-restarting': 'the meeting server is restarting',
};

/** One line for media that has moved, when all of it has. */
function tellMigration(before: Connected, { lastEpisode, episode }: Connected): TimelineNote[] {
  if (!lastEpisode || lastEpisode === before.lastEpisode || lastEpisode === episode) return [];
  const { from, to, reason, tookMs } = lastEpisode;
  const onto = from.protocol === to.protocol ? 'a fresh connection' : name(to.protocol);
  switch (reason) {
    case 'path-dead':
    case 'path-suspect':
      return [
        {
          kind: 'fallback',
          text: `${describe(from)} stopped answering; ${who(lastEpisode)}continued on ${onto} after ${span(tookMs)}`,
          tookMs,
        },
      ];
    case 'better-path':
      return [
        { kind: 'path', text: `${describe(to)} works again; moved back to it without a gap` },
      ];
    case 'policy':
      return [
        { kind: 'path', text: `${describe(from)} is not allowed any more; continued on ${onto}` },
      ];
  }
}

/** Which direction has moved, where only one has. */
function who({ moved }: Episode): string {
  if (moved.length !== 1) return '';
  return moved[0] === 'send' ? 'what you send ' : 'what you receive ';
}

function describe({ protocol, route, host }: Path): string {
  return route === 'proxy' ? `${name(protocol)} through ${host}` : `${name(protocol)} to ${host}`;
}

function tellSignaling(before: Connected, after: Connected, now: number): TimelineNote[] {
  if (after.signaling && !before.signaling) {
    const text = 'the connection to the meeting was lost; sound and picture go on without it';
    return [{ kind: 'signaling', text }];
  }
  if (before.signaling && !after.signaling) {
    const tookMs = now - before.signaling.since;
    const text = `connected to the meeting again after ${span(tookMs)}; nobody saw you leave`;
    return [{ kind: 'signaling', text, tookMs }];
  }
  return [];
}

function tellPathChange(before: Connected, after: Connected): TimelineNote[] {
  // Media that was moved on purpose has its own line.
  if (after.episode || before.episode) return [];
  const notes: TimelineNote[] = [];
  if (!isSamePath(before.path, after.path)) {
    notes.push({
      kind: 'path',
      text: `now on ${formatPath(after.path)}, before on ${formatPath(before.path)}`,
    });
  }
  if (after.fallback && !before.fallback) {
    const { wanted, using, reason } = after.fallback;
    const why = reason === 'blocked-at-join' ? 'did not come up' : 'was lost';
    notes.push({ kind: 'fallback', text: `${name(wanted)} ${why}; the call is on ${name(using)}` });
  }
  if (before.fallback && !after.fallback) {
    notes.push({ kind: 'fallback', text: `back on ${name(after.path.protocol)}` });
  }
  return notes;
}

function name(protocol: MediaProtocol): string {
  return protocol.toUpperCase();
}

/** Ms as a person says them: `640 ms`, `7.8 s`. */
function span(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function nth(attempt: number): string {
  const teen = attempt % 100 >= 11 && attempt % 100 <= 13;
  const suffix = teen ? 'th' : (['th', 'st', 'nd', 'rd'][attempt % 10] ?? 'th');
  return `${attempt}${suffix}`;
}
