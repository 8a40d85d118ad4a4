import type { ConnectingStep, Fallback, ReconnectReason } from '../../shared/connection-state.ts';
import type { Endpoint } from '../../shared/endpoint.ts';
import type { Path } from '../../shared/path.ts';
import type { PreferredProtocol, Route } from '../../shared/protocol.ts';
import type { RoomErrorData } from '../../shared/room-error.ts';

/** What `decide()` knows, sees and asks for. All times: ms on one monotonic clock. */

/** What does not change during a call. */
export interface CallRules {
  readonly preferredProtocol: PreferredProtocol;
  readonly route: Route;
  /** Any number; spreads the retries of many clients. Fixed per call, so that decisions repeat. */
  readonly seed: number;
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
}
export type LinkViews = Readonly<Record<LinkRole, LinkView>>;

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

/** A link in trouble: since when, and since when its ICE session is being restarted. */
export interface Trouble {
  readonly since: number;
  readonly restartedAt?: number;
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
  readonly trouble: Readonly<Partial<Record<LinkRole, Trouble>>>;
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
  | { readonly seen: 'links'; readonly links: LinkViews }
  /** Signaling stands, through a Cloud Proxy; what is left, and what came of those before it. */
  | {
      readonly seen: 'proxy-entered';
      readonly otherProxies: readonly Endpoint[];
      readonly failures: readonly RoomErrorData[];
    }
  /** The room is joined and there is nothing to bring media up with: see media-links.ts. */
  | { readonly seen: 'no-media-to-connect' }
  | { readonly seen: 'attempt-failed'; readonly error: RoomErrorData }
  | { readonly seen: 'signaling-closed'; readonly code: number }
  | { readonly seen: 'restart-failed'; readonly role: LinkRole }
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
  | { readonly act: 'restart-ice'; readonly role: LinkRole }
  /** Offer a running relayed link the plan's first protocol alone; it stays where it is meanwhile. */
  | { readonly act: 'offer-preferred'; readonly role: LinkRole }
  /** Fetch fresh relay credentials and move the running transports to them. */
  | { readonly act: 'renew-relay' };

export interface Decision {
  readonly state: CallState;
  readonly actions: readonly Action[];
}
