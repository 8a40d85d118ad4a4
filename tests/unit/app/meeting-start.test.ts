import { describe, expect, test } from 'vitest';
import { joinTokenFor } from '../../../src/renderer/app/meeting/dev-token.ts';
import { rememberJoin, takeRememberedJoin } from '../../../src/renderer/app/meeting/resume-join.ts';
import type { Meeting } from '../../../src/shared/ipc.ts';

const MEETING: Meeting = {
  roomId: 'demo',
  serverUrl: 'http://127.0.0.1:4443',
  preferredProtocol: 'UDP_OVER_TCP',
  signalingBaseUrl: [],
};

describe('a join token', () => {
  const neverAsked: typeof fetch = (input) =>
    Promise.reject(
      new Error(`nobody may be asked: ${input instanceof Request ? input.url : input.toString()}`),
    );

  test('of the meeting is used as it is', async () => {
    expect(await joinTokenFor({ ...MEETING, token: 'a.b.c' }, 'Robin', neverAsked)).toBe('a.b.c');
  });

  test.each([
    { why: 'a server elsewhere', meeting: { serverUrl: 'https://meet.example.com' } },
    { why: 'a server here with TLS', meeting: { serverUrl: 'https://127.0.0.1:4443' } },
    {
      why: 'a host that only looks like this computer',
      meeting: { serverUrl: 'http://127.0.0.1.example.com' },
    },
    {
      why: 'a Cloud Proxy elsewhere',
      meeting: { signalingBaseUrl: ['https://proxy.example.com'] },
    },
    {
      why: 'a Cloud Proxy on this computer',
      meeting: { signalingBaseUrl: ['http://127.0.0.1:9464'] },
    },
  ])('is not asked for with $why', async ({ meeting }) => {
    const asked: string[] = [];
    const request: typeof fetch = (input) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return Promise.reject(new TypeError('Failed to fetch'));
    };
    expect(await joinTokenFor({ ...MEETING, ...meeting }, 'Robin', request)).toBe('');
    expect(asked).toEqual([]);
  });
});

describe('a join that main answers with a fresh document', () => {
  const JOIN = { displayName: 'Robin', cameraWanted: false, microphoneMuted: true };

  function store(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
    const items = new Map<string, string>();
    return {
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    };
  }

  test('is remembered once', () => {
    const memory = store();
    rememberJoin(JOIN, memory, 1_000);
    expect(takeRememberedJoin(memory, 2_000)).toEqual({ ...JOIN, at: 1_000 });
    expect(takeRememberedJoin(memory, 2_000)).toBeUndefined();
  });

  test('is forgotten when it is old', () => {
    const memory = store();
    rememberJoin(JOIN, memory, 1_000);
    expect(takeRememberedJoin(memory, 31_001)).toBeUndefined();
  });

  test('that is damaged is none', () => {
    const memory = store();
    rememberJoin(JOIN, memory, 1_000);
    const damaged = { ...memory, getItem: () => '{"displayName":' };
    expect(takeRememberedJoin(damaged, 2_000)).toBeUndefined();
  });
});
