import { describe, expect, test } from 'vitest';
import { Origins } from '../../../server/proxy/signaling/origins.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';
const C = 'https://c.example.com';
const ROOMS = Array.from({ length: 300 }, (_, index) => `room-${index}`);

describe('the room server of a room', () => {
  test('is the same in every gateway, however its list is ordered', () => {
    for (const room of ROOMS) {
      expect(new Origins([A, B, C]).inOrderFor(room)).toEqual(
        new Origins([C, A, B]).inOrderFor(room),
      );
    }
  });

  test('rooms are spread over all servers', () => {
    const origins = new Origins([A, B, C]);
    const counts = Map.groupBy(ROOMS, (room) => origins.inOrderFor(room)[0]);
    for (const origin of [A, B, C]) {
      expect(counts.get(origin)?.length).toBeGreaterThan(ROOMS.length / 6);
    }
  });

  test('taking a server out moves only its own rooms', () => {
    const all = new Origins([A, B, C]);
    const fewer = new Origins([A, B]);
    for (const room of ROOMS) {
      const before = all.inOrderFor(room)[0];
      if (before !== C) expect(fewer.inOrderFor(room)[0]).toBe(before);
    }
  });

  test('a server that is down comes last for ten seconds, then first again', () => {
    let now = 0;
    const origins = new Origins([A, B], () => now);
    const [first, second] = origins.inOrderFor('demo');
    origins.markDown(first ?? '');
    expect(origins.inOrderFor('demo')).toEqual([second, first]);
    now = 10_001;
    expect(origins.inOrderFor('demo')).toEqual([first, second]);
    origins.markDown(first ?? '');
    origins.markUp(first ?? '');
    expect(origins.inOrderFor('demo')).toEqual([first, second]);
  });
});
