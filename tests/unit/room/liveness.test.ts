import { describe, expect, test } from 'vitest';
import type { LinkView } from '../../../src/renderer/room/call-state.ts';
import {
  CONSENT_SUSPECT_MS,
  IRREGULAR_GAP_MS,
  LOOK_DOUBLED_MS,
  LOOK_MAX_MS,
  LOOK_MIN_MS,
  ONE_SIDED_MARGIN_MS,
  SILENCE_MARGIN_MS,
  SILENCE_MIN_MS,
  SILENCE_UNKNOWN_MS,
} from '../../../src/renderer/room/limits.ts';
import {
  isHeardSince,
  isStillHeard,
  judgeLink,
  nextLookIn,
  type Condition,
} from '../../../src/renderer/room/liveness.ts';
import { NOW, UDP } from './call-samples.ts';
import { heard, on, quiet, silent, views } from './lane-samples.ts';

/** The longest silence that is in order after a rhythm of 400 ms: speech with pauses. */
const SPEECH_LIMIT = 941;

describe('a link is', () => {
  test.each([
    ['idle', 'that nothing asked to connect', { status: 'unused' }],
    ['connecting', 'that is not up yet', { status: 'connecting' }],
    ['dead', 'that WebRTC has lost', { status: 'disconnected', hearing: heard() }],
    ['dead', 'that has failed', { status: 'failed' }],
    ['well', 'that is connected and was not listened to yet', { status: 'connected' }],
    ['well', 'that is lively', on()],
    ['well', 'that was silent as long as it may be', on(UDP, silent(SILENCE_MIN_MS - 1))],
    ['suspect', 'that is silent for longer than it ever is', on(UDP, silent(SILENCE_MIN_MS))],
    [
      'well',
      'on which somebody pauses to speak',
      on(UDP, silent(SPEECH_LIMIT - 1, NOW, { usualGapMs: 400 })),
    ],
    [
      'suspect',
      'on which not even pauses are sent',
      on(UDP, silent(SPEECH_LIMIT, NOW, { usualGapMs: 400 })),
    ],
    [
      'suspect',
      'that began with silence',
      on(UDP, silent(SILENCE_UNKNOWN_MS, NOW, { usualGapMs: undefined })),
    ],
    ['well', 'on which nothing regular flows', quiet()],
    [
      'dead',
      'on which nothing regular flows, when its consent checks are not answered',
      on(UDP, silent(CONSENT_SUSPECT_MS, NOW, { usualGapMs: Infinity, consentMs: 6_000 })),
    ],
    [
      'well',
      'whose consent checks get lost while media comes in',
      on(UDP, heard({ consentMs: CONSENT_SUSPECT_MS * 2 })),
    ],
  ] as [Condition, string, LinkView][])('%s: one %s', (condition, _what, view) => {
    expect(judgeLink(view)).toBe(condition);
  });

  test('well when its silence was looked into, until something was heard again', () => {
    const hearing = silent(3_000);
    expect(judgeLink(on(UDP, hearing), { acceptedSilence: hearing.heardAt })).toBe('well');
    const since = { ...hearing, heardAt: hearing.heardAt + 20 };
    expect(judgeLink(on(UDP, since), { acceptedSilence: hearing.heardAt })).toBe('suspect');
    const unanswered = { ...hearing, silentMs: 7_000, consentMs: 7_000 };
    expect(judgeLink(on(UDP, unanswered), { acceptedSilence: hearing.heardAt })).toBe('dead');
  });

  test('suspect sooner when the other direction is in doubt', () => {
    const view = on(UDP, silent(100 + SILENCE_MARGIN_MS, NOW, { usualGapMs: 100 }));
    expect(judgeLink(view)).toBe('well');
    expect(judgeLink(view, { isOtherInDoubt: true })).toBe('suspect');
    const short = on(UDP, silent(SILENCE_MIN_MS - 1, NOW, { usualGapMs: 20 }));
    expect(judgeLink(short, { isOtherInDoubt: true }), 'but not at once').toBe('well');
  });

  test('suspect soonest when only what says nothing of the way out has come since', () => {
    const oneSided = (silentMs: number, usualGapMs: number) =>
      judgeLink(on(UDP, silent(silentMs, NOW, { usualGapMs, isOneSided: true })));
    expect(oneSided(170 + ONE_SIDED_MARGIN_MS - 1, 170)).toBe('well');
    expect(oneSided(170 + ONE_SIDED_MARGIN_MS, 170)).toBe('suspect');
    expect(oneSided(SILENCE_MIN_MS - 1, 20), 'but not at once').toBe('well');
  });
});

test.each([
  [20, SILENCE_MIN_MS],
  [100, 280],
  [400, SPEECH_LIMIT],
  [IRREGULAR_GAP_MS, 1_601],
  [IRREGULAR_GAP_MS + 1, undefined],
  [undefined, SILENCE_UNKNOWN_MS],
])('after gaps of %s ms, %s ms of silence are suspicious', (usualGapMs, limit) => {
  const isSuspect = (silentMs: number): boolean =>
    judgeLink(on(UDP, silent(silentMs, NOW, { usualGapMs }))) === 'suspect';
  const found = Array.from({ length: 3_000 }, (_, silentMs) => silentMs).find(isSuspect);
  expect(found).toBe(limit);
});

test('what was heard since counts only on a link that is connected', () => {
  expect(isHeardSince(on(UDP, heard({ heardAt: 11 })), 10)).toBe(true);
  expect(isHeardSince(on(UDP, heard({ heardAt: 10 })), 10)).toBe(false);
  expect(isHeardSince({ ...on(UDP, heard({ heardAt: 11 })), status: 'failed' }, 10)).toBe(false);
  expect(isHeardSince({ status: 'connected' }, 10)).toBe(false);
  expect(isHeardSince(undefined, 0)).toBe(false);
});

test('a link goes on carrying while it is heard in its rhythm, or its consent lasts', () => {
  expect(isStillHeard(on(UDP, silent(SILENCE_MIN_MS - 1)))).toBe(true);
  expect(isStillHeard(on(UDP, silent(SILENCE_MIN_MS)))).toBe(false);
  const idle = { usualGapMs: Infinity };
  expect(isStillHeard(on(UDP, silent(CONSENT_SUSPECT_MS - 1, NOW, idle)))).toBe(true);
  expect(isStillHeard(on(UDP, silent(CONSENT_SUSPECT_MS, NOW, idle)))).toBe(false);
  expect(isStillHeard({ status: 'connected' })).toBe(false);
  expect(isStillHeard({ ...on(), status: 'disconnected' })).toBe(false);
});

describe('the next look is taken', () => {
  const withReceiving = (view: LinkView): number =>
    nextLookIn(views({ active: view }, { active: quiet(UDP) }), false);

  test('just when a silence could become suspicious', () => {
    expect(withReceiving(on(UDP, silent(60)))).toBe(SILENCE_MIN_MS - 60);
    expect(
      withReceiving(on(UDP, silent(SILENCE_UNKNOWN_MS - 100, NOW, { usualGapMs: undefined }))),
    ).toBe(100);
  });

  test('by the livelier of the two directions', () => {
    const both = views({ active: on(UDP, silent(90)) }, { active: on(UDP, silent(10)) });
    expect(nextLookIn(both, false)).toBe(SILENCE_MIN_MS - 90);
  });

  test('soon where feedback is overdue: it may turn out to be one-sided', () => {
    const feedback = (silentMs: number) =>
      views({ active: on() }, { active: on(UDP, silent(silentMs, NOW, { usualGapMs: 110 })) });
    expect(nextLookIn(feedback(105), false)).toBeGreaterThan(LOOK_MIN_MS);
    expect(nextLookIn(feedback(115), false)).toBe(LOOK_MIN_MS);
  });

  test('neither too often nor too seldom', () => {
    expect(withReceiving(on(UDP, silent(SILENCE_MIN_MS - 1)))).toBe(LOOK_MIN_MS);
    expect(withReceiving(on(UDP, silent(9_000)))).toBe(LOOK_MIN_MS);
    expect(withReceiving(on(UDP, silent(10, NOW, { usualGapMs: 400 })))).toBe(LOOK_MAX_MS);
    expect(withReceiving({ status: 'disconnected' })).toBe(LOOK_MAX_MS);
    expect(withReceiving(quiet())).toBe(LOOK_MAX_MS);
  });

  test('as often as can be while it is open where media will go on', () => {
    expect(nextLookIn(views({ active: quiet() }), true)).toBe(LOOK_DOUBLED_MS);
  });
});
