import { beforeEach, describe, expect, test } from 'vitest';
import type { RemoteTrack } from '../../../src/renderer/room/contract.ts';
import { Roster } from '../../../src/renderer/room/roster.ts';

let events: string[];
let roster: Roster;

beforeEach(() => {
  events = [];
  roster = new Roster({
    onChange: () => undefined,
    onJoined: ({ displayName }) => events.push(`+${displayName}`),
    onLeft: ({ displayName }) => events.push(`-${displayName}`),
  });
});

const ADA = { id: 'a', displayName: 'Ada' };
const BOB = { id: 'b', displayName: 'Bob' };

function track(consumerId: string, kind: 'audio' | 'video'): RemoteTrack {
  // The roster passes tracks on and never looks into them.
  const opaque = { kind } as MediaStreamTrack;
  return { consumerId, producerId: `p-${consumerId}`, kind, track: opaque, paused: false };
}

describe('the roster', () => {
  test('has peers in order of arrival, each with the track of a kind that was shown last', () => {
    roster.add(ADA);
    roster.add(BOB);
    roster.showTrack('a', track('1', 'video'));
    roster.showTrack('a', track('2', 'video'));
    roster.showTrack('a', track('3', 'audio'));
    expect(roster.peers).toMatchObject([
      { displayName: 'Ada', video: { consumerId: '2' }, audio: { consumerId: '3' } },
      { displayName: 'Bob', video: undefined, audio: undefined },
    ]);
    expect(roster.trackOf('a', 'video')?.consumerId).toBe('2');
    expect(roster.trackOf('b', 'video')).toBeUndefined();
    roster.removeTrack('1');
    expect(roster.peers[0]?.video?.consumerId, 'the one that is shown stays').toBe('2');
    roster.removeTrack('2');
    expect(roster.peers[0]?.video).toBeUndefined();
  });

  test('changes nothing that is held: a new array, a new object for the peer that changed', () => {
    roster.add(ADA);
    roster.add(BOB);
    const before = roster.peers;
    roster.showTrack('b', track('1', 'audio'));
    expect(roster.peers).not.toBe(before);
    expect(roster.peers[0]).toBe(before[0]);
    expect(roster.peers[1]).not.toBe(before[1]);
    expect(before[1]?.audio).toBeUndefined();
  });

  test('keeps a track that is known before its peer', () => {
    roster.showTrack('a', track('1', 'video'));
    expect(roster.peers).toEqual([]);
    roster.add(ADA);
    expect(roster.peers[0]?.video?.consumerId).toBe('1');
  });

  test('shows a pause, on the track it is for', () => {
    roster.add(ADA);
    roster.showTrack('a', track('1', 'video'));
    roster.setPaused('1', true);
    roster.setPaused('unknown', true);
    expect(roster.peers[0]?.video?.paused).toBe(true);
  });

  test('through a reconnection nobody leaves and comes back', () => {
    roster.reset([ADA, BOB]);
    roster.showTrack('a', track('1', 'video'));
    roster.clearTracks();
    expect(roster.peers.map(({ video }) => video)).toEqual([undefined, undefined]);
    roster.reset([BOB, { id: 'c', displayName: 'Cyd' }]);
    expect(events).toEqual(['+Ada', '+Bob', '-Ada', '+Cyd']);
    expect(roster.peers.map(({ id }) => id)).toEqual(['b', 'c']);
  });

  test('when the call is over nobody is there, and nobody has left for it', () => {
    roster.add(ADA);
    roster.clear();
    expect(roster.peers).toEqual([]);
    expect(events).toEqual(['+Ada']);
  });

  test('a new name is a change, not an arrival', () => {
    roster.add(ADA);
    roster.add({ id: 'a', displayName: 'Ada L.' });
    expect(events).toEqual(['+Ada']);
    expect(roster.peers[0]?.displayName).toBe('Ada L.');
  });

  test('who leaves takes their tracks along', () => {
    roster.add(ADA);
    roster.showTrack('a', track('1', 'video'));
    roster.remove('a');
    roster.add(ADA);
    expect(roster.peers[0]?.video).toBeUndefined();
    roster.remove('unknown');
    expect(events).toEqual(['+Ada', '-Ada', '+Ada']);
  });
});
