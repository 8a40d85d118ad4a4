import { describe, expect, test } from 'vitest';
import {
  listen,
  startListening,
  type Listening,
  type Look,
} from '../../../src/renderer/room/hearing.ts';
import { judgeLink } from '../../../src/renderer/room/liveness.ts';

/** Looks every `stepMs` from `from` to `to` at a link on which packets come at the times given. */
function hear(
  packets: readonly number[],
  { from = 0, to, stepMs = 50 }: { from?: number; to: number; stepMs?: number },
  before: Listening = startListening(look(from, packets)),
): Listening {
  let listening = before;
  for (let at = from + stepMs; at <= to; at += stepMs) {
    listening = listen(listening, look(at, packets));
  }
  return listening;
}

function look(at: number, packets: readonly number[], responses = 0): Look {
  return {
    at,
    lastPacketAt: packets.filter((packet) => packet <= at).at(-1),
    responses,
    unasked: 0,
  };
}

const every = (ms: number, from: number, to: number): number[] =>
  Array.from({ length: Math.floor((to - from) / ms) + 1 }, (_, index) => from + index * ms);

describe('silence', () => {
  test('is as long as no packet came, to the millisecond, whenever it is looked at', () => {
    const { hearing } = hear(every(20, 0, 2_010), { to: 2_400 });
    expect(hearing).toMatchObject({ heardAt: 2_000, silentMs: 400 });
  });

  test('on a link where nothing ever came begins with the first look', () => {
    const { hearing } = hear([], { from: 5_000, to: 5_600 });
    expect(hearing).toMatchObject({ heardAt: 0, silentMs: 600 });
  });

  test('in which the program did not run is forgiven: it may have slept', () => {
    const awake = hear(every(20, 0, 5_000), { to: 5_000 });
    const woken = listen(awake, { at: 65_000, lastPacketAt: 5_000, responses: 0, unasked: 0 });
    expect(woken.hearing.silentMs).toBe(0);
    const later = listen(woken, { at: 65_300, lastPacketAt: 5_000, responses: 0, unasked: 0 });
    expect(later.hearing.silentMs, 'and counts from then on').toBe(300);
  });

  test('between looks that are late but not absurdly so counts in full', () => {
    const awake = hear(every(20, 0, 5_000), { to: 5_000 });
    const late = listen(awake, { at: 5_690, lastPacketAt: 5_000, responses: 0, unasked: 0 });
    expect(late.hearing.silentMs).toBe(690);
  });
});

describe('the rhythm', () => {
  test('is not known before a few packets of the slowest have come', () => {
    const packets = every(20, 0, 9_000);
    expect(hear(packets, { to: 850 }).hearing.usualGapMs).toBeUndefined();
    expect(hear(packets, { to: 900 }).hearing.usualGapMs).toBeLessThanOrEqual(20);
  });

  test('is none where next to nothing comes', () => {
    expect(hear([], { to: 3_000 }).hearing.usualGapMs).toBe(Infinity);
    expect(hear([1_000, 2_000], { to: 3_000 }).hearing.usualGapMs).toBe(Infinity);
  });

  test('is none from the start where nothing comes: what has not begun cannot have stopped', () => {
    const before = hear(every(20, 0, 5_000), { to: 5_000 });
    const muted = startListening(
      { at: 5_010, lastPacketAt: 5_000, responses: 0, unasked: 0 },
      before,
    );
    for (const at of [5_410, 5_710, 5_900]) {
      const { hearing } = listen(muted, { at, lastPacketAt: 5_000, responses: 0, unasked: 0 });
      expect(judgeLink({ status: 'connected', hearing })).toBe('well');
    }
  });

  test('of speech with pauses is that of the pauses', () => {
    const speech = [
      ...every(20, 0, 2_000),
      ...every(400, 2_400, 4_000),
      ...every(20, 4_020, 6_000),
    ];
    const { hearing } = hear(speech, { to: 6_000 });
    expect(hearing.usualGapMs).toBeGreaterThanOrEqual(350);
    expect(hearing.usualGapMs).toBeLessThanOrEqual(400);
  });

  test('forgets a long gap after two windows, and not before one has passed', () => {
    const packets = [...every(20, 0, 1_000), ...every(20, 1_400, 12_000)];
    expect(hear(packets, { to: 4_000 }).hearing.usualGapMs).toBeGreaterThanOrEqual(350);
    expect(hear(packets, { to: 9_000 }).hearing.usualGapMs).toBeLessThanOrEqual(50);
  });

  test('is kept through a silence: what ended is compared with what was before it', () => {
    const { hearing } = hear(every(20, 0, 4_000), { to: 30_000 });
    expect(hearing.usualGapMs).toBeLessThanOrEqual(50);
  });

  test('is learned anew when what flows has changed; consent is not forgotten', () => {
    const before = hear(every(400, 0, 8_000), { to: 8_000 });
    const anew = startListening(
      { at: 8_010, lastPacketAt: 8_000, responses: 3, unasked: 0 },
      before,
    );
    expect(anew.hearing).toEqual({
      heardAt: 8_000,
      silentMs: 0,
      usualGapMs: undefined,
      consentMs: before.hearing.consentMs,
      isOneSided: false,
    });
  });
});

describe('consent', () => {
  const at = (ms: number, responses: number): Look => ({
    ...{ at: ms, lastPacketAt: ms },
    ...{ responses, unasked: 0 },
  });

  test('ages with the time that was watched, and is new with each answer', () => {
    let listening = startListening(at(0, 4));
    listening = listen(listening, at(400, 4));
    listening = listen(listening, at(800, 4));
    expect(listening.hearing.consentMs).toBe(800);
    expect(listen(listening, at(1_000, 5)).hearing.consentMs).toBe(0);
  });

  test('does not age while the program does not run', () => {
    const listening = listen(startListening(at(0, 4)), at(300, 4));
    expect(listen(listening, at(60_300, 4)).hearing.consentMs).toBe(300);
  });
});

describe('what comes unasked', () => {
  const at = (ms: number, lastPacketAt: number, unasked: number): Look => ({
    ...{ at: ms, lastPacketAt },
    ...{ responses: 0, unasked },
  });

  test('is no sign of life, and says that the way in is open', () => {
    const before = startListening(at(1_000, 1_000, 7));
    const reported = listen(before, at(1_300, 1_000, 8));
    expect(reported.hearing).toMatchObject({ silentMs: 300, isOneSided: true });
    const answered = listen(reported, at(1_350, 1_340, 8));
    expect(answered.hearing, 'until something comes that does count').toMatchObject({
      silentMs: 10,
      isOneSided: false,
    });
  });
});
