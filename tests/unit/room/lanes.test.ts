import { describe, expect, test } from 'vitest';
import type {
  Connected,
  Doubled,
  Lane,
  LaneView,
  LinkView,
} from '../../../src/renderer/room/call-state.ts';
import {
  DOUBLED_MAX_MS,
  LANE_GIVE_UP_MS,
  MOVE_AGAIN_MS,
  MOVE_SILENCE_MS,
  MOVES_PER_MINUTE,
  PLAIN_DEAD_MS,
  STANDBY_AFTER_MS,
  STANDBY_RETRY_MS,
} from '../../../src/renderer/room/limits.ts';
import { NOW, TCP, UDP, acts, ask, connected, cutOff } from './call-samples.ts';
import {
  BUILD,
  DOUBLE,
  DOUBLE_SOUND,
  DROP,
  FILL,
  LANE,
  REVERT,
  SETTLE,
  callWith,
  done,
  heard,
  laneOf,
  on,
  quiet,
  see,
  silent,
  spare,
  views,
} from './lane-samples.ts';

const suspectView = on(UDP, silent(250));
const deadView: LinkView = { ...on(UDP, silent(900)), status: 'disconnected' };
/** Since a third of a second ago media is asked for on the standby as well. */
const SINCE = NOW - 300;
const doubled = (about: Partial<Doubled> = {}): Doubled => ({
  ...{ onto: 'standby', since: SINCE, reason: 'path-suspect' },
  ...about,
});
const asked = (about: Partial<Doubled> = {}, lane: Partial<Lane> = {}): Connected =>
  callWith({ standby: spare(), troubleSince: SINCE, doubled: doubled(about), ...lane });

describe('on suspicion', () => {
  test.each([
    ['suspect', suspectView, 'path-suspect', DOUBLE_SOUND],
    ['dead', deadView, 'path-dead', DOUBLE],
  ] as const)('media is asked for on the standby of a %s link', (_what, active, reason, asking) => {
    const decision = see(callWith({ standby: spare() }), { active, standby: quiet() });
    expect(done(decision)).toEqual([asking]);
    expect(laneOf(decision)).toMatchObject({
      troubleSince: NOW,
      doubled: { onto: 'standby', since: NOW, reason },
    });
    const again = see(decision.state, { active, standby: quiet() }, { now: NOW + 30 });
    expect(done(again), 'once').toEqual([]);
  });

  test('a standby that is still coming up is waited for', () => {
    const state = callWith({ standby: { to: TCP, since: NOW - 500 } });
    const view: LaneView = { active: suspectView, standby: { status: 'connecting' } };
    expect(done(see(state, view))).toEqual([]);
    expect(done(see(state, { ...view, standby: quiet() }))).toEqual([DOUBLE_SOUND]);
  });

  test('all is asked for at once where what is sent is not answered either', () => {
    const unanswered = { active: on(UDP, silent(150)) };
    const links: LaneView = { active: suspectView, standby: quiet() };
    const decision = see(callWith({ standby: spare() }), links, { send: unanswered });
    expect(done(decision)).toEqual([DOUBLE]);
  });

  test('a standby that died first is replaced', () => {
    const state = callWith({ standby: spare() });
    const dropped = see(state, { active: deadView, standby: { status: 'failed' } });
    expect(done(dropped)).toEqual([DROP]);
    const retry = see(dropped.state, { active: deadView }, { now: NOW + STANDBY_RETRY_MS });
    expect(done(retry)).toEqual([BUILD]);
  });

  test('without a standby the next path is built; on the last one a fresh link, when certain', () => {
    expect(done(see(callWith({}), { active: suspectView }))).toEqual([BUILD]);
    const onTcp = { ...callWith({}), path: TCP };
    expect(done(see(onTcp, { active: on(TCP, silent(PLAIN_DEAD_MS - 1)) }))).toEqual([]);
    expect(done(see(onTcp, { active: on(TCP, silent(PLAIN_DEAD_MS)) }))).toEqual([BUILD]);
    const udpOnly = { ...callWith({}), plan: [UDP] };
    const fresh = done(see(udpOnly, { active: deadView }));
    expect(fresh).toEqual([{ ...BUILD, path: UDP }]);
  });

  test('a link that is not up any more is waited for, not for ever', () => {
    const first = see(callWith({ standby: spare() }), { active: { status: 'connecting' } });
    expect(done(first)).toEqual([]);
    const late = see(
      first.state,
      { active: { status: 'connecting' } },
      { now: NOW + LANE_GIVE_UP_MS },
    );
    expect(late.state).toMatchObject({ phase: 'waiting', trip: { reason: 'media-lost' } });
  });

  test('that lasts and finds no spare link means joining anew', () => {
    const first = see({ ...callWith({}), plan: [UDP] }, { active: deadView });
    const late = see(first.state, { active: deadView }, { now: NOW + LANE_GIVE_UP_MS });
    expect(acts(late)).toEqual(['disconnect']);
    expect(late.state).toMatchObject({ phase: 'waiting', trip: { reason: 'media-lost' } });
  });

  test('that comes to nothing leaves nothing behind', () => {
    const state = callWith({ standby: spare(), troubleSince: NOW - 50 });
    const decision = see(state, { active: on(), standby: quiet() });
    expect(done(decision)).toEqual([]);
    expect(laneOf(decision)).not.toHaveProperty('troubleSince');
  });

  test('is shared: the other direction is asked for sooner while this one is in doubt', () => {
    const state = callWith({ standby: spare() }, 'send');
    const send: LaneView = {
      active: on(UDP, silent(170, NOW, { usualGapMs: 100 })),
      standby: quiet(),
    };
    const both: Connected = {
      ...state,
      lanes: { ...state.lanes, receive: { ...state.lanes.receive, standby: spare() } },
    };
    const calm = ask(both, {
      seen: 'links',
      links: views({ active: on(), standby: quiet() }, send),
    });
    expect(acts(calm)).toEqual([]);
    const troubled: Connected = {
      ...both,
      lanes: { ...both.lanes, receive: asked().lanes.receive },
    };
    const links = views({ active: suspectView, standby: quiet() }, send);
    expect(ask(troubled, { seen: 'links', links }).actions).toContainEqual({
      act: 'double',
      role: 'send',
      spare: 'standby',
    });
  });
});

describe('while media is asked for on both', () => {
  const heardThere = on(TCP, heard({ heardAt: NOW - 10, silentMs: 10, usualGapMs: undefined }));
  const nothingThere = on(TCP, silent(300, NOW, { heardAt: 0, usualGapMs: undefined }));

  /** The standby has brought what the other link has not, a while before it was heard last. */
  const missing = { missingSince: NOW - 10 - MOVE_AGAIN_MS };

  test('it moves when it is heard on the standby and not on the other for long enough', () => {
    const active = on(UDP, silent(MOVE_SILENCE_MS + 10));
    const decision = see(asked(missing), { active, standby: heardThere });
    expect(done(decision)).toEqual([SETTLE]);
    expect(laneOf(decision)).toEqual({
      standbyFailures: 0,
      standbyAfter: NOW + STANDBY_AFTER_MS,
      moves: [NOW],
    });
    expect(decision.state).toMatchObject({
      path: TCP,
      episode: {
        ...{ from: UDP, to: TCP, reason: 'path-dead' },
        ...{ since: NOW - MOVE_SILENCE_MS - 10, moved: ['receive'], tookMs: MOVE_SILENCE_MS + 10 },
      },
      back: { flaps: 0 },
    });
  });

  test('the time that it took ends when the first of it was heard', () => {
    const first = see(asked(), { active: on(UDP, silent(200)), standby: heardThere });
    expect(done(first), 'a moment too soon to move').toEqual([]);
    const at = (now: number) => ({
      active: on(UDP, silent(200 + now - NOW, now)),
      standby: on(TCP, silent(10, now)),
    });
    const second = see(first.state, at(NOW + 300), { now: NOW + 300 });
    expect(done(second), 'one packet may be sooner on one way').toEqual([]);
    const { state } = see(second.state, at(NOW + 350), { now: NOW + 350 });
    expect(state).toMatchObject({ episode: { tookMs: 200, since: NOW - 200 } });
  });

  test('it does not move on the first sound of it: the other may only have lost a few packets', () => {
    const state = asked({ since: NOW - MOVE_SILENCE_MS + 1, ...missing });
    const lane = { active: on(UDP, silent(600)), standby: heardThere };
    expect(done(see(state, lane))).toEqual([]);
    expect(done(see(state, lane, { now: NOW + 1 }))).toEqual([SETTLE]);
  });

  test('nor where somebody speaks with pauses, and a few of the rare packets are lost', () => {
    const pausing = { usualGapMs: 400 };
    const lane = { active: on(UDP, silent(1_300, NOW, pausing)), standby: heardThere };
    expect(done(see(asked({ since: NOW - 800, ...missing }), lane))).toEqual([]);
    expect(done(see(asked({ since: NOW - 950, ...missing }), lane))).toEqual([SETTLE]);
  });

  test('nor for a single packet that one way has lost, or brought a little sooner', () => {
    const state = asked({ since: NOW - 950 });
    const once = see(state, { active: on(UDP, silent(900)), standby: heardThere });
    expect(done(once)).toEqual([]);
    const nothingMore = { active: on(UDP, silent(1_200, NOW + 300)), standby: heardThere };
    expect(done(see(once.state, nothingMore, { now: NOW + 300 }))).toEqual([]);
    const more = { ...nothingMore, standby: on(TCP, silent(10, NOW + 300)) };
    expect(done(see(once.state, more, { now: NOW + 300 }))).toEqual([SETTLE]);
  });

  test('nor where both bring the same: rare packets come at the same time on both', () => {
    const rare = { usualGapMs: 1_000 };
    const lane = {
      active: on(UDP, silent(300, NOW, rare)),
      standby: on(TCP, silent(298, NOW, { usualGapMs: undefined })),
    };
    expect(done(see(asked({ since: NOW - 600 }), lane))).toEqual([]);
  });

  test('it moves at once when the other link is dead', () => {
    const state = asked({ reason: 'path-dead' });
    expect(done(see(state, { active: deadView, standby: heardThere }))).toEqual([SETTLE]);
  });

  test('it comes back when the other link is heard again, and not only once', () => {
    const first = see(asked(), { active: on(UDP, silent(20)), standby: heardThere });
    expect(done(first), 'a report may come without media').toEqual([]);
    const still = { active: on(UDP, silent(50, NOW + 30)), standby: heardThere };
    expect(done(see(first.state, still, { now: NOW + 30 }))).toEqual([]);
    const gone = (now: number) => ({
      active: on(UDP, silent(20 + now - NOW, now)),
      standby: on(TCP, silent(10, now)),
    });
    const missed = see(first.state, gone(NOW + 220), { now: NOW + 220 });
    expect(done(see(missed.state, gone(NOW + 280), { now: NOW + 280 }))).toEqual([SETTLE]);
    const again = { active: on(UDP, silent(5, NOW + 30)), standby: heardThere };
    const decision = see(first.state, again, { now: NOW + 30 });
    expect(done(decision)).toEqual([REVERT]);
    expect(laneOf(decision)).toMatchObject({ standby: spare(), moves: [] });
    expect(laneOf(decision)).not.toHaveProperty('doubled');
    expect(laneOf(decision)).not.toHaveProperty('troubleSince');
    expect(decision.state).not.toHaveProperty('episode');
  });

  test('and nothing flows that could be heard, the link that is connected carries on', () => {
    const quietThere = on(TCP, heard({ heardAt: 0, silentMs: 300, usualGapMs: undefined }));
    const state = asked({ reason: 'path-dead' });
    expect(done(see(state, { active: deadView, standby: quietThere }))).toEqual([SETTLE]);
    const young = asked({ reason: 'path-dead', since: NOW - MOVE_SILENCE_MS + 1 });
    expect(done(see(young, { active: deadView, standby: quietThere }))).toEqual([]);
  });

  test('the same where the standby has been up, and silent, for long', () => {
    const state = asked({ reason: 'path-dead' });
    expect(done(see(state, { active: deadView, standby: quiet() }))).toEqual([SETTLE]);
  });

  test('the same where nobody is there to send, and nothing asked the standby to connect', () => {
    const alone: LaneView = {
      active: { ...quiet(UDP), status: 'disconnected' },
      standby: { status: 'unused' },
    };
    const first = see(callWith({ standby: { to: TCP, since: NOW - 30_000 } }), alone);
    expect(done(first)).toEqual([DOUBLE]);
    const then = see(first.state, alone, { now: NOW + MOVE_SILENCE_MS });
    expect(done(then)).toEqual([SETTLE]);
    expect(then.state.phase).toBe('connected');
  });

  test('it is accepted that whoever sends has stopped, until something is heard again', () => {
    const since = NOW - DOUBLED_MAX_MS;
    const state = asked({ since });
    const active = on(UDP, silent(DOUBLED_MAX_MS + 250));
    const there = on(TCP, silent(DOUBLED_MAX_MS, NOW, { heardAt: since, usualGapMs: undefined }));
    const decision = see(state, { active, standby: there });
    expect(done(decision)).toEqual([REVERT]);
    expect(laneOf(decision)).toMatchObject({ silenceAccepted: active.hearing?.heardAt });
    const later = {
      active: on(UDP, silent(DOUBLED_MAX_MS + 3_500, NOW + 3_250)),
      standby: quiet(),
    };
    expect(done(see(decision.state, later, { now: NOW + 3_250 })), 'and looked into once').toEqual(
      [],
    );
  });

  test.each([
    [
      'the path does not answer either',
      asked({ since: NOW - DOUBLED_MAX_MS }),
      silent(2_700, NOW, { consentMs: 4_000 }),
    ],
    [
      'signaling is lost as well',
      { ...asked({ since: NOW - DOUBLED_MAX_MS }), signaling: cutOff.signaling },
      silent(2_700),
    ],
  ])('and nothing is heard on either, and %s: joined anew', (_why, state, hearing) => {
    const decision = see(
      state,
      { active: on(UDP, hearing), standby: nothingThere },
      { send: { active: { ...on(), status: 'disconnected' } } },
    );
    expect(acts(decision)).toContain('disconnect');
    expect(decision.state.phase).toBe('waiting');
  });

  test.each([
    ['dies', { status: 'failed' }],
    ['is gone', undefined],
  ] as const)(
    'and the standby %s: back to the other link, and another standby at once',
    (_what, standby) => {
      const decision = see(asked(), { active: suspectView, ...(standby && { standby }) });
      expect(done(decision)).toEqual([REVERT, DROP]);
      expect(laneOf(decision)).toMatchObject({ standbyFailures: 1, troubleSince: SINCE });
      expect(done(see(decision.state, { active: suspectView }, { now: NOW + 30 }))).toEqual([
        BUILD,
      ]);
    },
  );

  test('and it could not be asked for: the same', () => {
    const decision = ask(asked(), { seen: 'spare-failed', ...LANE, spare: 'standby' });
    expect(decision.actions).toEqual([REVERT, DROP]);
    const state = callWith({ standby: spare(), probe: spare({ to: UDP }) });
    const probe = ask(state, { seen: 'spare-failed', ...LANE, spare: 'probe' });
    expect(probe.actions).toEqual([{ ...DROP, spare: 'probe' }]);
    expect(probe.state).toMatchObject({ back: { failures: 1 } });
  });

  test('a second doubt starts no second migration', () => {
    const active = on(UDP, silent(400));
    expect(done(see(asked(), { active, standby: nothingThere }))).toEqual([]);
    const young = asked({ since: NOW - MOVE_SILENCE_MS + 1 });
    expect(done(see(young, { active: deadView, standby: nothingThere }))).toEqual([]);
  });
});

describe('a lane that keeps moving', () => {
  const moves = Array.from(
    { length: MOVES_PER_MINUTE },
    (_, index) => NOW - 50_000 + index * 1_000,
  );
  const view: LaneView = { active: suspectView, standby: quiet() };

  test('is given up: something else must be wrong', () => {
    expect(see(callWith({ standby: spare(), moves }), view).state.phase).toBe('waiting');
  });

  test('may move again when a minute has passed', () => {
    const now = NOW + 10_001;
    const later: LaneView = { active: on(UDP, silent(250, now)), standby: quiet() };
    expect(done(see(callWith({ standby: spare(), moves }), later, { now }))).toEqual([
      DOUBLE_SOUND,
    ]);
  });
});

describe('pictures follow the sound that was asked for', () => {
  const now = NOW + 40;
  const answered: LaneView = { active: on(UDP, silent(60, now)) };
  const soundOnly = callWith({
    standby: spare(),
    troubleSince: NOW,
    doubled: { onto: 'standby', since: NOW, reason: 'path-suspect', isSoundOnly: true },
  });
  const nowhere: LaneView = { active: on(UDP, silent(290, now)), standby: quiet() };
  const heardThere = on(TCP, heard({ heardAt: now - 5 }));

  test.each([
    ['when it is heard there', { ...nowhere, standby: heardThere }, answered],
    ['when what is sent is not answered any more', nowhere, { active: on(UDP, silent(140, now)) }],
    ['when the link is dead', { ...nowhere, active: { ...deadView } }, answered],
  ])('%s, once', (_when, links, send) => {
    const decision = see(soundOnly, links, { now, send });
    expect(done(decision)).toEqual([FILL]);
    expect(laneOf(decision).doubled).not.toHaveProperty('isSoundOnly');
    expect(done(see(decision.state, links, { now: now + 5, send }))).toEqual([]);
  });

  test('and when it is heard nowhere for longer than pauses in speech would tell', () => {
    const send = (at: number): LaneView => ({ active: on(UDP, silent(60, at)) });
    const early = see(soundOnly, nowhere, { now, send: send(now) });
    expect(done(early), 'whoever sends may have stopped').toEqual([]);
    const later = now + 500;
    expect(done(see(early.state, nowhere, { now: later, send: send(later) }))).toEqual([FILL]);
  });

  test('but not when it is heard again where it was', () => {
    const back: LaneView = { active: on(UDP, silent(5, now)), standby: heardThere };
    expect(done(see(soundOnly, back, { now, send: answered }))).toEqual([]);
  });
});

describe('a server with the base protocol alone', () => {
  const plain = { ...connected, since: NOW - 60_000 };
  const stopped: LaneView = { active: on(UDP, silent(PLAIN_DEAD_MS)) };

  test('is joined anew when both directions are silent', () => {
    expect(see(plain, stopped, { send: stopped }).state.phase).toBe('waiting');
    const early: LaneView = { active: on(UDP, silent(PLAIN_DEAD_MS - 1)) };
    expect(see(plain, early, { send: early }).state.phase).toBe('connected');
  });

  test('is not joined anew because somebody stops to send', () => {
    const { state, actions } = see(plain, stopped);
    expect(state.phase).toBe('connected');
    expect(actions).toEqual([]);
  });

  test('nor later on, while its path answers', () => {
    const troubleSince = NOW - LANE_GIVE_UP_MS;
    const lane = { ...plain.lanes.receive, troubleSince };
    const doubtful = { ...plain, lanes: { ...plain.lanes, receive: lane } };
    const hearing = silent(5_200);
    const decision = see(doubtful, { active: on(UDP, hearing) });
    expect(decision.state.phase).toBe('connected');
    expect(laneOf(decision)).toEqual({ ...plain.lanes.receive, silenceAccepted: hearing.heardAt });
    const gone = on(UDP, { ...hearing, consentMs: 5_200 });
    expect(see(doubtful, { active: gone }).state.phase).toBe('waiting');
  });

  test('is joined anew when WebRTC has lost a link', () => {
    expect(see(plain, { active: deadView }).state.phase).toBe('waiting');
  });
});
