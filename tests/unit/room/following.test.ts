import { describe, expect, test } from 'vitest';
import type { Connected, Episode, Lane, LaneView } from '../../../src/renderer/room/call-state.ts';
import { MOVES_PER_MINUTE, POLICY_OVERLAP_MS } from '../../../src/renderer/room/limits.ts';
import { cutOff, NOW, TCP, UDP } from './call-samples.ts';
import { callWith, done, DOUBLE, heard, on, quiet, see, SETTLE, spare } from './lane-samples.ts';

describe('when sending has just moved away', () => {
  const leftAt = NOW - 120;
  const episode: Episode = {
    ...{ from: UDP, to: TCP, reason: 'path-dead', since: NOW - 600, tookMs: 400 },
    moved: ['send'],
  };
  const moved = (about: Partial<Lane> = {}): Connected => {
    const state = callWith({ standby: spare(), ...about });
    const lanes = { ...state.lanes, send: { ...state.lanes.send, moves: [leftAt] } };
    return { ...state, lanes, episode };
  };
  const send: LaneView = { active: on(TCP) };
  const followed = (state: Connected, hearing = heard(), standby = quiet()) =>
    done(see(state, { active: on(UDP, hearing), standby }, { send }));

  test('receiving follows while media still comes in: it was the way out that was shut', () => {
    expect(followed(moved())).toContainEqual(DOUBLE);
    const state = moved({ doubled: { onto: 'standby', since: NOW - 100, reason: 'better-path' } });
    const there = on(TCP, heard({ heardAt: NOW - 10, silentMs: 10, usualGapMs: undefined }));
    expect(followed(state, heard(), there)).toContainEqual(SETTLE);
  });

  test('it is judged by itself where what came in last may have been under way by then', () => {
    expect(followed(moved(), heard({ heardAt: leftAt + 20, silentMs: 100 }))).toEqual([]);
  });

  test.each<{ what: string; about: Partial<Connected> }>([
    { what: 'for a better path', about: { episode: { ...episode, reason: 'better-path' } } },
    { what: 'and nothing can be asked of the server', about: { signaling: cutOff.signaling } },
    {
      what: 'and receiving has moved as well',
      about: { episode: { ...episode, moved: ['send', 'receive'] } },
    },
  ])('it stays when that was $what', ({ about }) => {
    expect(followed({ ...moved(), ...about })).toEqual([]);
  });

  test('it stays where no standby is up, or it has moved too often', () => {
    const coming = { status: 'connecting' } as const;
    expect(done(see(moved(), { active: on(), standby: coming }, { send }))).toEqual([]);
    const moves = Array.from({ length: MOVES_PER_MINUTE }, (_, index) => NOW - 30_000 + index);
    expect(followed(moved({ moves }))).toEqual([]);
  });
});

test('what nothing flows on leaves by policy what the other direction has left: one story, not two', () => {
  const asked = { onto: 'standby', since: NOW - POLICY_OVERLAP_MS, reason: 'policy' } as const;
  const state = callWith({ standby: spare(), doubled: asked });
  const episode: Episode = {
    ...{ from: UDP, to: TCP, reason: 'policy', since: NOW - 600, tookMs: 0 },
    moved: ['send'],
  };
  const unused = { status: 'unused' } as const;
  const { state: after } = see(
    { ...state, path: TCP, episode },
    { active: unused, standby: unused },
    { send: { active: on(TCP) } },
  );
  expect(after).toMatchObject({ lastEpisode: { from: UDP, to: TCP, moved: ['send', 'receive'] } });
});
