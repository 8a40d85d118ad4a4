import { closeMeaning } from '../../shared/close-codes.ts';
import type { RoomErrorCode, RoomErrorData } from '../../shared/room-error.ts';
import { backoffDelay } from './backoff.ts';
import type { ReconnectReason } from '../../shared/connection-state.ts';
import type {
  Action,
  CallRules,
  CallState,
  Connected,
  Connecting,
  Decision,
  LinkRole,
  LinkView,
  LinkViews,
  Observation,
  RelayFault,
  RelayLease,
  Trip,
  Trouble,
} from './call-state.ts';
import { LINK_ROLES } from './call-state.ts';
import {
  afterOthers,
  closedError,
  exhaustedError,
  noPathError,
  reconnectReason,
  setupTimeoutError,
} from './call-errors.ts';
import { fallbackGrace, followPath, lesserPath } from './fallback.ts';
import { judgeLink, troubleDeadline } from './link-trouble.ts';
import {
  JOIN_BUDGET_MS,
  MAX_ATTEMPTS,
  MEDIA_CONNECT_BUDGET_MS,
  MIN_CREDENTIAL_LIFETIME_MS,
  MIN_MEDIA_CONNECT_MS,
  NEXT_PROXY_ANSWER_MS,
  NEXT_PROXY_MEDIA_MS,
  PROXY_JOIN_BUDGET_MS,
  RENEW_AT_SHARE,
  RENEW_RETRY_MAX_MS,
  RENEW_RETRY_MS,
  SETUP_BUDGET_MS,
  STABLE_CALL_MS,
} from './limits.ts';

/**
 * The brain of a call: from what is known and what was just seen to what is known next and what to
 * do. Pure: no timer, no WebRTC, no chance. The driver samples, asks, and acts.
 *
 * @param now Monotonic time, ms; never less than in the call before.
 */
export function decide(
  state: CallState,
  observation: Observation,
  now: number,
  rules: CallRules,
): Decision {
  if (observation.seen === 'leave') return leave(state);
  switch (state.phase) {
    case 'idle':
      return observation.seen === 'join' ? begin(observation.plan, now) : stay(state);
    case 'connecting':
      return whileConnecting(state, observation, now, rules);
    case 'connected':
      return whileConnected(state, observation, now, rules);
    case 'waiting':
      return observation.seen === 'retry-now' ||
        (observation.seen === 'clock' && now >= state.nextRetryAt)
        ? retry(state.trip, now)
        : stay(state);
    case 'failed':
    case 'left':
      return stay(state);
  }
}

/** When `decide()` wants to see the clock next, if nothing else happens before. */
export function nextDeadline(state: CallState, rules: CallRules): number | undefined {
  switch (state.phase) {
    case 'connecting':
      return connectingDeadline(state, rules);
    case 'connected':
      return earliest([
        state.lesserSince !== undefined && state.fallback === undefined
          ? state.lesserSince + fallbackGrace(rules)
          : undefined,
        ...LINK_ROLES.map((role) => state.trouble[role] && troubleDeadline(state.trouble[role])),
        state.relay?.renewAt,
      ]);
    case 'waiting':
      return state.nextRetryAt;
    case 'idle':
    case 'failed':
    case 'left':
      return undefined;
  }
}

function stay(state: CallState): Decision {
  return { state, actions: [] };
}

function leave(state: CallState): Decision {
  if (state.phase === 'left') return stay(state);
  const nothingOpen = state.phase === 'idle' || state.phase === 'failed';
  return { state: { phase: 'left' }, actions: nothingOpen ? [] : [{ act: 'disconnect' }] };
}

function begin(plan: Connecting['plan'], now: number): Decision {
  return {
    state: { phase: 'connecting', trip: { attempt: 0 }, since: now, step: 'discovery', plan },
    actions: [{ act: 'connect' }],
  };
}

function retry(trip: Trip, now: number): Decision {
  return {
    state: { phase: 'connecting', trip, since: now, step: 'discovery', plan: [] },
    actions: [{ act: 'connect' }],
  };
}

function fail(error: RoomErrorData): Decision {
  return { state: { phase: 'failed', error }, actions: [{ act: 'disconnect' }] };
}

/** Closes what is open and waits before the next attempt, or gives up after too many. */
function fallBehind(trip: Trip, now: number, rules: CallRules, last?: RoomErrorData): Decision {
  const attempt = trip.attempt + 1;
  if (attempt > MAX_ATTEMPTS) return fail(exhaustedError(trip, last));
  return {
    state: {
      phase: 'waiting',
      trip: { ...trip, attempt },
      since: now,
      nextRetryAt: now + backoffDelay(attempt, rules.seed),
    },
    actions: [{ act: 'disconnect' }],
  };
}

// --- connecting -----------------------------------------------------------------------------------

function whileConnecting(
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
    case 'join':
    case 'leave':
    case 'restart-failed':
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

function connectingDeadline(state: Connecting, { route }: CallRules): number {
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
  links: LinkViews,
  now: number,
  rules: CallRules,
): Decision {
  const carrying = LINK_ROLES.map((role) => links[role]).filter(isCarrying);
  const path = lesserPath(
    carrying.map((link) => link.path),
    state.plan,
  );
  // The sending link is the one that is always brought up; the receiving one follows its consumers.
  if (path && (links.send.status === 'connected' || links.send.status === 'unused')) {
    return connected(state, path, now, rules);
  }
  const faulty = LINK_ROLES.map((role) => links[role]).find(
    ({ status, relayFault }) =>
      status === 'failed' || (relayFault !== undefined && relayFault !== 'no-answer'),
  );
  if (faulty) return withoutMedia(state, now, rules, faulty.relayFault);
  const relaySilent = LINK_ROLES.some((role) => links[role].relayFault === 'no-answer');
  return stay(relaySilent === (state.relaySilent ?? false) ? state : { ...state, relaySilent });
}

function isCarrying(link: LinkView): link is LinkView & { path: NonNullable<LinkView['path']> } {
  return link.status === 'connected' && link.path !== undefined;
}

function connected(
  state: Connecting,
  path: Connected['path'],
  now: number,
  rules: CallRules,
): Decision {
  const { trip, plan, relay } = state;
  const fresh: Connected = {
    phase: 'connected',
    trip,
    since: now,
    plan,
    path,
    wasPreferred: false,
    offered: [],
    trouble: {},
    ...(relay && { relay }),
  };
  return stay(followPath(fresh, path, now, rules));
}

// --- connected ------------------------------------------------------------------------------------

function whileConnected(
  state: Connected,
  seen: Observation,
  now: number,
  rules: CallRules,
): Decision {
  switch (seen.seen) {
    case 'links':
      return watchLinks(state, seen.links, now, rules);
    case 'signaling-closed':
      return closeMeaning(seen.code).retry
        ? lose(state, reconnectReason(seen.code), now, rules, closedError(seen.code))
        : fail(closedError(seen.code));
    case 'restart-failed':
      return lose(state, 'media-lost', now, rules);
    case 'relay-lease':
      return stay({ ...state, relay: leaseFrom(seen.lifetimeMs, now) });
    case 'clock':
      return onClock(state, now, rules);
    case 'join':
    case 'step':
    case 'no-media-to-connect':
    case 'proxy-entered':
    case 'attempt-failed':
    case 'retry-now':
    case 'leave':
      return stay(state);
  }
}

/** The session is gone: a call that stood for a while starts counting attempts anew. */
function lose(
  state: Connected,
  reason: ReconnectReason,
  now: number,
  rules: CallRules,
  last?: RoomErrorData,
): Decision {
  const attempt = now - state.since >= STABLE_CALL_MS ? 0 : state.trip.attempt;
  return fallBehind({ attempt, reason }, now, rules, last);
}

function watchLinks(state: Connected, links: LinkViews, now: number, rules: CallRules): Decision {
  const trouble: Partial<Record<LinkRole, Trouble>> = {};
  const actions: Action[] = [];
  for (const role of LINK_ROLES) {
    const verdict = judgeLink(links[role], state.trouble[role], now);
    if (verdict === 'dead') return lose(state, 'media-lost', now, rules);
    if (verdict === 'fine') continue;
    trouble[role] = verdict;
    if (verdict.restartedAt === now) actions.push({ act: 'restart-ice', role });
  }
  const losers = LINK_ROLES.filter((role) => lostTheRace(state, role, links[role], rules));
  actions.push(...losers.map((role) => ({ act: 'offer-preferred', role }) as const));
  const offered = [...state.offered, ...losers];
  const paths = LINK_ROLES.map((role) => links[role])
    .filter(isCarrying)
    .map((link) => link.path);
  const path = lesserPath(paths, state.plan) ?? state.path;
  return { state: followPath({ ...state, trouble, offered }, path, now, rules), actions };
}

/**
 * A relayed link that came up on another protocol than the one wanted may only have been quicker
 * there: Chromium stops asking for further relays as soon as one carries. It is offered the wanted
 * one once more, once. On the direct route ICE itself goes on trying all pairs.
 */
function lostTheRace(state: Connected, role: LinkRole, link: LinkView, rules: CallRules): boolean {
  const wanted = state.plan[0]?.protocol;
  return (
    rules.route === 'proxy' &&
    isCarrying(link) &&
    link.path.protocol !== wanted &&
    !state.offered.includes(role)
  );
}

function onClock(state: Connected, now: number, rules: CallRules): Decision {
  const isDead = LINK_ROLES.some((role) => {
    const trouble = state.trouble[role];
    return trouble !== undefined && now >= troubleDeadline(trouble);
  });
  if (isDead) return lose(state, 'media-lost', now, rules);
  const watched = followPath(state, state.path, now, rules);
  if (state.relay === undefined || now < state.relay.renewAt) return stay(watched);
  // Asked for again after a while, whether the renewal fails or is never answered.
  return {
    state: { ...watched, relay: tryAgain(state.relay, now) },
    actions: [{ act: 'renew-relay' }],
  };
}

function leaseFrom(lifetimeMs: number, now: number): RelayLease {
  const renewAt = now + Math.max(lifetimeMs, MIN_CREDENTIAL_LIFETIME_MS) * RENEW_AT_SHARE;
  return { renewAt, tries: 0 };
}

function tryAgain({ tries }: RelayLease, now: number): RelayLease {
  const wait = Math.min(RENEW_RETRY_MS * 2 ** tries, RENEW_RETRY_MAX_MS);
  return { renewAt: now + wait, tries: tries + 1 };
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
