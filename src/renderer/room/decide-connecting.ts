import { closeMeaning } from '../../shared/close-codes.ts';
import type { RoomErrorCode, RoomErrorData } from '../../shared/room-error.ts';
import {
  FRESH_LANE,
  LINK_ROLES,
  NO_ABILITIES,
  type CallRules,
  type Connected,
  type Connecting,
  type Decision,
  type LaneViews,
  type LinkView,
  type Observation,
  type RelayFault,
} from './call-state.ts';
import { afterOthers, closedError, noPathError, setupTimeoutError } from './call-errors.ts';
import { fail, fallBehind, leaseFrom, stay } from './decisions.ts';
import { followPath, lesserPath } from './fallback.ts';
import {
  JOIN_BUDGET_MS,
  MEDIA_CONNECT_BUDGET_MS,
  MIN_MEDIA_CONNECT_MS,
  NEXT_PROXY_ANSWER_MS,
  NEXT_PROXY_MEDIA_MS,
  PROXY_JOIN_BUDGET_MS,
  SETUP_BUDGET_MS,
} from './limits.ts';
import { untouched } from './returning.ts';

/** What `decide()` does while a call gets into the room. */

export function whileConnecting(
  state: Connecting,
  seen: Observation,
  now: number,
  rules: CallRules,
): Decision {
  switch (seen.seen) {
    case 'step':
      return takeStep(state, seen.step, seen.plan ?? state.plan, now, rules);
    case 'links':
      return connectOrFail(state, seen.links, now, rules);
    case 'no-media-to-connect': {
      // The one path that is not read from a candidate pair: there is no pair to read.
      const path = state.plan[0];
      return path ? connected(state, path, now, rules) : stay(state);
    }
    case 'relay-lease':
      return stay({ ...state, relay: leaseFrom(seen.lifetimeMs, now) });
    case 'proxy-entered':
      return stay({
        ...state,
        otherProxies: seen.otherProxies,
        failures: [...(state.failures ?? []), ...seen.failures],
      });
    case 'attempt-failed':
      return setBack(state, seen.error, seen.error.retryable, now, rules);
    case 'signaling-closed':
      return setBack(state, closedError(seen.code), closeMeaning(seen.code).retry, now, rules);
    case 'clock':
      if (now < connectingDeadline(state, rules)) return stay(state);
      return state.mediaSince === undefined
        ? setBack(state, setupTimeoutError(state, rules), true, now, rules)
        : withoutMedia(state, now, rules, state.relaySilent ? 'no-answer' : undefined);
    case 'policy':
      // What is under way began under other rules.
      return {
        state: {
          ...{
            phase: 'connecting',
            trip: state.trip,
            since: now,
            step: 'discovery',
            plan: seen.plan,
          },
        },
        actions: [{ act: 'disconnect' }, { act: 'connect' }],
      };
    case 'abilities':
      return stay({ ...state, abilities: seen.abilities });
    case 'forbidden':
    case 'join':
    case 'leave':
    case 'spare-failed':
    case 'signaling-silent':
    case 'resumed':
    case 'resume-failed':
    case 'network-changed':
    case 'retry-now':
      return stay(state);
  }
}

function takeStep(
  state: Connecting,
  step: Connecting['step'],
  plan: Connecting['plan'],
  now: number,
  rules: CallRules,
): Decision {
  if (step !== 'media') return stay({ ...state, step, plan });
  const begun: Connecting = { ...state, step, plan, mediaSince: state.mediaSince ?? now };
  return plan.length > 0 ? stay(begun) : withoutMedia(begun, now, rules);
}

export function connectingDeadline(state: Connecting, { route }: CallRules): number {
  if (state.mediaSince === undefined) return (state.triedSince ?? state.since) + SETUP_BUDGET_MS;
  if (hasOtherProxies(state)) {
    return state.mediaSince + (state.relaySilent ? NEXT_PROXY_ANSWER_MS : NEXT_PROXY_MEDIA_MS);
  }
  const joinBudget = route === 'proxy' ? PROXY_JOIN_BUDGET_MS : JOIN_BUDGET_MS;
  return Math.min(
    state.mediaSince + MEDIA_CONNECT_BUDGET_MS,
    Math.max(state.since + joinBudget, state.mediaSince + MIN_MEDIA_CONNECT_MS),
  );
}

function hasOtherProxies({ otherProxies }: Connecting): boolean {
  return otherProxies !== undefined && otherProxies.length > 0;
}

/** No path carries: through a Cloud Proxy that is a reason to try the next one, at once. */
function withoutMedia(
  state: Connecting,
  now: number,
  rules: CallRules,
  relayFault?: RelayFault,
): Decision {
  const error = noPathError(state, rules, now, relayFault);
  const { trip, since, plan, otherProxies: through, failures = [] } = state;
  if (!through || through.length === 0) return setBack(state, error, true, now, rules);
  return {
    state: {
      ...{ phase: 'connecting', trip, since, step: 'discovery', plan },
      ...{ triedSince: now, failures: [...failures, error] },
    },
    actions: [{ act: 'disconnect' }, { act: 'connect', through }],
  };
}

/**
 * What a server that let this call in before cannot mean for good: while it restarts, whatever
 * stands in front of it may answer in its place.
 */
const PASSING_WHEN_COMING_BACK: readonly RoomErrorCode[] = [
  'SERVER_INVALID',
  'SERVER_INCOMPATIBLE',
  'PROXY_INVALID',
];

/** A failed first join is told at once; a failed reconnection is tried again where that may help. */
function setBack(
  state: Connecting,
  last: RoomErrorData,
  mayRetry: boolean,
  now: number,
  rules: CallRules,
): Decision {
  const mayPass = mayRetry || PASSING_WHEN_COMING_BACK.includes(last.code);
  const error = afterOthers(state.failures, last);
  return state.trip.attempt > 0 && mayPass
    ? fallBehind(state.trip, now, rules, error)
    : fail(error);
}

function connectOrFail(
  state: Connecting,
  links: LaneViews,
  now: number,
  rules: CallRules,
): Decision {
  const active = LINK_ROLES.map((role) => links[role].active);
  const carrying = active.filter(isCarrying);
  const path = lesserPath(
    carrying.map((link) => link.path),
    state.plan,
  );
  // The sending link is the one that is always brought up; the receiving one follows its consumers.
  if (path && (links.send.active.status === 'connected' || links.send.active.status === 'unused')) {
    return connected(state, path, now, rules);
  }
  const faulty = active.find(
    ({ status, relayFault }) =>
      status === 'failed' || (relayFault !== undefined && relayFault !== 'no-answer'),
  );
  if (faulty) return withoutMedia(state, now, rules, faulty.relayFault);
  const relaySilent = active.some(({ relayFault }) => relayFault === 'no-answer');
  return stay(relaySilent === (state.relaySilent ?? false) ? state : { ...state, relaySilent });
}

export function isCarrying(
  link: LinkView,
): link is LinkView & { path: NonNullable<LinkView['path']> } {
  return link.status === 'connected' && link.path !== undefined;
}

function connected(
  state: Connecting,
  path: Connected['path'],
  now: number,
  rules: CallRules,
): Decision {
  const { trip, plan, relay, abilities = NO_ABILITIES } = state;
  const fresh: Connected = {
    phase: 'connected',
    trip,
    since: now,
    plan,
    path,
    wasPreferred: false,
    offered: [],
    abilities,
    lanes: { send: FRESH_LANE, receive: FRESH_LANE },
    back: untouched(),
    ...(relay && { relay }),
  };
  return stay(followPath(fresh, path, now, rules));
}
