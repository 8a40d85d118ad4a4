import { describe, expect, test } from 'vitest';
import { secondsUntil } from '../../../src/renderer/app/call/countdown.ts';
import {
  formatBitrate,
  formatClock,
  formatMs,
  formatShare,
  tookOf,
} from '../../../src/renderer/app/call/format.ts';
import {
  AVATAR_COLOURS,
  avatarColour,
  initialsOf,
} from '../../../src/renderer/app/call/initials.ts';
import { CALL_TEXT, migrationSentence } from '../../../src/renderer/app/call/text.ts';
import { errorReport, timelineReport } from '../../../src/renderer/app/call/timeline-report.ts';
import { RoomError } from '../../../src/shared/room-error.ts';
import type { TimelineEntry } from '../../../src/shared/timeline.ts';

describe('the countdown to the next attempt', () => {
  test.each([
    { at: 10_000, now: 7_001, seconds: 3 },
    { at: 10_000, now: 7_000, seconds: 3 },
    { at: 10_000, now: 9_999, seconds: 1 },
    { at: 10_000, now: 10_000, seconds: 0 },
    { at: 10_000, now: 99_000, seconds: 0 },
  ])('at $now of $at shows $seconds s', ({ at, now, seconds }) => {
    expect(secondsUntil(at, now)).toBe(seconds);
  });

  test('says that it tries when there is nothing left to count', () => {
    expect(CALL_TEXT.retryIn(3, 2)).toBe('Trying again in 3 s (attempt 2)');
    expect(CALL_TEXT.retryIn(0, 2)).toBe('Trying now (attempt 2)');
  });
});

test.each([
  [formatMs(0.3), '< 1 ms'],
  [formatMs(48.4), '48 ms'],
  [formatMs(1400), '1.4 s'],
  [formatBitrate(820_400), '820 kbit/s'],
  [formatBitrate(2_410_000), '2.4 Mbit/s'],
  [formatShare(0), '0 %'],
  [formatShare(0.004), '0.4 %'],
  [formatShare(0.123), '12 %'],
  [formatClock(new Date(2031, 4, 6, 7, 8, 9).getTime()), '07:08:09'],
])('%s', (formatted, expected) => {
  expect(formatted).toBe(expected);
});

describe('a line of the timeline', () => {
  test.each([
    ['connected · UDP · direct', 305, '305 ms'],
    [
      'UDP through proxy.example.com stopped answering; continued on TCP after 640 ms',
      640.2,
      undefined,
    ],
    ['connected after 64 ms', 640, '640 ms'],
    ['connected to the meeting again after 7.8 s', 7810, undefined],
    ['left', undefined, undefined],
  ])('“%s” with %s ms took %s', (text, tookMs, took) => {
    expect(tookOf({ text, tookMs })).toBe(took);
  });
});

test.each([
  ['path-dead', 'tcp', 'UDP stopped answering. The call moves to TCP.'],
  ['path-dead', 'udp', 'UDP stopped answering. The call moves to a fresh connection.'],
  ['path-suspect', 'tls', 'UDP does not answer at the moment. The call tries TLS.'],
  ['better-path', 'tls', 'TLS works again. The call moves back to it.'],
  ['policy', 'tcp', 'UDP is not allowed any more. The call moves to TCP.'],
] as const)('a migration (%s, to %s) is one sentence', (reason, protocol, sentence) => {
  const from = { route: 'direct', protocol: 'udp', host: '192.0.2.7' } as const;
  const to = { ...from, protocol };
  expect(migrationSentence({ phase: 'migrating', from, to, reason, since: 0 })).toBe(sentence);
});

describe('initials', () => {
  test.each([
    { name: 'Ines Alvarado', initials: 'IA' },
    { name: 'Mara', initials: 'M' },
    { name: '  anna   maria von hof ', initials: 'AH' },
    { name: 'Åsa', initials: 'Å' },
    { name: '👩‍🚀 Kim', initials: '👩‍🚀K' },
    { name: '   ', initials: '?' },
  ])('of “$name” are $initials', ({ name, initials }) => {
    expect(initialsOf(name)).toBe(initials);
  });

  test('come on a colour that the tokens have, the same one every time', () => {
    for (const name of ['Ines', 'Tom', 'Priya', '李文', '']) {
      const colour = avatarColour(name);
      expect(colour).toBe(avatarColour(name));
      expect(colour).toBeGreaterThanOrEqual(0);
      expect(colour).toBeLessThan(AVATAR_COLOURS);
    }
  });
});

describe('the report for IT', () => {
  const timeline: TimelineEntry[] = [
    { at: 0, wallTime: Date.UTC(2031, 4, 6, 7, 8, 9), kind: 'state', text: 'joining' },
    { at: 96, wallTime: Date.UTC(2031, 4, 6, 7, 8, 10), kind: 'path', text: 'UDP', tookMs: 96 },
  ];

  test('has one line for each entry, with its time', () => {
    expect(timelineReport(timeline).split('\n')).toEqual([
      '2031-05-06T07:08:09.000Z  state      joining',
      '2031-05-06T07:08:10.000Z  path       UDP (96 ms)',
    ]);
  });

  test('has code, sentences, detail and history of an error', () => {
    const report = errorReport(
      new RoomError('UDP_BLOCKED', 'UDP · direct · 192.0.2.7').toData(),
      timeline,
    );
    expect(report).toMatch(/^UDP_BLOCKED: Your network blocks UDP/);
    expect(report).toContain('For IT: No UDP candidate pair connected');
    expect(report).toContain('Detail: UDP · direct · 192.0.2.7');
    expect(report).toContain('2031-05-06T07:08:10.000Z');
  });
});
