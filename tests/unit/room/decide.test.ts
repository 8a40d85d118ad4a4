import { describe, expect, test } from 'vitest';
import { IDLE, type CallState, type Observation } from '../../../src/renderer/room/call-state.ts';
import {
  PLAN,
  connecting,
  reconnecting,
  connected,
  waiting,
  failed,
  left,
  seenLinks,
  attemptFailed,
  closed,
  ask,
  acts,
} from './call-samples.ts';

/** Every kind of observation, one of each. */
const OBSERVATIONS: Record<Observation['seen'], Observation> = {
  join: { seen: 'join', plan: PLAN },
  step: { seen: 'step', step: 'signaling' },
  links: seenLinks('connecting'),
  'proxy-entered': { seen: 'proxy-entered', otherProxies: [], failures: [] },
  'no-media-to-connect': { seen: 'no-media-to-connect' },
  'attempt-failed': attemptFailed('SERVER_UNREACHABLE'),
  'signaling-closed': closed(1006),
  'restart-failed': { seen: 'restart-failed', role: 'send' },
  'relay-lease': { seen: 'relay-lease', lifetimeMs: 60_000 },
  clock: { seen: 'clock' },
  'retry-now': { seen: 'retry-now' },
  leave: { seen: 'leave' },
};

/** What each state makes of each kind of observation: the phase after it, and the actions. */
const TABLE: [string, CallState, Record<Observation['seen'], string>][] = [
  [
    'idle',
    IDLE,
    {
      join: 'connecting: connect',
      step: 'idle',
      links: 'idle',
      'proxy-entered': 'idle',
      'no-media-to-connect': 'idle',
      'attempt-failed': 'idle',
      'signaling-closed': 'idle',
      'restart-failed': 'idle',
      'relay-lease': 'idle',
      clock: 'idle',
      'retry-now': 'idle',
      leave: 'left',
    },
  ],
  [
    'connecting for the first time',
    connecting,
    {
      join: 'connecting',
      step: 'connecting',
      links: 'connecting',
      'proxy-entered': 'connecting',
      'no-media-to-connect': 'connected',
      'attempt-failed': 'failed: disconnect',
      'signaling-closed': 'failed: disconnect',
      'restart-failed': 'connecting',
      'relay-lease': 'connecting',
      clock: 'connecting',
      'retry-now': 'connecting',
      leave: 'left: disconnect',
    },
  ],
  [
    'connecting anew',
    reconnecting,
    {
      join: 'connecting',
      step: 'connecting',
      links: 'connecting',
      'proxy-entered': 'connecting',
      'no-media-to-connect': 'connected',
      'attempt-failed': 'waiting: disconnect',
      'signaling-closed': 'waiting: disconnect',
      'restart-failed': 'connecting',
      'relay-lease': 'connecting',
      clock: 'connecting',
      'retry-now': 'connecting',
      leave: 'left: disconnect',
    },
  ],
  [
    'connected',
    connected,
    {
      join: 'connected',
      step: 'connected',
      links: 'connected',
      'proxy-entered': 'connected',
      'no-media-to-connect': 'connected',
      'attempt-failed': 'connected',
      'signaling-closed': 'waiting: disconnect',
      'restart-failed': 'waiting: disconnect',
      'relay-lease': 'connected',
      clock: 'connected',
      'retry-now': 'connected',
      leave: 'left: disconnect',
    },
  ],
  [
    'waiting',
    waiting,
    {
      join: 'waiting',
      step: 'waiting',
      links: 'waiting',
      'proxy-entered': 'waiting',
      'no-media-to-connect': 'waiting',
      'attempt-failed': 'waiting',
      'signaling-closed': 'waiting',
      'restart-failed': 'waiting',
      'relay-lease': 'waiting',
      clock: 'waiting',
      'retry-now': 'connecting: connect',
      leave: 'left: disconnect',
    },
  ],
  ['failed', failed, everything('failed', { leave: 'left' })],
  ['left', left, everything('left')],
];

function everything(
  phase: string,
  but: Partial<Record<Observation['seen'], string>> = {},
): Record<Observation['seen'], string> {
  const kinds = Object.keys(OBSERVATIONS) as Observation['seen'][];
  return Object.fromEntries(kinds.map((kind) => [kind, but[kind] ?? phase])) as Record<
    Observation['seen'],
    string
  >;
}

describe.each(TABLE)('%s', (_name, state, row) => {
  test.each(Object.entries(row))('seeing %s: %s', (kind, expected) => {
    const decision = ask(state, OBSERVATIONS[kind as Observation['seen']]);
    const actions = acts(decision).join(', ');
    expect(decision.state.phase + (actions && `: ${actions}`)).toBe(expected);
  });
});
