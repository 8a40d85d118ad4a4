import { describe, expect, test } from 'vitest';
import {
  type CallState,
  type Connected,
  type Connecting,
} from '../../../src/renderer/room/call-state.ts';
import {
  LANE_GIVE_UP_MS,
  MAX_ATTEMPTS,
  RENEW_AT_SHARE,
  RENEW_RETRY_MS,
  RETRY_FIRST_MS,
  RETRY_JITTER,
  RETRY_MAX_MS,
  STABLE_CALL_MS,
} from '../../../src/renderer/room/limits.ts';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import {
  RULES,
  NOW,
  connecting,
  reconnecting,
  connected,
  seenLinks,
  attemptFailed,
  closed,
  ask,
  acts,
  errorOf,
  deadlineOf,
} from './call-samples.ts';

describe('a link in trouble, on a server that cannot move media', () => {
  test.each(['disconnected', 'failed'] as const)(
    'means joining anew, at once, when it has %s',
    (status) => {
      const decision = ask(connected, seenLinks('connected', status));
      expect(acts(decision)).toEqual(['disconnect']);
      expect(decision.state).toMatchObject({
        phase: 'waiting',
        trip: { attempt: 1, reason: 'media-lost' },
      });
    },
  );

  test('is waited for while it comes up, and means joining anew when it never does', () => {
    const troubled = ask(connected, seenLinks('connected', 'connecting')).state;
    const seen = seenLinks('connected', 'connecting');
    expect(ask(troubled, seen, NOW + LANE_GIVE_UP_MS - 1).state.phase).toBe('connected');
    const decision = ask(troubled, seen, NOW + LANE_GIVE_UP_MS);
    expect(acts(decision)).toEqual(['disconnect']);
    expect(decision.state).toMatchObject({ phase: 'waiting', trip: { reason: 'media-lost' } });
  });

  test('is forgotten when it carries again: the next trouble has all the time once more', () => {
    const troubled = ask(connected, seenLinks('connecting')).state;
    const mended = ask(troubled, seenLinks('connected'), NOW + 3000).state;
    expect(mended).toMatchObject({ lanes: connected.lanes });
    const again = ask(mended, seenLinks('connecting'), NOW + 4000).state;
    const late = ask(again, seenLinks('connecting'), NOW + 4000 + LANE_GIVE_UP_MS - 1).state;
    expect(late.phase).toBe('connected');
  });
});

describe('signaling that ends in mid-call', () => {
  test.each([
    [1006, 'signaling-lost'],
    [CLOSE.IDLE, 'signaling-lost'],
    [CLOSE.ROOM_RESTARTED, 'room-restarted'],
    [CLOSE.SERVER_SHUTTING_DOWN, 'server-restarting'],
  ])('with code %i is joined anew: %s', (code, reason) => {
    expect(ask(connected, closed(code)).state).toMatchObject({
      phase: 'waiting',
      trip: { reason },
    });
  });

  test.each([
    [CLOSE.PEER_REPLACED, 'PEER_REPLACED'],
    [CLOSE.CLOSED_BY_SERVER, 'KICKED'],
    [CLOSE.TOKEN_EXPIRED, 'TOKEN_EXPIRED'],
  ])('with code %i is the end: %s', (code, error) => {
    const decision = ask(connected, closed(code));
    expect(errorOf(decision)).toBe(error);
    expect(acts(decision)).toEqual(['disconnect']);
  });
});

describe('coming back', () => {
  test('waits longer each time, never past the limit, and then connects', () => {
    const waits: number[] = [];
    let state: CallState = ask(connected, closed(1006)).state;
    let now = NOW;
    while (state.phase === 'waiting') {
      waits.push(state.nextRetryAt - now);
      now = state.nextRetryAt;
      const go = ask(state, { seen: 'clock' }, now);
      expect(acts(go)).toEqual(['connect']);
      state = ask(go.state, attemptFailed('SERVER_UNREACHABLE'), now).state;
    }
    expect(waits).toHaveLength(MAX_ATTEMPTS);
    expect(waits[0]).toBeLessThanOrEqual(RETRY_FIRST_MS);
    expect(Math.max(...waits)).toBeLessThanOrEqual(RETRY_MAX_MS);
    expect(waits.at(-1)).toBeGreaterThanOrEqual(RETRY_MAX_MS * (1 - RETRY_JITTER));
    expect(state).toMatchObject({
      phase: 'failed',
      error: {
        code: 'SIGNALING_LOST',
        detail: `${MAX_ATTEMPTS} attempts failed; the last one: SERVER_UNREACHABLE why`,
      },
    });
  });

  test('gives up as MEDIA_TIMEOUT when it was media that went', () => {
    const last: Connecting = {
      ...connecting,
      trip: { attempt: MAX_ATTEMPTS, reason: 'media-lost' },
    };
    expect(errorOf(ask(last, attemptFailed('SERVER_BUSY')))).toBe('MEDIA_TIMEOUT');
  });

  test.each(['SERVER_INVALID', 'SERVER_INCOMPATIBLE', 'PROXY_INVALID'] as const)(
    'tries again after %s: a server that restarts may say anything',
    (code) => {
      expect(ask(reconnecting, attemptFailed(code)).state.phase).toBe('waiting');
    },
  );

  test('does not try again what cannot succeed', () => {
    expect(errorOf(ask(reconnecting, attemptFailed('TOKEN_EXPIRED')))).toBe('TOKEN_EXPIRED');
  });

  test('a call that stood for a while starts counting anew, one that flaps does not', () => {
    const back: Connected = { ...connected, trip: { attempt: 5, reason: 'signaling-lost' } };
    const flapping = ask({ ...back, since: NOW - STABLE_CALL_MS + 1 }, closed(1006)).state;
    expect(flapping).toMatchObject({ trip: { attempt: 6 } });
    const stable = ask({ ...back, since: NOW - STABLE_CALL_MS }, closed(1006)).state;
    expect(stable).toMatchObject({ trip: { attempt: 1 } });
  });

  test('two clients wait differently', () => {
    const delays = [1, 2, 3, 4].map((seed) => {
      const { state } = ask(connected, closed(1006), NOW, { ...RULES, seed });
      return state.phase === 'waiting' ? state.nextRetryAt : NaN;
    });
    expect(new Set(delays).size).toBe(4);
  });
});

describe('relay credentials', () => {
  const lifetimeMs = 60_000;
  const leased = ask(connected, { seen: 'relay-lease', lifetimeMs }).state;
  const renewAt = NOW + lifetimeMs * RENEW_AT_SHARE;

  test('are renewed well before they end, and again until that has worked', () => {
    expect(deadlineOf(leased)).toBe(renewAt);
    expect(acts(ask(leased, { seen: 'clock' }, renewAt - 1))).toEqual([]);
    const renewing = ask(leased, { seen: 'clock' }, renewAt);
    expect(acts(renewing)).toEqual(['renew-relay']);
    expect(deadlineOf(renewing.state)).toBe(renewAt + RENEW_RETRY_MS);
    const again = ask(renewing.state, { seen: 'clock' }, renewAt + RENEW_RETRY_MS);
    expect(acts(again)).toEqual(['renew-relay']);
    expect(deadlineOf(again.state), 'less and less often').toBe(renewAt + 3 * RENEW_RETRY_MS);
    const renewed = ask(renewing.state, { seen: 'relay-lease', lifetimeMs }, renewAt + 50).state;
    expect(deadlineOf(renewed)).toBe(renewAt + 50 + lifetimeMs * RENEW_AT_SHARE);
  });

  test('that were granted while joining are kept into the call', () => {
    const before = ask(connecting, { seen: 'relay-lease', lifetimeMs }).state;
    const joined = ask(before, seenLinks('connected'), NOW + 100).state;
    expect(deadlineOf(joined)).toBe(renewAt);
  });

  test('with an absurd lifetime make no busy loop', () => {
    const absurd = ask(connected, { seen: 'relay-lease', lifetimeMs: 0 }).state;
    expect((deadlineOf(absurd) ?? 0) - NOW).toBeGreaterThanOrEqual(3000);
  });
});
