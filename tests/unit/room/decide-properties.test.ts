import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  IDLE,
  LINK_ROLES,
  SPARES,
  type Abilities,
  type CallRules,
  type CallState,
  type LaneViews,
  type LinkRole,
  type LinkView,
  type Observation,
} from '../../../src/renderer/room/call-state.ts';
import { decide, nextDeadline } from '../../../src/renderer/room/decide.ts';
import type { Hearing } from '../../../src/renderer/room/hearing.ts';
import {
  LOOK_MAX_MS,
  MAX_ATTEMPTS,
  MOVES_PER_MINUTE,
  RETRY_MAX_MS,
  SETUP_BUDGET_MS,
} from '../../../src/renderer/room/limits.ts';
import { allowsProtocol } from '../../../src/renderer/room/policy.ts';
import { planPaths } from '../../../src/renderer/room/path-plan.ts';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { parseSignalingBaseUrl, type Endpoint } from '../../../src/shared/endpoint.ts';
import { RoomError, RoomErrorCode } from '../../../src/shared/room-error.ts';
import { anyMode } from './samples.ts';

const HOST = 'far.example.com';
/** Actions that need an open session. */
const USES_SESSION: ReadonlySet<string> = new Set([
  'build',
  'drop',
  'double',
  'fill',
  'settle',
  'resume',
  'offer-preferred',
  'renew-relay',
]);

const anyRules: fc.Arbitrary<CallRules> = fc.record({
  preferredProtocol: anyMode,
  route: fc.constantFrom('direct' as const, 'proxy' as const),
  seed: fc.integer(),
  standby: fc.boolean(),
  hasOtherProxies: fc.boolean(),
});

const anyHearing: fc.Arbitrary<Hearing> = fc.record({
  heardAt: fc.nat({ max: 60_000 }),
  silentMs: fc.nat({ max: 8000 }),
  usualGapMs: fc.constantFrom(undefined, 20, 60, 400, Infinity),
  consentMs: fc.nat({ max: 8000 }),
  isOneSided: fc.boolean(),
});
const anyAbilities: fc.Arbitrary<Abilities> = fc.record(
  { migration: fc.boolean(), resumeGraceMs: fc.nat({ max: 30_000 }) },
  { requiredKeys: ['migration'] },
);

function anotherProxy(): Endpoint {
  const parsed = parseSignalingBaseUrl('another.example.com');
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.endpoint;
}

/** Only paths that the rules allow: ICE is given no other, see policy.test.ts. */
function anyObservation(rules: CallRules): fc.Arbitrary<Observation> {
  const plan = planPaths({ ...rules, host: HOST });
  const link: fc.Arbitrary<LinkView> = fc.oneof(
    fc.record({
      status: fc.constantFrom('unused', 'connecting', 'connected', 'disconnected', 'failed'),
    }),
    fc.record(
      {
        status: fc.constantFrom('connected', 'disconnected'),
        path: fc.constantFrom(...plan),
        hearing: anyHearing,
      },
      { requiredKeys: ['status', 'path'] },
    ),
    fc.record({
      status: fc.constant('connecting'),
      relayFault: fc.constantFrom('refused', 'no-candidates', 'no-answer'),
    }),
  );
  const lane = fc.record(
    { active: link, standby: link, probe: link },
    { requiredKeys: ['active'] },
  );
  return fc.oneof(
    fc.constant<Observation>({ seen: 'join', plan }),
    fc.record({
      seen: fc.constant('step'),
      step: fc.constantFrom('discovery', 'signaling', 'transports', 'media'),
      plan: fc.constant(plan),
    }),
    fc.record({ seen: fc.constant('links'), links: fc.record({ send: lane, receive: lane }) }),
    fc.constant<Observation>({ seen: 'no-media-to-connect' }),
    fc.record({
      seen: fc.constant('proxy-entered'),
      otherProxies: fc.constantFrom([], [anotherProxy()]),
      failures: fc.constantFrom([], [new RoomError('PROXY_UNREACHABLE').toData()]),
    }),
    fc.record({
      seen: fc.constant('attempt-failed'),
      error: fc.constantFrom(...RoomErrorCode.options).map((code) => new RoomError(code).toData()),
    }),
    fc.record({
      seen: fc.constant('signaling-closed'),
      code: fc.constantFrom(1000, 1006, ...Object.values(CLOSE)),
    }),
    fc.record({ seen: fc.constant('abilities'), abilities: anyAbilities }),
    fc.record({
      seen: fc.constant('spare-failed'),
      role: fc.constantFrom(...LINK_ROLES),
      spare: fc.constantFrom(...SPARES),
    }),
    fc.constant<Observation>({ seen: 'signaling-silent' }),
    fc.constant<Observation>({ seen: 'resumed' }),
    fc.record({
      seen: fc.constant('resume-failed'),
      error: fc.constantFrom(...RoomErrorCode.options).map((code) => new RoomError(code).toData()),
      isFinal: fc.boolean(),
    }),
    fc.constant<Observation>({ seen: 'network-changed' }),
    fc.record({ seen: fc.constant('relay-lease'), lifetimeMs: fc.integer({ min: 0, max: 1e8 }) }),
    fc.constant<Observation>({ seen: 'clock' }),
    fc.constant<Observation>({ seen: 'retry-now' }),
    fc.record({ seen: fc.constant('leave') }),
  );
}

/** A call as it may have gone: observations and the time before each, ms. */
const anyHistory = anyRules.chain((rules) =>
  fc.record({
    rules: fc.constant(rules),
    events: fc.array(fc.tuple(anyObservation(rules), fc.nat({ max: 8000 })), { maxLength: 60 }),
  }),
);

interface Moment {
  state: CallState;
  now: number;
}

/** Plays a history from an idle call; `each` sees every decision. */
function play(
  { rules, events }: { rules: CallRules; events: [Observation, number][] },
  each: (before: Moment, seen: Observation, after: ReturnType<typeof decide>) => void = () =>
    undefined,
): Moment {
  let moment: Moment = { state: IDLE, now: 0 };
  for (const [seen, pause] of events) {
    const now = moment.now + pause;
    const decision = decide(moment.state, seen, now, rules);
    each({ ...moment, now }, seen, decision);
    moment = { state: decision.state, now };
  }
  return moment;
}

test('a call shows no path that its mode forbids', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const allowed = planPaths({ ...history.rules, host: HOST }).map(({ protocol }) => protocol);
      play(history, (_before, _seen, { state }) => {
        if (state.phase === 'connected') expect(allowed).toContain(state.path.protocol);
      });
    }),
  );
});

test('what is open is closed before it is opened again, and at every end', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      let isOpen = false;
      play(history, (_before, _seen, { state, actions }) => {
        for (const { act } of actions) {
          if (act === 'connect') expect(isOpen).toBe(false);
          if (USES_SESSION.has(act)) expect(isOpen).toBe(true);
          if (act === 'connect') isOpen = true;
          if (act === 'disconnect') isOpen = false;
        }
        const needsSession = state.phase === 'connecting' || state.phase === 'connected';
        expect(isOpen).toBe(needsSession);
      });
    }),
  );
});

test('after leave() nothing is done and nothing waited for', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      let hasLeft = false;
      play(history, (_before, seen, { state, actions }) => {
        if (hasLeft) expect(actions).toEqual([]);
        hasLeft ||= seen.seen === 'leave';
        if (hasLeft)
          expect([state.phase, nextDeadline(state, history.rules)]).toEqual(['left', undefined]);
      });
    }),
  );
});

test('media is asked for on one further link at a time, and only then left on one alone', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const doubled = new Map<string, string>();
      let isSoundOnly = false;
      play(history, (_before, _seen, { state, actions }) => {
        for (const action of actions) {
          if (action.act === 'double') {
            expect(doubled.get(action.role)).toBeUndefined();
            doubled.set(action.role, action.spare);
            isSoundOnly ||= action.isSoundOnly ?? false;
            expect(isSoundOnly && action.role === 'send').toBe(false);
          }
          if (action.act === 'fill') {
            expect([isSoundOnly, doubled.get('receive')]).toEqual([true, action.spare]);
            isSoundOnly = false;
          }
          if (action.act === 'settle') {
            expect([doubled.get(action.role), 'active']).toContain(action.on);
            expect(doubled.delete(action.role)).toBe(true);
            if (action.role === 'receive') {
              expect(isSoundOnly && action.on !== 'active', 'pictures are left behind').toBe(false);
              isSoundOnly = false;
            }
          }
        }
        if (state.phase !== 'connected') {
          doubled.clear();
          isSoundOnly = false;
        }
      });
    }),
  );
});

test('every link is made on a path of the plan, which the mode and the route allow', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const { preferredProtocol, route } = history.rules;
      play(history, ({ state: before }, _seen, { actions }) => {
        for (const action of actions) {
          if (action.act !== 'build' || before.phase !== 'connected') continue;
          expect(before.plan).toContainEqual(action.path);
          expect(action.path).toMatchObject({ route, host: HOST });
          expect(allowsProtocol(preferredProtocol, action.path.protocol)).toBe(true);
        }
      });
    }),
  );
});

test('media of one direction moves a bounded number of times a minute', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const moves: Record<LinkRole, number[]> = { send: [], receive: [] };
      play(history, ({ now }, _seen, { state, actions }) => {
        for (const action of actions) {
          if (action.act !== 'settle' || action.on === 'active') continue;
          moves[action.role] = [...moves[action.role], now].filter((at) => now - at < 60_000);
          expect(moves[action.role].length).toBeLessThanOrEqual(MOVES_PER_MINUTE);
        }
        // Joined anew, a call knows nothing of the moves before.
        if (state.phase !== 'connected') Object.assign(moves, { send: [], receive: [] });
      });
    }),
  );
});

test('a deadline that is due is dealt with: no decision leaves one in the past', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      play(history, ({ now }, seen, { state }) => {
        if (seen.seen === 'clock')
          expect(nextDeadline(state, history.rules) ?? Infinity).toBeGreaterThan(now);
      });
    }),
  );
});

test('a call that nobody answers any more ends, with a reason, in bounded time', () => {
  const longest = (MAX_ATTEMPTS + 1) * (SETUP_BUDGET_MS + RETRY_MAX_MS);
  fc.assert(
    fc.property(anyHistory, (history) => {
      let { state, now } = play(history);
      const since = now;
      // Silence: the network is gone, the transports notice, and nothing else ever happens.
      const gone: LaneViews[LinkRole] = { active: { status: 'disconnected' } };
      const silence: Observation = { seen: 'links', links: { send: gone, receive: gone } };
      const alive = (): boolean => !['idle', 'failed', 'left'].includes(state.phase);
      while (alive()) {
        const deadline = nextDeadline(state, history.rules);
        // While a call stands, the looks at its links come by themselves.
        if (state.phase === 'connected') now = Math.min(deadline ?? Infinity, now + LOOK_MAX_MS);
        else now = Math.max(now, deadline ?? NaN);
        expect(now).not.toBeNaN();
        if (state.phase === 'connected') state = decide(state, silence, now, history.rules).state;
        state = decide(state, { seen: 'clock' }, now, history.rules).state;
        expect(now - since).toBeLessThanOrEqual(longest);
      }
      if (state.phase === 'failed') expect(state.error.message).not.toBe('');
    }),
  );
});

test('the same call goes the same way twice, and nothing it is given is changed', () => {
  fc.assert(
    fc.property(anyHistory, (history) => {
      const copy = structuredClone(history);
      expect(play(history)).toEqual(play(copy));
      expect(history).toEqual(copy);
    }),
  );
});
