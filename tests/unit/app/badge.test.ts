import { describe, expect, test } from 'vitest';
import { badgeLine, badgeOf } from '../../../src/renderer/app/call/badge-text.ts';
import type { ConnectionState, Quality } from '../../../src/shared/connection-state.ts';
import type { Path } from '../../../src/shared/path.ts';
import { RoomError } from '../../../src/shared/room-error.ts';

const DIRECT: Path = { route: 'direct', protocol: 'udp', host: '127.0.0.1', port: 44_444 };
const PROXIED: Path = { route: 'proxy', protocol: 'tls', host: 'proxy.example.com', port: 443 };

function connected(path: Path, quality: Quality): ConnectionState {
  return { phase: 'connected', path, quality };
}

describe('a connected call', () => {
  test.each([
    { path: DIRECT, roundTripMs: 2.2, line: 'UDP · direct · 127.0.0.1:44444 · 2 ms' },
    { path: DIRECT, roundTripMs: 0.4, line: 'UDP · direct · 127.0.0.1:44444 · < 1 ms' },
    { path: DIRECT, roundTripMs: undefined, line: 'UDP · direct · 127.0.0.1:44444' },
    { path: PROXIED, roundTripMs: 31, line: 'TLS · proxy proxy.example.com · 31 ms' },
    {
      path: { ...PROXIED, protocol: 'tcp' as const, httpProxy: 'squid:3128' },
      roundTripMs: 5,
      line: 'TCP · proxy proxy.example.com via squid:3128 · 5 ms',
    },
    {
      path: { ...DIRECT, protocol: 'tcp' as const, host: '2001:db8::7' },
      roundTripMs: 1400,
      line: 'TCP · direct · [2001:db8::7]:44444 · 1.4 s',
    },
  ])('reads $line', ({ path, roundTripMs, line }) => {
    const quality: Quality = { level: 'good', ...(roundTripMs !== undefined && { roundTripMs }) };
    const badge = badgeOf(connected(path, quality));
    expect(badgeLine(badge.parts)).toBe(line);
  });

  test('a narrow window leaves out the address and keeps protocol, route by proxy, and round trip', () => {
    const main = (path: Path): string[] =>
      badgeOf(connected(path, { level: 'good', roundTripMs: 3 }))
        .parts.filter(({ weight }) => weight === 'main')
        .map(({ text }) => text);
    expect(main(DIRECT)).toEqual(['UDP', '3 ms']);
    expect(main(PROXIED)).toEqual(['TLS', 'proxy', '3 ms']);
  });

  test('keeps its path while the connection to the meeting is mended', () => {
    const state: ConnectionState = {
      phase: 'connected',
      path: DIRECT,
      quality: { level: 'good', roundTripMs: 2 },
      signaling: { attempt: 1, nextRetryAt: 9 },
    };
    const badge = badgeOf(state);
    expect(badgeLine(badge.parts)).toBe('UDP · direct · 127.0.0.1:44444 · 2 ms');
    expect(badge).toMatchObject({
      tone: 'busy',
      description: 'Sound and picture go on; reconnecting to the meeting. Shows details.',
    });
  });

  test.each([
    { level: 'good', bars: 3, said: 'Good connection. Shows details.' },
    { level: 'fair', bars: 2, said: 'Fair connection. Shows details.' },
    { level: 'poor', bars: 1, said: 'Poor connection. Shows details.' },
    { level: 'unknown', bars: 0, said: 'Connection quality not known yet. Shows details.' },
  ] as const)('says quality $level with $bars bars and in words', ({ level, bars, said }) => {
    const badge = badgeOf(connected(DIRECT, { level }));
    expect(badge.bars).toBe(bars);
    expect(badge.description).toBe(said);
  });
});

describe('any other phase', () => {
  test.each<{ state: ConnectionState; text: string; tone: string }>([
    { state: { phase: 'idle' }, text: 'Not connected', tone: 'unknown' },
    {
      state: { phase: 'connecting', step: 'media', plan: [DIRECT] },
      text: 'Connecting…',
      tone: 'busy',
    },
    {
      state: {
        phase: 'migrating',
        from: DIRECT,
        to: { ...DIRECT, protocol: 'tcp' },
        reason: 'path-dead',
        since: 0,
      },
      text: 'Switching to TCP…',
      tone: 'busy',
    },
    {
      state: { phase: 'reconnecting', attempt: 1, nextRetryAt: 0, reason: 'media-lost' },
      text: 'Reconnecting…',
      tone: 'busy',
    },
    {
      state: { phase: 'failed', error: new RoomError('NO_PATH').toData() },
      text: 'Connection failed',
      tone: 'bad',
    },
    { state: { phase: 'left', by: 'user' }, text: 'Call ended', tone: 'unknown' },
  ])('$state.phase reads $text', ({ state, text, tone }) => {
    const badge = badgeOf(state);
    expect(badgeLine(badge.parts)).toBe(text);
    expect(badge.tone).toBe(tone);
  });
});
