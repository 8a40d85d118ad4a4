import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LinkRole } from '../../../../src/renderer/room/call-state.ts';
import { LANE_GIVE_UP_MS } from '../../../../src/renderer/room/limits.ts';
import type { Outcome } from './outcome.ts';
import { Trace } from './trace.ts';
import { simulate } from './virtual-call.ts';

/**
 * Traces of what networks, servers and computers do, replayed through the call's brain in virtual
 * time, each with many seeds: other moments, other losses. Bounds are those of the real thing.
 */

const SEEDS = Array.from({ length: 40 }, (_, index) => index + 1);
/** Of the call, after it was joined, ms. */
const JOINED_BY = 1_000;

function replay(name: string): Outcome[] {
  const file = new URL(`./traces/${name}.json`, import.meta.url);
  const trace = Trace.parse(JSON.parse(readFileSync(file, 'utf8')));
  const outcomes = SEEDS.map((seed) => simulate(trace, seed));
  for (const { violations, state } of outcomes) {
    expect(violations).toEqual([]);
    expect(state.phase).toBe('connected');
  }
  return outcomes;
}

const gapsOf = ({ gaps }: Outcome, role?: LinkRole): number[] =>
  gaps
    .filter((gap) => gap.from > JOINED_BY && (role === undefined || gap.role === role))
    .map(({ ms }) => ms);
const longest = (outcome: Outcome, role?: LinkRole): number =>
  Math.max(0, ...gapsOf(outcome, role));
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? NaN;
const protocols = ({ paths }: Outcome): string => paths.map(({ protocol }) => protocol).join(' ');

describe('UDP is cut, and opened again after 20 s', () => {
  test.each([
    ['cut-both-ways', ['send', 'receive']],
    ['cut-out', ['send']],
    ['cut-in', ['receive']],
  ] as const)('%s: media goes on within half a second, and comes back unnoticed', (name, roles) => {
    const outcomes = replay(name);
    for (const role of roles) {
      const freezes = outcomes.map((outcome) => longest(outcome, role));
      expect(percentile(freezes, 0.5)).toBeLessThanOrEqual(400);
      expect(percentile(freezes, 0.95)).toBeLessThanOrEqual(800);
      expect(Math.min(...freezes), 'the model cuts what it is told to').toBeGreaterThan(100);
    }
    for (const outcome of outcomes) {
      expect(protocols(outcome)).toBe('udp tcp udp');
      expect(outcome.rejoins).toEqual([]);
      expect(outcome.migrations).toHaveLength(4);
      const reopened = 30_000;
      const back = outcome.paths.at(-1)?.at ?? NaN;
      expect(back - reopened).toBeLessThanOrEqual(20_000);
      expect(outcome.gaps.filter(({ from }) => from > reopened - 5_000)).toEqual([]);
    }
  });

  test('a server with the base protocol alone is joined anew', () => {
    for (const outcome of replay('plain-server')) {
      expect(outcome.rejoins).toHaveLength(1);
      expect(outcome.migrations).toEqual([]);
      expect(longest(outcome)).toBeLessThanOrEqual(1_500);
    }
  });

  test('UDP only: no other way is taken, and the call is there again when it is open', () => {
    for (const outcome of replay('udp-only')) {
      expect(protocols(outcome)).toBe('udp');
      expect(longest(outcome)).toBeLessThanOrEqual(22_500);
    }
  });

  test('alone and muted: both directions move, and move back', () => {
    for (const outcome of replay('alone')) {
      expect(protocols(outcome)).toBe('udp tcp udp');
      expect(outcome.rejoins).toEqual([]);
      expect(outcome.builds).toBeLessThanOrEqual(20);
    }
  });
});

test('UDP flapping every 5 s for a minute: at most 4 migrations, and 4 s without media in all', () => {
  for (const outcome of replay('flapping')) {
    expect(outcome.migrations.filter(({ at }) => at < 70_000).length).toBeLessThanOrEqual(4);
    for (const role of ['send', 'receive'] as const) {
      expect(gapsOf(outcome, role).reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(4_000);
    }
    expect(outcome.rejoins).toEqual([]);
  }
});

describe('no migration and no joining anew that was not needed', () => {
  test.each([
    ['loss', '20 % random loss for 60 s'],
    ['busy', 'both cores busy for 30 s, then a page that stalls for 3 s'],
    ['sleep', 'asleep for 60 s'],
    ['speech', 'ten minutes of speech with pauses'],
    ['idle', 'ten minutes muted and idle'],
    ['signaling', 'signaling killed, and somebody who stops to send meanwhile'],
  ])('%s: %s', (name) => {
    for (const outcome of replay(name)) {
      expect(outcome.migrations).toEqual([]);
      expect(outcome.rejoins).toEqual([]);
      expect(longest(outcome)).toBeLessThanOrEqual(500);
    }
  });
});

test('the address changes: media goes on within 2 s in the same place, on the same path', () => {
  for (const outcome of replay('address')) {
    expect(outcome.rejoins).toEqual([]);
    expect(outcome.paths.map(({ protocol }) => protocol)).toEqual(['udp']);
    const once = outcome.gaps.filter(({ from }) => from > JOINED_BY && from < 40_000);
    expect(once, 'the model changes what it is told to').not.toEqual([]);
    for (const { ms } of once) expect(ms).toBeLessThanOrEqual(2_000);
    expect(longest(outcome)).toBeLessThanOrEqual(3_500);
  }
});

describe('UDP is cut, and the server does not do its part of a move', () => {
  test.each([
    // Until ICE gives the old path up, which is the only evidence then.
    ['accepted', 'it accepts, and sends nothing', 12_000],
    // Until the lane is given up (LANE_GIVE_UP_MS), and the room joined anew.
    ['refused', 'it refuses', LANE_GIVE_UP_MS + 1_500],
    ['late', 'it answers too late', 3_000],
  ])('%s: %s, and the call goes on all the same', (how, _what, limitMs) => {
    for (const outcome of replay(`migration-${how}`)) {
      expect(outcome.paths.some(({ protocol }) => protocol === 'tcp')).toBe(true);
      expect(longest(outcome)).toBeLessThanOrEqual(limitMs);
    }
  });
});

test('the room server restarts: back within 3 s after it listens again', () => {
  for (const outcome of replay('server-restart')) {
    expect(outcome.rejoins).toHaveLength(1);
    expect(longest(outcome)).toBeLessThanOrEqual(4_000 + 3_000);
  }
});
