import {
  LINK_ROLES,
  SPARES,
  type CallState,
  type LaneView,
  type LaneViews,
  type LinkRole,
  type SpareName,
} from '../../../../src/renderer/room/call-state.ts';
import type { ModelLink } from './network.ts';
import type { Trace } from './trace.ts';

/** One direction of the model's media. */
export interface LaneModel {
  active: ModelLink;
  readonly spares: Map<SpareName, ModelLink>;
  doubled: SpareName | undefined;
}

export function linksOf({ active, spares }: LaneModel): ModelLink[] {
  return [active, ...spares.values()];
}

function viewOf({ active, spares }: LaneModel): LaneView {
  const shown = SPARES.flatMap((name) => {
    const link = spares.get(name);
    return link ? [[name, link.view()] as const] : [];
  });
  return { active: active.view(), ...Object.fromEntries(shown) };
}

export function viewsOf({ send, receive }: Record<LinkRole, LaneModel>): LaneViews {
  return { send: viewOf(send), receive: viewOf(receive) };
}

/**
 * The call stands at its best, and its standby as well: the next looks would all be alike, and may be
 * left out until shortly before something happens.
 */
export function isSettled(
  state: CallState,
  models: Record<LinkRole, LaneModel>,
  { able, standby: isWanted }: Pick<Trace, 'able' | 'standby'>,
): boolean {
  if (state.phase !== 'connected' || !isWanted) return false;
  const { back, lanes, episode, signaling, plan } = state;
  const isAtEase = back.flaps === 0 && episode === undefined && signaling === undefined;
  return (
    isAtEase &&
    LINK_ROLES.every((role) => {
      const { standby, probe, doubled, troubleSince } = lanes[role];
      const isBest = models[role].active.path?.protocol === plan[0]?.protocol;
      const hasStandby = standby?.upSince !== undefined || !able || plan.length < 2;
      return isBest && hasStandby && !probe && !doubled && troubleSince === undefined;
    })
  );
}
