import { describe, expect, test } from 'vitest';
import type {
  CallState,
  Connected,
  Decision,
  Lane,
  LaneView,
  LinkRole,
  LinkView,
  Return,
} from '../../../src/renderer/room/call-state.ts';
import {
  DOUBLED_MAX_MS,
  FLAP_PAUSE_MAX_MS,
  FLAP_PAUSE_MS,
  FLAP_WINDOW_MS,
  MOVES_PER_MINUTE,
  PROBE_FIRST_MS,
  PROBE_LAPSE_MS,
  PROBE_PROOF_MS,
  PROBE_RETRY_MAX_MS,
  PROBE_RETRY_MS,
  SPARE_CONNECT_MS,
} from '../../../src/renderer/room/limits.ts';
import {
  leftBest,
  notUp,
  returned,
  settleReturn,
  untouched,
} from '../../../src/renderer/room/returning.ts';
import { NOW, TCP, UDP, able, acts, ask, cutOff } from './call-samples.ts';
import { heard, on, quiet, silent, spare, views } from './lane-samples.ts';

/** A call that has stood on TCP for a while, as far as not said otherwise. */
function onTcp(
  send: Partial<Lane> = {},
  receive: Partial<Lane> = {},
  about: Partial<Connected> = {},
): Connected {
  return {
    ...{ ...able, since: NOW - 60_000, path: TCP },
    lanes: {
      send: { ...able.lanes.send, ...send },
      receive: { ...able.lanes.receive, ...receive },
    },
    back: { ...untouched(), after: NOW },
    ...about,
  };
}

const see = (
  state: CallState,
  send: LaneView,
  receive: LaneView = { active: on(TCP) },
  now = NOW,
): Decision => ask(state, { seen: 'links', links: views(receive, send) }, now);

const BUILD = (role: LinkRole) => ({ act: 'build', role, spare: 'probe', path: UDP });
const calm: LaneView = { active: on(TCP) };
const probing = (since: number, upSince?: number): Partial<Lane> => ({
  probe: spare({ to: UDP, since, ...(upSince !== undefined && { upSince }) }),
});
const trying = (since: number): Partial<Lane> => ({ probe: { to: UDP, since } });
/** A probe that answers each ping. */
const answering = on(UDP, heard({ usualGapMs: 400 }));
const backOf = ({ state }: Decision): Return => {
  if (state.phase !== 'connected') throw new Error(state.phase);
  return state.back;
};

describe('on a lesser path', () => {
  test('the sending lane probes the better one, when it is time', () => {
    const early = onTcp({}, {}, { back: { ...untouched(), after: NOW + 1 } });
    expect(see(early, calm).actions).toEqual([]);
    expect(see(onTcp(), calm).actions).toEqual([BUILD('send')]);
  });

  test.each([
    ['signaling is lost', onTcp({}, {}, { signaling: cutOff.signaling })],
    ['the server moves no media', onTcp({}, {}, { abilities: { migration: false } })],
    ['the plan knows no better one', onTcp({}, {}, { plan: [TCP] })],
  ])('nothing is probed where %s', (_where, state) => {
    expect(see(state, calm).actions).toEqual([]);
  });

  test('a lane in trouble has other worries', () => {
    const { actions } = see(onTcp(), { active: on(TCP, silent(300)) });
    expect(actions).not.toContainEqual(BUILD('send'));
  });
});

describe('a probe', () => {
  test('that does not come up is dropped, and the next one made soon', () => {
    const state = onTcp(trying(NOW - SPARE_CONNECT_MS + 1));
    const probe: LinkView = { status: 'connecting' };
    expect(see(state, { ...calm, probe }).actions).toEqual([]);
    const over = see(state, { ...calm, probe }, undefined, NOW + 1);
    expect(over.actions).toEqual([{ act: 'drop', role: 'send', spare: 'probe' }]);
    expect(backOf(over)).toMatchObject({ failures: 1, flaps: 0, after: NOW + 1 + PROBE_RETRY_MS });
  });

  test.each([
    ['fails', { status: 'failed' }],
    ['is refused by the relay', { status: 'connecting', relayFault: 'refused' }],
    ['finds no relay', { status: 'connecting', relayFault: 'no-candidates' }],
  ] as [string, LinkView][])('that %s is dropped at once', (_what, probe) => {
    const decision = see(onTcp(trying(NOW - 100)), { ...calm, probe });
    expect(decision.actions).toEqual([{ act: 'drop', role: 'send', spare: 'probe' }]);
    expect(backOf(decision).failures).toBe(1);
  });

  test('proves itself for a while before media follows', () => {
    const state = onTcp(probing(NOW - PROBE_PROOF_MS - 200, NOW - PROBE_PROOF_MS + 1));
    expect(see(state, { ...calm, probe: answering }).actions).toEqual([]);
    const decision = see(state, { ...calm, probe: answering }, undefined, NOW + 1);
    expect(decision.actions).toEqual([{ act: 'double', role: 'send', spare: 'probe' }]);
    expect(decision.state).toMatchObject({
      lanes: { send: { doubled: { onto: 'probe', reason: 'better-path' } } },
    });
  });

  test.each([
    ['lapses', on(UDP, silent(PROBE_LAPSE_MS, NOW, { usualGapMs: 400 }))],
    ['is lost', { ...answering, status: 'disconnected' as const }],
  ])('that came up and %s counts against the path', (_what, probe) => {
    const decision = see(onTcp(probing(NOW - 4_000, NOW - 3_500)), { ...calm, probe });
    expect(decision.actions).toEqual([{ act: 'drop', role: 'send', spare: 'probe' }]);
    expect(backOf(decision)).toMatchObject({ flaps: 1, after: NOW + FLAP_PAUSE_MS });
  });

  test('is dropped when ICE has gone back by itself', () => {
    const state = onTcp(probing(NOW - 1_000), {}, { path: UDP });
    const decision = see(state, { active: on(UDP), probe: quiet(UDP) }, { active: on(UDP) });
    expect(acts(decision)).toContain('drop');
  });
});

describe('media moves to a better path', () => {
  const doubled = { onto: 'probe', since: NOW - 100, reason: 'better-path' } as const;
  const state = onTcp({ ...probing(NOW - 8_000, NOW - 7_000), doubled, standby: spare() });
  const heardThere = on(UDP, heard({ heardAt: NOW - 10 }));

  test('as soon as it is heard there, while the old one still carries', () => {
    const decision = see(state, { active: on(TCP), probe: heardThere, standby: quiet() });
    expect(decision.actions).toEqual([
      { act: 'settle', role: 'send', on: 'probe' },
      { act: 'drop', role: 'send', spare: 'standby' },
    ]);
    expect(backOf(decision)).toMatchObject({ returnedAt: NOW, failures: 0 });
    expect(decision.state).toMatchObject({
      path: TCP,
      episode: { from: TCP, to: UDP, reason: 'better-path', moved: ['send'], tookMs: 0 },
    });
  });

  test('the receiving lane follows when the sending one stands there, without a trial of its own', () => {
    const moved = see(state, { active: on(TCP), probe: heardThere }).state;
    const follow = see(moved, { active: on(UDP) }, calm, NOW + 400);
    expect(follow.actions).toContainEqual(BUILD('receive'));
    expect(follow.state, 'one story').toMatchObject({ episode: { moved: ['send'] } });
    // It is silent until it is asked for media: that is no lapse.
    const fresh = on(UDP, heard({ heardAt: 0, silentMs: 0, usualGapMs: undefined }));
    const receive = { active: on(TCP), probe: fresh };
    const up = see(follow.state, { active: on(UDP) }, receive, NOW + 700);
    expect(up.actions).toContainEqual({ act: 'double', role: 'receive', spare: 'probe' });
  });

  test('the receiving lane does not go ahead', () => {
    const stays = onTcp({ ...probing(NOW - 1_000, NOW - 500) });
    expect(see(stays, { ...calm, probe: answering }).actions).toEqual([]);
  });

  test('and is called back when nothing arrives there, which counts against the path', () => {
    const since = NOW - DOUBLED_MAX_MS;
    const late = onTcp({ ...probing(NOW - 9_000, NOW - 8_500), doubled: { ...doubled, since } });
    const nothing = on(UDP, heard({ heardAt: since, silentMs: 400 }));
    const decision = see(late, { active: on(TCP), probe: nothing });
    expect(decision.actions).toEqual([
      { act: 'settle', role: 'send', on: 'active' },
      { act: 'drop', role: 'send', spare: 'probe' },
    ]);
    expect(backOf(decision)).toMatchObject({ flaps: 1, after: NOW + FLAP_PAUSE_MS });
  });

  test('also where nobody is there, and nothing asks the receiving probe to connect', () => {
    const back = { ...untouched(), returnedAt: NOW - 4_000 };
    const receive: LaneView = { active: quiet(TCP), probe: { status: 'unused' } };
    const send = { active: on(UDP) };
    const fresh = onTcp({}, trying(NOW - 100), { back });
    const early = see(fresh, send, receive).actions.filter(({ act }) => act === 'double');
    expect(early, 'it may not be known yet').toEqual([]);
    const idle = see(onTcp({}, trying(NOW - 2_000), { back }), send, receive);
    expect(idle.actions).toContainEqual({ act: 'double', role: 'receive', spare: 'probe' });
    const moved = see(idle.state, send, receive, NOW + DOUBLED_MAX_MS);
    expect(moved.actions).toContainEqual({ act: 'settle', role: 'receive', on: 'probe' });
  });

  test('when nobody has sent anything on either: it may as well', () => {
    const since = NOW - DOUBLED_MAX_MS;
    const returnedAt = NOW - 4_000;
    const state = onTcp({}, { ...probing(since, since), doubled: { ...doubled, since } });
    const receive = { active: quiet(TCP), probe: quiet(UDP) };
    const decision = see(
      { ...state, back: { ...untouched(), returnedAt } },
      { active: on(UDP) },
      receive,
    );
    expect(decision.actions).toContainEqual({ act: 'settle', role: 'receive', on: 'probe' });
    expect(decision.state).toMatchObject({ path: UDP, back: { flaps: 0 } });
  });
});

describe('a proven better path is not moved to', () => {
  const proven = probing(NOW - 9_000, NOW - 8_000);

  test('while signaling is lost: nothing can be asked of the server', () => {
    const cut = { signaling: cutOff.signaling };
    expect(see(onTcp(proven, {}, cut), { ...calm, probe: answering }).actions).toEqual([]);
    // The receiving one cannot be heard before it is asked for media: no lapse either.
    const both = onTcp({}, proven, cut);
    const receive = { active: on(TCP), probe: on(UDP, silent(9_000)) };
    expect(see(both, { active: on(UDP) }, receive).actions).toEqual([]);
  });

  test('by a lane that has moved too often in the last minute', () => {
    const moves = Array.from({ length: MOVES_PER_MINUTE }, (_, index) => NOW - 59_000 + index);
    const state = onTcp({ ...proven, moves });
    expect(see(state, { ...calm, probe: answering }).actions).toEqual([]);
    const later = see(state, { ...calm, probe: answering }, undefined, NOW + 1_000);
    expect(acts(later)).toContain('double');
  });
});

describe('what is held against the better path', () => {
  test('a first loss: it is looked for soon', () => {
    expect(leftBest(untouched(), NOW)).toEqual({
      after: NOW + PROBE_FIRST_MS,
      failures: 0,
      flaps: 0,
    });
  });

  test('probes that find nothing: looked for less often, but often enough', () => {
    let back = untouched();
    const waits = [0, 1, 2, 3].map(() => {
      back = notUp(back, NOW);
      const wait = back.after - NOW;
      back = { ...back, after: 0 };
      return wait;
    });
    expect(waits).toEqual([
      PROBE_RETRY_MS,
      PROBE_RETRY_MAX_MS,
      PROBE_RETRY_MAX_MS,
      PROBE_RETRY_MAX_MS,
    ]);
  });

  test('a path that fails soon after each return is left alone for longer and longer', () => {
    let back = untouched();
    const pauses: number[] = [];
    for (let now = NOW; pauses.length < 8; now += FLAP_WINDOW_MS - 1) {
      back = leftBest(returned(settleReturn(back, now), now), now + FLAP_WINDOW_MS - 1);
      pauses.push(back.after - now - FLAP_WINDOW_MS + 1);
    }
    expect(pauses.slice(0, 4)).toEqual([1, 2, 4, 8].map((times) => times * FLAP_PAUSE_MS));
    expect(Math.max(...pauses)).toBe(FLAP_PAUSE_MAX_MS);
  });

  test('a return that lasts clears it', () => {
    const flapped = { ...returned(untouched(), NOW), flaps: 3 };
    expect(settleReturn(flapped, NOW + FLAP_WINDOW_MS - 1).flaps).toBe(3);
    expect(settleReturn(flapped, NOW + FLAP_WINDOW_MS).flaps).toBe(0);
    const left = leftBest(settleReturn(flapped, NOW + FLAP_WINDOW_MS), NOW + FLAP_WINDOW_MS);
    expect(left.after).toBe(NOW + FLAP_WINDOW_MS + PROBE_FIRST_MS);
  });

  test('a pause is not shortened by what is learned meanwhile', () => {
    const paused = { ...untouched(), flaps: 4, after: NOW + 200_000 };
    expect(notUp(paused, NOW).after).toBe(NOW + 200_000);
    expect(leftBest(paused, NOW).after).toBe(NOW + 200_000);
  });
});
