import { describe, expect, test } from 'vitest';
import { RoomError } from '../../../src/shared/room-error.ts';
import { parseRoomOptions } from '../../../src/renderer/room/room-options.ts';

const GOOD = {
  roomId: 'weekly',
  token: 'aaa.bbb.ccc',
  displayName: ' Ada ',
  serverUrl: 'wss://Meet.example.com',
};

describe('room options', () => {
  test('are normalised, with the defaults filled in', () => {
    expect(parseRoomOptions(GOOD)).toMatchObject({
      displayName: 'Ada',
      preferredProtocol: 'UDP_OVER_TCP',
      route: 'direct',
      server: { httpOrigin: 'https://meet.example.com', wsOrigin: 'wss://meet.example.com' },
      proxies: [],
    });
  });

  test.each([
    ['a bare host', 'proxy.example.com', ['https://proxy.example.com']],
    ['host and port', 'proxy.example.com:8443', ['https://proxy.example.com:8443']],
    ['a URL', 'https://proxy.example.com/', ['https://proxy.example.com']],
    ['a list', ['a.example', 'b.example'], ['https://a.example', 'https://b.example']],
    ['a list that repeats itself', ['a.example', 'https://A.example'], ['https://a.example']],
  ])('signalingBaseUrl may be %s: the route is then proxy', (_what, signalingBaseUrl, origins) => {
    const target = parseRoomOptions({ ...GOOD, signalingBaseUrl });
    expect(target.route).toBe('proxy');
    expect(target.proxies.map(({ httpOrigin }) => httpOrigin)).toEqual(origins);
  });

  test.each([
    ['an empty string', ''],
    ['an empty list', []],
    ['nothing', undefined],
  ])('signalingBaseUrl may be %s: the route is then direct', (_what, signalingBaseUrl) => {
    expect(parseRoomOptions({ ...GOOD, signalingBaseUrl }).route).toBe('direct');
  });

  test.each([
    ['no room', { roomId: '' }, /^roomId: The meeting has no name/],
    ['a room with a slash', { roomId: 'a/b' }, /^roomId: /],
    ['a damaged token', { token: 'abc' }, /^token/],
    ['no name', { displayName: ' ' }, /^displayName: /],
    [
      'a plain server elsewhere',
      { serverUrl: 'http://meet.example.com' },
      /^serverUrl: .*http:\/\//,
    ],
    ['an unknown mode', { preferredProtocol: 'PIGEON' }, /^preferredProtocol/],
    ['a proxy with a path', { signalingBaseUrl: 'p.example.com/x' }, /^signalingBaseUrl/],
    [
      'an empty proxy in a list: never taken for direct',
      { signalingBaseUrl: [''] },
      /^signalingBaseUrl/,
    ],
    ['a mistyped option', { preferedProtocol: 'TCP_ONLY' }, /preferedProtocol/],
  ])('%s is refused with the reason', (_what, change, detail) => {
    expect.assertions(2);
    try {
      parseRoomOptions({ ...GOOD, ...change });
    } catch (error) {
      expect(error).toBeInstanceOf(RoomError);
      expect(error).toMatchObject({
        code: 'INPUT_INVALID',
        detail: expect.stringMatching(detail) as string,
      });
    }
  });

  test('that are no object at all are refused', () => {
    for (const options of [undefined, null, 'room', 7]) {
      expect(() => parseRoomOptions(options)).toThrow(RoomError);
    }
  });
});
