import type {
  Action,
  CallState,
  Connected,
  Decision,
  Lane,
  LaneView,
  LaneViews,
  LinkRole,
  LinkView,
  Spare,
} from '../../../src/renderer/room/call-state.ts';
import type { Hearing } from '../../../src/renderer/room/hearing.ts';
import { able, ask, NOW, RULES, TCP, UDP } from './call-samples.ts';

/** Links as they are heard, and lanes of a call that stands. */

/** Sound and picture flow: the last packet came just now. */
const LIVELY: Hearing = {
  heardAt: NOW - 5,
  silentMs: 5,
  usualGapMs: 30,
  consentMs: 500,
  isOneSided: false,
};

export const heard = (about: Partial<Hearing> = {}): Hearing => ({ ...LIVELY, ...about });
/** Silent for `silentMs` at `now`. */
export const silent = (silentMs: number, now = NOW, about: Partial<Hearing> = {}): Hearing =>
  heard({ silentMs, heardAt: now - silentMs, ...about });

export const on = (path = UDP, hearing: Hearing = LIVELY): LinkView => ({
  status: 'connected',
  path,
  hearing,
});
/** Connected beside the call, and nothing flows on it. */
export const quiet = (path = TCP): LinkView =>
  on(path, {
    heardAt: 0,
    silentMs: 9_000,
    usualGapMs: Infinity,
    consentMs: 500,
    isOneSided: false,
  });

export const views = (receive: LaneView, send: LaneView = { active: on() }): LaneViews => ({
  send,
  receive,
});

export const spare = (about: Partial<Spare> = {}): Spare => ({
  to: TCP,
  since: NOW - 10_000,
  upSince: NOW - 9_500,
  ...about,
});

/** A call that has stood for a minute; both lanes as they are, but for `about`. */
export function callWith(about: Partial<Lane>, role: LinkRole = 'receive'): Connected {
  const lane: Lane = { ...able.lanes[role], ...about };
  return { ...able, since: NOW - 60_000, lanes: { ...able.lanes, [role]: lane } };
}

export const LANE = { role: 'receive' } as const;
export const BUILD: Action = { act: 'build', ...LANE, spare: 'standby', path: TCP };
export const DOUBLE: Action = { act: 'double', ...LANE, spare: 'standby' };
/** The same while what is sent is still being answered. */
export const DOUBLE_SOUND: Action = { ...DOUBLE, isSoundOnly: true };
export const FILL: Action = { act: 'fill', ...LANE, spare: 'standby' };
export const DROP: Action = { act: 'drop', ...LANE, spare: 'standby' };
export const SETTLE: Action = { act: 'settle', ...LANE, on: 'standby' };
export const REVERT: Action = { act: 'settle', ...LANE, on: 'active' };

export const see = (
  state: CallState,
  receive: LaneView,
  { now = NOW, send = { active: on() }, rules = RULES } = {},
): Decision => ask(state, { seen: 'links', links: views(receive, send) }, now, rules);

export const laneOf = ({ state }: Decision): Lane => {
  if (state.phase !== 'connected') throw new Error(state.phase);
  return state.lanes.receive;
};

/** Only the doings of the receiving lane; the sending one has its own tests. */
export const done = ({ actions }: Decision): Action[] =>
  actions.filter((action) => !('role' in action) || action.role === 'receive');
