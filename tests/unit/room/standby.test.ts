import { describe, expect, test } from 'vitest';
import type {
  CallState,
  Connected,
  LaneView,
  LinkView,
} from '../../../src/renderer/room/call-state.ts';
import {
  SPARE_CONNECT_MS,
  STANDBY_AFTER_MS,
  STANDBY_RETRY_MAX_MS,
  STANDBY_RETRY_MS,
} from '../../../src/renderer/room/limits.ts';
import { NO_ABILITIES } from '../../../src/renderer/room/call-state.ts';
import { NOW, RULES, TCP, able, ask, cutOff } from './call-samples.ts';

import {
  BUILD,
  DROP,
  LANE,
  callWith,
  done,
  laneOf,
  on,
  quiet,
  see,
  spare,
} from './lane-samples.ts';

describe('a standby', () => {
  const calm: LaneView = { active: on() };

  test('is built on the next path of the plan when the call has settled', () => {
    const young = { ...able, since: NOW - STANDBY_AFTER_MS + 1 };
    expect(done(see(young, calm))).toEqual([]);
    const decision = see(callWith({}), calm);
    expect(done(decision)).toEqual([BUILD]);
    expect(laneOf(decision).standby).toEqual({ to: TCP, since: NOW });
    expect(done(see(decision.state, calm, { now: NOW + 100 })), 'once').toEqual([]);
  });

  test.each([
    ['the setting is off', callWith({}), calm, { ...RULES, standby: false }],
    ['the server moves no media', { ...callWith({}), abilities: NO_ABILITIES }, calm, RULES],
    ['signaling is lost', { ...callWith({}), signaling: cutOff.signaling }, calm, RULES],
    ['nothing is received', callWith({}), { active: { status: 'unused' } }, RULES],
    ['the path is not known yet', callWith({}), { active: { status: 'connected' } }, RULES],
    ['there is no next path', callWith({}), { active: on(TCP) }, RULES],
    ['the last one failed just now', callWith({ standbyAfter: NOW + 1 }), calm, RULES],
  ] as [string, Connected, LaneView, typeof RULES][])(
    'is not built where %s',
    (_where, state, view, rules) => {
      expect(
        done(see(state, view, { rules })).filter(({ act }) => act === 'build'),
      ).not.toContainEqual(BUILD);
    },
  );

  test('is known to be up from the first look that shows it', () => {
    const state = callWith({ standby: { to: TCP, since: NOW - 500 } });
    const decision = see(state, { ...calm, standby: quiet() });
    expect(laneOf(decision).standby).toEqual({ to: TCP, since: NOW - 500, upSince: NOW });
    const later = see(decision.state, { ...calm, standby: quiet() }, { now: NOW + 400 });
    expect(laneOf(later).standby?.upSince).toBe(NOW);
  });

  test.each([
    ['failed', { status: 'failed' }, spare()],
    ['was lost', { status: 'disconnected' }, spare()],
    ['has no relay', { status: 'connecting', relayFault: 'refused' }, spare()],
    ['does not come up', { status: 'connecting' }, { to: TCP, since: NOW - SPARE_CONNECT_MS }],
    ['was never made', undefined, { to: TCP, since: NOW - SPARE_CONNECT_MS }],
  ] as [string, LinkView | undefined, ReturnType<typeof spare>][])(
    'that %s is dropped, and built anew after a while',
    (_what, view, standby) => {
      const lane: LaneView = { ...calm, ...(view && { standby: view }) };
      const decision = see(callWith({ standby }), lane);
      expect(done(decision)).toEqual([DROP]);
      const early = see(decision.state, calm, { now: NOW + STANDBY_RETRY_MS - 1 });
      expect(done(early)).toEqual([]);
      expect(done(see(decision.state, calm, { now: NOW + STANDBY_RETRY_MS }))).toEqual([BUILD]);
    },
  );

  test.each([
    ['is still coming up', { status: 'connecting' }, { to: TCP, since: NOW - 3_000 }],
    [
      'still waits for its relay',
      { status: 'connecting', relayFault: 'no-answer' },
      { to: TCP, since: NOW - 3_000 },
    ],
    ['has nothing to connect for', { status: 'unused' }, { to: TCP, since: NOW - 60_000 }],
  ] as [string, LinkView, ReturnType<typeof spare>][])(
    'that %s is left alone',
    (_what, view, standby) => {
      expect(done(see(callWith({ standby }), { ...calm, standby: view }))).toEqual([]);
    },
  );

  test('that fails again and again is built less and less often', () => {
    let state: CallState = callWith({ standby: spare() });
    let now = NOW;
    const waits: number[] = [];
    for (let round = 0; round < 8; round++) {
      const dropped = see(state, { ...calm, standby: { status: 'failed' } }, { now });
      const { standbyAfter } = laneOf(dropped);
      waits.push(standbyAfter - now);
      now = standbyAfter;
      state = see(dropped.state, calm, { now }).state;
    }
    expect(waits.slice(0, 3)).toEqual([1, 2, 4].map((times) => times * STANDBY_RETRY_MS));
    expect(Math.max(...waits)).toBe(STANDBY_RETRY_MAX_MS);
  });

  test('is dropped when ICE has taken the call to its path by itself', () => {
    const decision = see(callWith({ standby: spare() }), { active: on(TCP), standby: quiet() });
    expect(done(decision)).toContainEqual(DROP);
    expect(laneOf(decision)).toMatchObject({ standbyFailures: 0, standbyAfter: NOW });
  });

  test('is dropped when it is reported lost; a report of none is nothing', () => {
    const seen = { seen: 'spare-failed', ...LANE, spare: 'standby' } as const;
    const decision = ask(callWith({ standby: spare() }), seen);
    expect(decision.actions).toEqual([DROP]);
    expect(ask(callWith({}), seen).actions).toEqual([]);
  });
});
