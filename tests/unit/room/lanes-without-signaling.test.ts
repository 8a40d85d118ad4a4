import { describe, expect, test } from 'vitest';
import type {
  CallState,
  Connected,
  Lane,
  LaneView,
} from '../../../src/renderer/room/call-state.ts';
import {
  ALL_LOST_MS,
  DOUBLED_MAX_MS,
  LANE_GIVE_UP_MS,
  REBUILD_CONNECT_MS,
  RESUME_CHANCE_BESIDE_OTHERS_MS,
  RESUME_CHANCE_MS,
} from '../../../src/renderer/room/limits.ts';
import { ask, cutOff, NOW, RULES, TCP, UDP } from './call-samples.ts';
import {
  BUILD,
  callWith,
  done,
  DOUBLE,
  DOUBLE_SOUND,
  DROP,
  heard,
  laneOf,
  on,
  quiet,
  REVERT,
  see,
  silent,
  spare,
} from './lane-samples.ts';

const suspectView = on(UDP, silent(250));

describe('while signaling is lost', () => {
  const cut = { ...callWith({ standby: spare() }), signaling: cutOff.signaling };

  test('a doubt is waited out, for nothing can be asked of the server', () => {
    const decision = see(cut, { active: suspectView, standby: quiet() });
    expect(done(decision)).toEqual([]);
    expect(decision.state.phase).toBe('connected');
  });

  test('somebody who stops to send is not taken for the loss of all, however long it lasts', () => {
    const calm = { ...cut.lanes.receive, troubleSince: NOW - LANE_GIVE_UP_MS };
    for (const state of [cut, { ...cut, lanes: { ...cut.lanes, receive: calm } }]) {
      const stopped: LaneView = { active: on(UDP, silent(6_000)), standby: quiet() };
      const decision = see(state, stopped);
      expect(decision.state.phase).toBe('connected');
      expect(done(decision)).toEqual([]);
    }
  });

  test('nor where media was just asked for on both: that is settled when signaling is back', () => {
    const since = NOW - DOUBLED_MAX_MS;
    const doubled = { onto: 'standby', since, reason: 'path-suspect' } as const;
    const lane = { standby: spare(), troubleSince: since, doubled };
    const state = { ...callWith(lane), signaling: cutOff.signaling };
    const stopped: LaneView = {
      active: on(UDP, silent(2_800)),
      standby: on(TCP, silent(2_500, NOW, { heardAt: 0, usualGapMs: undefined })),
    };
    const waiting = see(state, stopped);
    expect(waiting.state.phase).toBe('connected');
    expect(done(waiting)).toEqual([]);
    const resumed = ask(waiting.state, { seen: 'resumed' }).state;
    expect(done(see(resumed, stopped))).toEqual([REVERT]);
  });

  test('what could not be looked into meanwhile has all the time when signaling is back', () => {
    const doubtful = { standby: spare(), troubleSince: NOW - LANE_GIVE_UP_MS };
    const state = { ...callWith(doubtful), signaling: cutOff.signaling };
    const back = ask(state, { seen: 'resumed' }).state;
    const decision = see(back, { active: on(UDP, silent(6_000)), standby: quiet() });
    expect(decision.state.phase).toBe('connected');
    expect(done(decision)).toEqual([DOUBLE_SOUND]);
  });

  test('one direction that does not answer for long means joining anew', () => {
    const lane = { standby: spare(), troubleSince: NOW - LANE_GIVE_UP_MS };
    const gone = { ...callWith(lane), signaling: cutOff.signaling };
    const active = on(UDP, silent(5_200, NOW, { consentMs: 5_200 }));
    const send = { active: on(UDP, silent(400)) };
    expect(see(gone, { active, standby: quiet() }, { send }).state.phase).toBe('waiting');
  });

  test('both directions silent mean that all is lost', () => {
    const gone: LaneView = { active: on(UDP, silent(ALL_LOST_MS)), standby: quiet() };
    expect(see(cut, gone, { send: gone }).state).toMatchObject({
      phase: 'waiting',
      trip: { reason: 'signaling-lost' },
    });
  });

  test.each([
    [false, RESUME_CHANCE_MS],
    [true, RESUME_CHANCE_BESIDE_OTHERS_MS],
  ])(
    'but first the server is asked for the place (other proxies: %s)',
    (hasOtherProxies, chance) => {
      const rules = { ...RULES, hasOtherProxies };
      const gone: LaneView = { active: on(UDP, silent(2_000)), standby: quiet() };
      const trying = (forMs: number): Connected => {
        const signaling = { since: NOW - forMs, attempt: 1, nextRetryAt: NOW, isTrying: true };
        return { ...cut, signaling };
      };
      const early = see(trying(chance - 1), gone, { send: gone, rules });
      expect(early.state.phase).toBe('connected');
      expect(early.actions).toEqual([]);
      expect(see(trying(chance), gone, { send: gone, rules }).state.phase).toBe('waiting');
    },
  );
});

describe('media that was lost together with signaling, which is back', () => {
  const SINCE = NOW - 1_000;
  const back = (about: Partial<Lane> = {}): CallState => {
    const lane = { standby: spare(), troubleSince: SINCE, ...about };
    return ask({ ...callWith(lane), signaling: cutOff.signaling }, { seen: 'resumed' }).state;
  };
  /** As when the address has changed: nothing has answered since. */
  const deaf = silent(1_000, NOW, { consentMs: 1_600 });
  const active = on(UDP, deaf);
  const standby = on(TCP, silent(9_000, NOW, { usualGapMs: Infinity, consentMs: 2_000 }));
  const doubled = { onto: 'standby', since: SINCE, reason: 'path-suspect' } as const;

  test.each([
    ['beside the call', {}, [DROP]],
    ['that media is asked for on', { doubled }, [REVERT, DROP]],
  ])('gives up a standby %s, and is built anew on the best path', (_where, lane, drops) => {
    const first = see(back(lane), { active, standby });
    expect(done(first)).toEqual(drops);
    const next = see(first.state, { active });
    expect(done(next)).toEqual([{ ...BUILD, path: UDP }]);
    const up = see(next.state, { active, standby: quiet(UDP) }, { now: NOW + 150 });
    expect(done(up)).toEqual([DOUBLE]);
    expect(laneOf(up).doubled).toMatchObject({ reason: 'path-dead' });
  });

  test('goes on to the next path where the best does not come up soon', () => {
    const building = see(see(back(), { active, standby }).state, { active }).state;
    const connecting: LaneView = { active, standby: { status: 'connecting' } };
    const soon = see(building, connecting, { now: NOW + REBUILD_CONNECT_MS - 1 });
    expect(done(soon)).toEqual([]);
    const late = see(building, connecting, { now: NOW + REBUILD_CONNECT_MS });
    expect(done(late)).toEqual([DROP]);
    const next = see(late.state, { active }, { now: NOW + REBUILD_CONNECT_MS + 30 });
    expect(done(next)).toEqual([BUILD]);
  });

  test('stays where it is heard again meanwhile', () => {
    const now = NOW + 400;
    const asked = see(see(back(), { active, standby }).state, { active }).state;
    const both = see(asked, { active, standby: quiet(UDP) }, { now: NOW + 150 }).state;
    const well = on(UDP, heard({ heardAt: NOW + 300, silentMs: 100 }));
    const noticed = see(both, { active: well, standby: quiet(UDP) }, { now }).state;
    const again = on(UDP, heard({ heardAt: NOW + 420, silentMs: 10 }));
    const settled = see(noticed, { active: again, standby: quiet(UDP) }, { now: NOW + 430 });
    expect(done(settled)).toEqual([REVERT]);
    expect(laneOf(settled).mustMove).toBeUndefined();
  });

  test.each([
    ['standby', { active, standby: quiet() }],
    ['link', { active: on(UDP, silent(1_000, NOW, { consentMs: 300 })), standby }],
  ])('is judged as ever where a %s has answered since', (_which, links) => {
    expect(done(see(back(), links))).toEqual([DOUBLE_SOUND]);
  });
});
