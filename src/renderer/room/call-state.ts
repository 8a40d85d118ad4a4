import type {
  ConnectingStep,
  Fallback,
  MigrationReason,
  ReconnectReason,
} from '../../shared/connection-state.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { Path } from '../../shared/path.ts';
import type { PreferredProtocol, Route } from '../../shared/protocol.ts';
import type { RoomErrorData } from '../../shared/room-error.ts';
import type { Hearing } from './hearing.ts';

/** What `decide()` knows, sees and asks for. All times: ms on one monotonic clock. */

/** What does not change during a call. */
export interface CallRules {
  readonly preferredProtocol: PreferredProtocol;
  readonly route: Route;
  /** Any number; spreads the retries of many clients. Fixed per call, so that decisions repeat. */
  readonly seed: number;
  /** Keep the next path of the plan connected and silent, so that media can move at once. */
  readonly standby: boolean;
  /** More than one Cloud Proxy may be entered. */
  readonly hasOtherProxies: boolean;
}

export const LINK_ROLES = ['send', 'receive'] as const;
export type LinkRole = (typeof LINK_ROLES)[number];

/**
 * One media transport as last seen. `unused`: nothing asks it to connect yet, as with the receiving
 * one while nobody else is in the room.
 */
export interface LinkView {
  readonly status: 'unused' | 'connecting' | 'connected' | 'disconnected' | 'failed';
  /** Of the selected candidate pair; absent until there is one. */
  readonly path?: Path;
  /** Why its relay will not do; certain but for `no-answer`. */
  readonly relayFault?: RelayFault;
  /** What has been heard from the other end; absent while there is nothing to hear. */
  readonly hearing?: Hearing;
}

/**
 * The transports that one direction of media may have beside the one that carries it.
 * - `standby`: on the next path of the plan, connected and silent, to fall back on.
 * - `probe`: on a better path, on trial.
 */
export const SPARES = ['standby', 'probe'] as const;
export type SpareName = (typeof SPARES)[number];

/** One direction of media: the link that carries it, and those beside it. */
export interface LaneView {
  readonly active: LinkView;
  readonly standby?: LinkView;
  readonly probe?: LinkView;
}
export type LaneViews = Readonly<Record<LinkRole, LaneView>>;

/**
 * - `refused`: the relay did not take the credentials.
 * - `no-candidates`: gathering ended without a relayed address.
 * - `no-answer`: gathering goes on, and has brought no relayed address yet.
 */
export type RelayFault = 'refused' | 'no-candidates' | 'no-answer';

/** A run of attempts to get into the room. */
export interface Trip {
  /** 0 for the first join; reconnections count from 1. */
  readonly attempt: number;
  /** Absent for the first join. */
  readonly reason?: ReconnectReason;
}

/** What the server understands beyond the base protocol, and this call therefore may use. */
export interface Abilities {
  /** `transport-migration`: media moves between transports without a gap. */
  readonly migration: boolean;
  /** `peer-resume`: how long the server keeps the place of a lost connection, ms. */
  readonly resumeGraceMs?: number;
}

export const NO_ABILITIES: Abilities = { migration: false };

/** A link beside the active one. */
export interface Spare {
  readonly to: Path;
  /** Since when it is being built. */
  readonly since: number;
  /** Since when it has been connected. */
  readonly upSince?: number;
}

/** Media was asked for on a spare link as well: it moves there, or comes back. */
export interface Doubled {
  readonly onto: SpareName;
  readonly since: number;
  readonly reason: MigrationReason;
  /** Pictures have not been asked for there yet. */
  readonly isSoundOnly?: true;
  /** When the first media on the spare link was noticed. */
  readonly heardAt?: number;
  /** The spare link's `heardAt` when it first had brought what was missing on the active one. */
  readonly missingSince?: number;
  /** When the active link was first heard again. Once may be a report that goes on without media. */
  readonly backAt?: number;
}

/** What `decide()` remembers of one direction of media. */
export interface Lane {
  readonly standby?: Spare;
  readonly probe?: Spare;
  readonly doubled?: Doubled;
  /** Since when the active link has been in trouble. */
  readonly troubleSince?: number;
  /** The hearing (`heardAt`) whose silence was looked into and is not the path's fault. */
  readonly silenceAccepted?: number;
  /** No new standby before this. */
  readonly standbyAfter: number;
  /** Standbys that failed in a row. */
  readonly standbyFailures: number;
  /** When media last moved, the last few times. */
  readonly moves: readonly number[];
  /** Signaling was lost as well, and is back: since when its active link has been in trouble. */
  readonly lostSince?: number;
  /**
   * Media has to leave its active link: that was made under a policy which has been tightened since,
   * or before the network changed under it.
   */
  readonly mustMove?: 'policy' | 'path-dead';
}

export const FRESH_LANE: Lane = { standbyAfter: 0, standbyFailures: 0, moves: [] };

/** The way back to the plan's first path. */
export interface Return {
  /** No probe before this. */
  readonly after: number;
  /** Probes in a row that did not come up. */
  readonly failures: number;
  /** Times that the better path came up and then failed: on trial, or soon after the return. */
  readonly flaps: number;
  /** When media was last back on it. */
  readonly returnedAt?: number;
}

/** Media moving, from the first doubt to the last lane's arrival; told as one story. */
export interface Episode {
  readonly from: Path;
  readonly to: Path;
  readonly reason: MigrationReason;
  /** When the last media was heard on the old path. */
  readonly since: number;
  readonly moved: readonly LinkRole[];
  /** From `since` until media was heard on the new path; the longest of the lanes, ms. */
  readonly tookMs: number;
}

/** The signaling connection is lost, and media goes on without it. */
export interface SignalingLoss {
  readonly since: number;
  /** From 1. */
  readonly attempt: number;
  readonly nextRetryAt: number;
  /** An attempt is under way. */
  readonly isTrying: boolean;
}

export interface Connecting {
  readonly phase: 'connecting';
  readonly trip: Trip;
  readonly since: number;
  readonly step: ConnectingStep;
  readonly plan: readonly Path[];
  /** When ICE was first given all that the plan allows. */
  readonly mediaSince?: number;
  readonly relay?: RelayLease;
  /** Whether no relay had answered when it was last looked at. */
  readonly relaySilent?: boolean;
  /** Cloud Proxies left to be tried, in this order, should the one in use carry no media. */
  readonly otherProxies?: readonly Endpoint[];
  /** Since when this Cloud Proxy is tried; absent for the first. */
  readonly triedSince?: number;
  /** What came of the Cloud Proxies before it. */
  readonly failures?: readonly RoomErrorData[];
  readonly abilities?: Abilities;
}

export interface Connected {
  readonly phase: 'connected';
  readonly trip: Trip;
  readonly since: number;
  readonly plan: readonly Path[];
  readonly path: Path;
  /** Since when the plan's first protocol is selected, or was when it last was. */
  readonly preferredSince?: number;
  /** The call once stood on the plan's first protocol, and did not just touch it while coming up. */
  readonly wasPreferred: boolean;
  /** Links that were offered the plan's first protocol once more. */
  readonly offered: readonly LinkRole[];
  /** Since when the selected protocol has been another than the plan's first. */
  readonly lesserSince?: number;
  /** `since` on the monotonic clock. */
  readonly fallback?: Fallback;
  readonly abilities: Abilities;
  readonly lanes: Readonly<Record<LinkRole, Lane>>;
  readonly back: Return;
  readonly episode?: Episode;
  /** The episode that ended last. */
  readonly lastEpisode?: Episode;
  readonly signaling?: SignalingLoss;
  readonly relay?: RelayLease;
}

/** Relay credentials in use. */
export interface RelayLease {
  readonly renewAt: number;
  /** Renewals asked for since the credentials arrived. */
  readonly tries: number;
}

export interface Waiting {
  readonly phase: 'waiting';
  readonly trip: Trip;
  readonly since: number;
  readonly nextRetryAt: number;
}

export type CallState =
  | { readonly phase: 'idle' }
  | Connecting
  | Connected
  | Waiting
  | { readonly phase: 'failed'; readonly error: RoomErrorData }
  | { readonly phase: 'left' };

export const IDLE: CallState = { phase: 'idle' };

export type Observation =
  | { readonly seen: 'join'; readonly plan: readonly Path[] }
  /** A step of connecting began; `plan` when the far end has named its addresses. */
  | { readonly seen: 'step'; readonly step: ConnectingStep; readonly plan?: readonly Path[] }
  | { readonly seen: 'links'; readonly links: LaneViews }
  /** What the server that was joined understands. */
  | { readonly seen: 'abilities'; readonly abilities: Abilities }
  /** Signaling stands, through a Cloud Proxy; what is left, and what came of those before it. */
  | {
      readonly seen: 'proxy-entered';
      readonly otherProxies: readonly Endpoint[];
      readonly failures: readonly RoomErrorData[];
    }
  /** The room is joined and there is nothing to bring media up with: see publisher.ts. */
  | { readonly seen: 'no-media-to-connect' }
  | { readonly seen: 'attempt-failed'; readonly error: RoomErrorData }
  | { readonly seen: 'signaling-closed'; readonly code: number }
  /** A spare link could not be made, or media could not be asked for on it. */
  | { readonly seen: 'spare-failed'; readonly role: LinkRole; readonly spare: SpareName }
  /** A request over the signaling connection was not answered in time. */
  | { readonly seen: 'signaling-silent' }
  | { readonly seen: 'resumed' }
  /** `isFinal`: the place is gone, or a new attempt would be refused as well. */
  | { readonly seen: 'resume-failed'; readonly error: RoomErrorData; readonly isFinal: boolean }
  /** Policy was tightened: from now on the rules and this plan hold. */
  | { readonly seen: 'policy'; readonly plan: readonly Path[] }
  /** The call is not allowed any more, or for another reason of the app's has to end. */
  | { readonly seen: 'forbidden'; readonly error: RoomErrorData }
  /** The computer's network changed: what stood may be gone without a word. */
  | { readonly seen: 'network-changed' }
  /** Relay credentials arrived, good for `lifetimeMs` from now. */
  | { readonly seen: 'relay-lease'; readonly lifetimeMs: number }
  | { readonly seen: 'clock' }
  | { readonly seen: 'retry-now' }
  | { readonly seen: 'leave' };

export type Action =
  /** Get into the room from nothing; through these Cloud Proxies alone, where they are named. */
  | { readonly act: 'connect'; readonly through?: readonly Endpoint[] }
  /** Close the signaling connection and the transports. Local tracks are kept. */
  | { readonly act: 'disconnect' }
  /** Make a spare link on a path, connected and silent. One that stands there is closed. */
  | {
      readonly act: 'build';
      readonly role: LinkRole;
      readonly spare: SpareName;
      readonly path: Path;
    }
  | { readonly act: 'drop'; readonly role: LinkRole; readonly spare: SpareName }
  /** Ask for media on the spare link as well; where there is sound, for that alone, if it is said. */
  | {
      readonly act: 'double';
      readonly role: LinkRole;
      readonly spare: SpareName;
      readonly isSoundOnly?: true;
    }
  /** Ask for the pictures there, too. */
  | { readonly act: 'fill'; readonly role: 'receive'; readonly spare: SpareName }
  /** Leave media on one link alone: on a spare, which becomes the active one, or where it was. */
  | { readonly act: 'settle'; readonly role: LinkRole; readonly on: SpareName | 'active' }
  /** Take the place in the room again over a new signaling connection; media goes on meanwhile. */
  | { readonly act: 'resume' }
  /** Offer a running relayed link the plan's first protocol alone; it stays where it is meanwhile. */
  | { readonly act: 'offer-preferred'; readonly role: LinkRole }
  /** Fetch fresh relay credentials and move the running transports to them. */
  | { readonly act: 'renew-relay' };

export interface Decision {
  readonly state: CallState;
  readonly actions: readonly Action[];
}
