import { decide, nextDeadline } from '../../../src/renderer/room/decide.ts';
import {
  FRESH_LANE,
  NO_ABILITIES,
  type Abilities,
  type CallRules,
  type CallState,
  type Connected,
  type Connecting,
  type Decision,
  type LaneViews,
  type LinkView,
  type Observation,
  type Waiting,
} from '../../../src/renderer/room/call-state.ts';
import { untouched } from '../../../src/renderer/room/returning.ts';
import type { Path } from '../../../src/shared/path.ts';
import { RoomError, type RoomErrorCode } from '../../../src/shared/room-error.ts';

/** States of a call, observations, and what to ask of a decision. */

export const RULES: CallRules = {
  preferredProtocol: 'UDP_OVER_TCP',
  route: 'direct',
  seed: 7,
  standby: true,
  hasOtherProxies: false,
};
/** Of a server that understands all of our extensions. */
export const ABLE: Abilities = { migration: true, resumeGraceMs: 20_000 };
export const UDP: Path = { route: 'direct', protocol: 'udp', host: '192.0.2.1', port: 44_444 };
export const TCP: Path = { ...UDP, protocol: 'tcp' };
export const PLAN = [UDP, TCP];
export const NOW = 100_000;

export const connecting: Connecting = {
  phase: 'connecting',
  trip: { attempt: 0 },
  since: NOW - 500,
  step: 'media',
  plan: PLAN,
  mediaSince: NOW - 200,
};
export const reconnecting: Connecting = {
  ...connecting,
  trip: { attempt: 3, reason: 'signaling-lost' },
};
/** In a call, on a server with nothing but the base protocol. */
export const connected: Connected = {
  phase: 'connected',
  trip: { attempt: 0 },
  since: NOW - 1000,
  plan: PLAN,
  path: UDP,
  preferredSince: NOW - 1000,
  wasPreferred: true,
  offered: [],
  abilities: NO_ABILITIES,
  lanes: { send: FRESH_LANE, receive: FRESH_LANE },
  back: untouched(),
};
/** The same on a server that lets media move and keeps places. */
export const able: Connected = { ...connected, abilities: ABLE };
/** Its signaling connection is lost; the second attempt to take the place again is to come. */
export const cutOff: Connected & Required<Pick<Connected, 'signaling'>> = {
  ...able,
  signaling: { since: NOW - 500, attempt: 2, nextRetryAt: NOW + 300, isTrying: false },
};
export const waiting: Waiting = {
  phase: 'waiting',
  trip: { attempt: 2, reason: 'media-lost' },
  since: NOW - 100,
  nextRetryAt: NOW + 400,
};
export const failed: CallState = { phase: 'failed', error: new RoomError('NO_PATH').toData() };
export const left: CallState = { phase: 'left' };

export function links(
  send: LinkView['status'],
  receive: LinkView['status'] = 'unused',
  path: Path = UDP,
): LaneViews {
  const view = (status: LinkView['status']) => ({
    active: { status, ...(status === 'connected' && { path }) },
  });
  return { send: view(send), receive: view(receive) };
}
export const seenLinks = (...args: Parameters<typeof links>): Observation => ({
  seen: 'links',
  links: links(...args),
});
export const attemptFailed = (code: RoomErrorCode): Observation => ({
  seen: 'attempt-failed',
  error: new RoomError(code, 'why').toData(),
});
export const closed = (code: number): Observation => ({ seen: 'signaling-closed', code });

export const ask = (state: CallState, seen: Observation, now = NOW, rules = RULES): Decision =>
  decide(state, seen, now, rules);
/** When the clock is wanted next. */
export const deadlineOf = (state: CallState, rules = RULES): number | undefined =>
  nextDeadline(state, rules);
export const acts = ({ actions }: Decision): string[] => actions.map(({ act }) => act);
export const errorOf = ({ state }: Decision): string | undefined =>
  state.phase === 'failed' ? state.error.code : undefined;
