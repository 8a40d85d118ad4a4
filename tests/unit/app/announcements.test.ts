import { describe, expect, test } from 'vitest';
import { announcementOf } from '../../../src/renderer/app/call/announcements.ts';
import { fallbackSentence } from '../../../src/renderer/app/call/text.ts';
import type { ConnectionState, Fallback } from '../../../src/shared/connection-state.ts';
import type { Path } from '../../../src/shared/path.ts';
import { RoomError } from '../../../src/shared/room-error.ts';

const UDP: Path = { route: 'direct', protocol: 'udp', host: '192.0.2.7', port: 44_444 };
const TCP: Path = { ...UDP, protocol: 'tcp' };
const FALLBACK: Fallback = { wanted: 'udp', using: 'tcp', since: 5, reason: 'blocked-at-join' };

const idle: ConnectionState = { phase: 'idle' };
const connecting: ConnectionState = { phase: 'connecting', step: 'signaling', plan: [UDP, TCP] };
const onUdp: ConnectionState = { phase: 'connected', path: UDP, quality: { level: 'good' } };
const onTcp: ConnectionState = {
  phase: 'connected',
  path: TCP,
  fallback: FALLBACK,
  quality: { level: 'good' },
};
const toTcp = {
  ...{ phase: 'migrating', from: UDP, to: TCP, reason: 'path-dead', since: 7 },
} as const satisfies ConnectionState;
const reconnecting: ConnectionState = {
  phase: 'reconnecting',
  attempt: 1,
  nextRetryAt: 9,
  reason: 'signaling-lost',
};

test.each([
  {
    reason: 'blocked-at-join',
    using: 'tcp',
    says: 'UDP is blocked on this network. The call goes on over TCP.',
  },
  {
    reason: 'lost-in-call',
    using: 'tls',
    says: 'UDP stopped working on this network. The call goes on over TLS.',
  },
] as const)('a fallback ($reason) is one sentence', ({ reason, using, says }) => {
  expect(fallbackSentence({ wanted: 'udp', using, since: 0, reason })).toBe(says);
});

describe('what is said aloud', () => {
  test.each<{ what: string; state: ConnectionState; previous: ConnectionState; said: string }>([
    { what: 'the start', state: connecting, previous: idle, said: 'Connecting…' },
    {
      what: 'the path',
      state: onUdp,
      previous: connecting,
      said: 'Connected. UDP · direct · 192.0.2.7:44444.',
    },
    {
      what: 'a fallback at join',
      state: onTcp,
      previous: connecting,
      said: 'UDP is blocked on this network. The call goes on over TCP.',
    },
    {
      what: 'a fallback in the call',
      state: onTcp,
      previous: onUdp,
      said: 'UDP is blocked on this network. The call goes on over TCP.',
    },
    { what: 'the return', state: onUdp, previous: onTcp, said: 'The call is back on UDP.' },
    {
      what: 'an interruption',
      state: reconnecting,
      previous: onUdp,
      said: 'The connection to the meeting was interrupted.',
    },
    {
      what: 'a fallback that a migration brought',
      state: { ...onTcp, fallback: { ...FALLBACK, reason: 'lost-in-call' } },
      previous: toTcp,
      said: 'UDP stopped working on this network. The call goes on over TCP.',
    },
    {
      what: 'a return that a migration brought',
      state: onUdp,
      previous: { ...toTcp, from: TCP, to: UDP, reason: 'better-path' },
      said: 'The call is back on UDP.',
    },
  ])('$what', ({ state, previous, said }) => {
    expect(announcementOf(state, previous)).toBe(said);
  });

  test.each<{ what: string; state: ConnectionState; previous: ConnectionState }>([
    {
      what: 'a new measurement of the same path',
      state: { ...onUdp, quality: { level: 'fair', roundTripMs: 90 } },
      previous: onUdp,
    },
    {
      what: 'a new measurement after a fallback',
      state: { ...onTcp, quality: { level: 'fair' } },
      previous: onTcp,
    },
    { what: 'a migration before it is over', state: toTcp, previous: onUdp },
    { what: 'a migration to the same protocol', state: onUdp, previous: { ...toTcp, to: UDP } },
    {
      what: 'a migration from one lesser path to another',
      state: onTcp,
      previous: { ...toTcp, from: TCP, to: TCP },
    },
    { what: 'the next attempt', state: { ...reconnecting, attempt: 2 }, previous: reconnecting },
    { what: 'the next step', state: { ...connecting, step: 'media' }, previous: connecting },
    {
      what: 'the end, which has its own screen',
      state: { phase: 'failed', error: new RoomError('NO_PATH').toData() },
      previous: reconnecting,
    },
  ])('$what is not', ({ state, previous }) => {
    expect(announcementOf(state, previous)).toBeUndefined();
  });
});
