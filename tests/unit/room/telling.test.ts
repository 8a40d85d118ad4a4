import { describe, expect, test } from 'vitest';
import {
  FRESH_LANE,
  NO_ABILITIES,
  type CallState,
  type Connected,
  type Connecting,
  type Episode,
} from '../../../src/renderer/room/call-state.ts';
import { viewConnection } from '../../../src/renderer/room/connection-view.ts';
import { untouched } from '../../../src/renderer/room/returning.ts';
import { tellChange } from '../../../src/renderer/room/story.ts';
import { Timeline } from '../../../src/renderer/room/timeline.ts';
import { ConnectionState, type Fallback } from '../../../src/shared/connection-state.ts';
import type { Path } from '../../../src/shared/path.ts';
import { RoomError } from '../../../src/shared/room-error.ts';

const UDP: Path = { route: 'direct', protocol: 'udp', host: '192.0.2.1', port: 44_444 };
const TCP: Path = { ...UDP, protocol: 'tcp' };
const connecting: Connecting = {
  phase: 'connecting',
  trip: { attempt: 0 },
  since: 1000,
  step: 'media',
  plan: [UDP, TCP],
};
const connected: Connected = {
  phase: 'connected',
  trip: { attempt: 0 },
  since: 1400,
  plan: [UDP, TCP],
  path: UDP,
  wasPreferred: true,
  offered: [],
  abilities: NO_ABILITIES,
  lanes: { send: FRESH_LANE, receive: FRESH_LANE },
  back: untouched(),
};
const fallback: Fallback = { wanted: 'udp', using: 'tcp', since: 2000, reason: 'blocked-at-join' };
const RELAYED: Path = { route: 'proxy', protocol: 'udp', host: 'proxy.example.com' };
const episode: Episode = {
  from: RELAYED,
  to: { ...RELAYED, protocol: 'tcp' },
  reason: 'path-dead',
  since: 2000,
  moved: ['send', 'receive'],
  tookMs: 640.4,
};
const failed: CallState = {
  phase: 'failed',
  error: new RoomError('ROOM_FULL', 'close code 4423').toData(),
};

describe('the timeline tells', () => {
  const texts = (before: CallState, after: CallState, now = 1400, roundTripMs?: number): string[] =>
    tellChange(before, after, now, roundTripMs).map(({ text }) => text);

  test.each<[string, Partial<Episode>, string]>([
    [
      'a dead path',
      {},
      'UDP through proxy.example.com stopped answering; continued on TCP after 640 ms',
    ],
    [
      'one dead direction',
      { moved: ['send'], tookMs: 1240 },
      'UDP through proxy.example.com stopped answering; what you send continued on TCP after 1.2 s',
    ],
    [
      'a fresh connection over the same protocol',
      { to: RELAYED },
      'UDP through proxy.example.com stopped answering; continued on a fresh connection after 640 ms',
    ],
    [
      'a return',
      { from: TCP, to: UDP, reason: 'better-path' },
      'UDP to 192.0.2.1 works again; moved back to it without a gap',
    ],
  ])('%s in one line, when it is over', (_what, more, text) => {
    const moving: Connected = { ...connected, episode: { ...episode, ...more } };
    expect(texts(connected, moving)).toEqual([]);
    const over: Connected = { ...connected, lastEpisode: { ...episode, ...more } };
    expect(texts(moving, over)).toEqual([text]);
    expect(texts(over, { ...over }), 'once').toEqual([]);
  });

  test('the loss of signaling alone, and its end', () => {
    const lost: Connected = {
      ...connected,
      signaling: { since: 2000, attempt: 1, nextRetryAt: 2100, isTrying: false },
    };
    expect(texts(connected, lost)).toEqual([
      'the connection to the meeting was lost; sound and picture go on without it',
    ]);
    expect(texts(lost, connected, 9810)).toEqual([
      'connected to the meeting again after 7.8 s; nobody saw you leave',
    ]);
  });

  test.each([
    ['a join', { phase: 'idle' }, connecting, 'joining'],
    ['a path', connecting, connected, 'connected · UDP · direct · 192.0.2.1:44444 · 2 ms'],
    [
      'a fallback',
      { ...connected, path: TCP },
      { ...connected, path: TCP, fallback },
      'UDP did not come up; the call is on TCP',
    ],
    [
      'a fallback in mid-call',
      { ...connected, path: TCP },
      { ...connected, path: TCP, fallback: { ...fallback, reason: 'lost-in-call' } },
      'UDP was lost; the call is on TCP',
    ],
    [
      'the loss of signaling',
      connected,
      {
        phase: 'waiting',
        trip: { attempt: 1, reason: 'signaling-lost' },
        since: 1400,
        nextRetryAt: 1650,
      },
      'the connection to the meeting was lost; joining anew in 0.3 s',
    ],
    [
      'a further attempt',
      { ...connecting, trip: { attempt: 2, reason: 'signaling-lost' } },
      {
        phase: 'waiting',
        trip: { attempt: 3, reason: 'signaling-lost' },
        since: 1400,
        nextRetryAt: 2400,
      },
      'that attempt failed; joining anew in 1.0 s',
    ],
    [
      'its number',
      { phase: 'waiting', trip: { attempt: 3 }, since: 0, nextRetryAt: 0 },
      { ...connecting, trip: { attempt: 3, reason: 'media-lost' } },
      'joining anew (3rd attempt)',
    ],
    [
      'a failure',
      connecting,
      failed,
      'ROOM_FULL: This meeting is full. Try again when somebody has left. (close code 4423)',
    ],
    ['the end', connected, { phase: 'left' }, 'left'],
  ] as [string, CallState, CallState, string][])('%s', (_what, before, after, text) => {
    expect(texts(before, after, 1400, 2)).toEqual([text]);
  });

  test('a change of path, and the end of a fallback', () => {
    expect(texts({ ...connected, path: TCP, fallback }, connected)).toEqual([
      'now on UDP · direct · 192.0.2.1:44444, before on TCP · direct · 192.0.2.1:44444',
      'back on UDP',
    ]);
  });

  test('nothing when nothing changed that a person would see', () => {
    expect(texts(connected, { ...connected, lesserSince: 7 })).toEqual([]);
    expect(texts(connecting, { ...connecting, step: 'media' })).toEqual([]);
  });

  test.each([
    [
      'path-dead',
      ['receive', 'send'],
      'UDP to 192.0.2.1 stopped answering; continued on TCP after 640 ms',
    ],
    [
      'path-dead',
      ['send'],
      'UDP to 192.0.2.1 stopped answering; what you send continued on TCP after 640 ms',
    ],
    [
      'path-dead',
      ['receive'],
      'UDP to 192.0.2.1 stopped answering; what you receive continued on TCP after 640 ms',
    ],
    [
      'better-path',
      ['send', 'receive'],
      'TCP to 192.0.2.1 works again; moved back to it without a gap',
    ],
    ['policy', ['send', 'receive'], 'UDP to 192.0.2.1 is not allowed any more; continued on TCP'],
  ] as const)('media that moved: %s, %s', (reason, moved, text) => {
    const episode = { from: UDP, to: TCP, reason, since: 900, moved, tookMs: 640.4 };
    const moving: Connected = { ...connected, path: TCP, episode };
    const after: Connected = { ...connected, path: TCP, lastEpisode: episode };
    expect(texts(connected, moving), 'when it is over').toEqual([]);
    expect(texts(moving, after)).toEqual([text]);
    expect(texts(after, { ...after, wasPreferred: true }), 'once').toEqual([]);
  });

  test('through a proxy it is the proxy that stopped answering, and a fresh connection is one', () => {
    const from: Path = { route: 'proxy', protocol: 'udp', host: 'proxy.example.com', port: 443 };
    const episode = {
      reason: 'path-dead',
      since: 1,
      moved: ['send', 'receive'],
      tookMs: 300,
    } as const;
    const after: Connected = { ...connected, lastEpisode: { ...episode, from, to: from } };
    expect(texts(connected, after)).toEqual([
      'UDP through proxy.example.com stopped answering; continued on a fresh connection after 300 ms',
    ]);
  });

  test('the loss of signaling that media survives, and its end', () => {
    const signaling = { since: 1000, attempt: 1, nextRetryAt: 1000, isTrying: true };
    const cut: Connected = { ...connected, signaling };
    expect(texts(connected, cut)).toEqual([
      'the connection to the meeting was lost; sound and picture go on without it',
    ]);
    expect(texts(cut, { ...cut, signaling: { ...signaling, attempt: 2 } })).toEqual([]);
    expect(texts(cut, connected, 1750)).toEqual([
      'connected to the meeting again after 750 ms; nobody saw you leave',
    ]);
  });

  test('how long connecting took', () => {
    expect(tellChange(connecting, connected, 1410)[0]?.tookMs).toBe(410);
  });
});

test('the timeline redacts what looks like a token and never goes back in time', () => {
  const timeline = new Timeline();
  timeline.add({ kind: 'error', text: 'refused eyJhbGciOi.eyJzdWIi.c2ln', tookMs: -3 });
  timeline.add({ kind: 'state', text: 'left' });
  const [first, second] = timeline.entries;
  expect(first?.text).toBe('refused [redacted]');
  expect(first?.tookMs).toBe(0);
  expect(second?.at).toBeGreaterThanOrEqual(first?.at ?? NaN);
});

describe('the connection as the app sees it', () => {
  const view = (state: CallState): ConnectionState =>
    viewConnection(state, { level: 'good' }, (monotonic) => monotonic + 5000);

  test.each([
    ['idle', { phase: 'idle' }],
    ['connecting', connecting],
    ['connected', { ...connected, path: TCP, fallback }],
    ['reconnecting', { phase: 'waiting', trip: { attempt: 1 }, since: 1, nextRetryAt: 2 }],
    ['failed', failed],
    ['left', { phase: 'left' }],
  ] as [string, CallState][])('%s is a valid value of the contract', (phase, state) => {
    expect(ConnectionState.parse(view(state)).phase).toBe(phase);
  });

  test('a reconnection stays one while it connects, and its times are wall times', () => {
    const trip = { attempt: 2, reason: 'media-lost' } as const;
    expect(view({ ...connecting, trip })).toEqual({
      phase: 'reconnecting',
      attempt: 2,
      nextRetryAt: 6000,
      reason: 'media-lost',
    });
    expect(view({ phase: 'waiting', trip, since: 1000, nextRetryAt: 1500 })).toMatchObject({
      nextRetryAt: 6500,
    });
    expect(view({ ...connected, path: TCP, fallback })).toMatchObject({
      fallback: { since: 7000 },
    });
  });
});
