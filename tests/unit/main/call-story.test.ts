import { expect, it } from 'vitest';
import { CallStory } from '../../../src/main/log/call-story.ts';
import type { ConnectionState } from '../../../src/shared/connection-state.ts';
import type { Path } from '../../../src/shared/path.ts';
import { RoomError } from '../../../src/shared/room-error.ts';

const udp: Path = { route: 'direct', protocol: 'udp', host: '127.0.0.1', port: 44444 };
const tcp: Path = { ...udp, protocol: 'tcp' };
const connected = (path: Path, roundTripMs?: number): ConnectionState => ({
  phase: 'connected',
  path,
  quality: roundTripMs === undefined ? { level: 'unknown' } : { level: 'good', roundTripMs },
});

function tell(...states: ConnectionState[]): string[] {
  const story = new CallStory();
  return states.flatMap((state) => story.report(state)).map(({ text }) => text);
}

it('tells a whole call, a line for each change', () => {
  expect(
    tell(
      { phase: 'idle' },
      { phase: 'connecting', step: 'discovery', plan: [] },
      { phase: 'connecting', step: 'signaling', plan: [udp] },
      connected(udp, 2.4),
      connected(udp, 3),
      connected(udp, 40),
      { phase: 'reconnecting', attempt: 1, nextRetryAt: 5, reason: 'signaling-lost' },
      { phase: 'reconnecting', attempt: 1, nextRetryAt: 9, reason: 'signaling-lost' },
      { phase: 'reconnecting', attempt: 2, nextRetryAt: 5, reason: 'signaling-lost' },
      connected(udp, 0.4),
      { phase: 'left', by: 'user' },
    ),
  ).toEqual([
    'connecting',
    'connected · UDP · direct · 127.0.0.1:44444 · 2 ms',
    'reconnecting, attempt 1: the connection to the meeting was lost',
    'reconnecting, attempt 2: the connection to the meeting was lost',
    'connected · UDP · direct · 127.0.0.1:44444 · < 1 ms',
    'left the meeting',
  ]);
});

it('waits one sample for the round trip', () => {
  expect(tell(connected(udp), connected(udp, 2))).toEqual([
    'connected · UDP · direct · 127.0.0.1:44444 · 2 ms',
  ]);
});

it('does not wait for more than one sample', () => {
  expect(tell(connected(udp), connected(udp), connected(udp, 2))).toEqual([
    'connected · UDP · direct · 127.0.0.1:44444',
  ]);
});

it('loses no path that was left before its first sample', () => {
  expect(tell(connected(udp), connected(tcp, 5))).toEqual([
    'connected · UDP · direct · 127.0.0.1:44444',
    'connected · TCP · direct · 127.0.0.1:44444 · 5 ms',
  ]);
});

it('tells a fallback once, before the path that it led to', () => {
  const fallen = (roundTripMs: number): ConnectionState => ({
    ...(connected(tcp, roundTripMs) as Extract<ConnectionState, { phase: 'connected' }>),
    fallback: { wanted: 'udp', using: 'tcp', since: 17, reason: 'blocked-at-join' },
  });
  expect(tell(fallen(3), fallen(4))).toEqual([
    'fallback · UDP did not come up here, the call goes over TCP',
    'connected · TCP · direct · 127.0.0.1:44444 · 3 ms',
  ]);
});

it('tells a failure with its code, as an error, and once', () => {
  const story = new CallStory();
  const failed: ConnectionState = {
    phase: 'failed',
    error: new RoomError('UDP_BLOCKED', '127.0.0.1:44444').toData(),
  };
  const [line, ...rest] = [...story.report(failed), ...story.report(failed)];
  expect(rest).toEqual([]);
  expect(line?.level).toBe('error');
  expect(line?.text).toMatch(
    /^failed · UDP_BLOCKED · Your network blocks UDP.*\(127\.0\.0\.1:44444\)$/,
  );
});

it('tells the next call in the same room from its beginning', () => {
  const call: ConnectionState[] = [
    { phase: 'connecting', step: 'signaling', plan: [] },
    connected(udp, 2),
    { phase: 'left', by: 'user' },
  ];
  expect(tell(...call, ...call)).toHaveLength(6);
});
