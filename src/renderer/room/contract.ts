import type { ConnectionState, Fallback } from '../../shared/connection-state.ts';
import type { EndpointDiagnosis } from '../../shared/ipc.ts';
import type { PreferredProtocol } from '../../shared/protocol.ts';
import type { RoomError } from '../../shared/room-error.ts';
import type { MediaKind } from '../../shared/signaling.ts';
import type { TimelineEntry } from '../../shared/timeline.ts';
import type { ChatView } from './chat.ts';

export type { ChatView } from './chat.ts';
export type { ChatEntry, ChatFailure } from './chat-log.ts';

/** What a call is made of. Names and meaning follow VideoSDK's Cloud Proxy options. */
export interface RoomOptions {
  roomId: string;
  /** Join token; empty for a server that asks for none. */
  token: string;
  displayName: string;
  /** Origin room server, `https://` or `wss://` (`http://` and `ws://` on loopback). */
  serverUrl: string;
  /** Default `UDP_OVER_TCP`. */
  preferredProtocol?: PreferredProtocol;
  /** Cloud Proxy host(s), tried in order; unset or empty = direct. */
  signalingBaseUrl?: string | string[];
  /**
   * Keep the next path of the plan connected and silent, so that media can move to it at once when
   * the one in use dies. Default true.
   */
  standbyPath?: boolean;
  /** Text messages, where the server has them. Default true. */
  chat?: boolean;
}

/** What the engine needs from the program around it, and can do without. */
export interface RoomPlatform {
  /** Says why an address does not answer. Without it, errors are less precise. */
  diagnose?(url: string): Promise<EndpointDiagnosis>;
  /**
   * The HTTP proxy, as `host:port`, that a TCP connection to this place goes through; undefined:
   * directly. Without it, paths do not say.
   */
  httpProxyFor?(host: string, port: number): Promise<string | undefined>;
  /**
   * Where the Cloud Proxy that worked last is remembered for the day; `localStorage` fits. Without
   * it the choice is remembered for the life of the page. Holds an address, never a secret.
   */
  storage?: KeyValueStorage;
}

/** The part of the Web Storage API (HTML §12.2) that the engine uses. May throw, as that one may. */
export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export interface RemoteTrack {
  readonly consumerId: string;
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly track: MediaStreamTrack;
  /** The sender has muted it, or turned it off for now. */
  readonly paused: boolean;
}

export interface RemotePeer {
  readonly id: string;
  readonly displayName: string;
  readonly audio: RemoteTrack | undefined;
  readonly video: RemoteTrack | undefined;
}

export interface LocalTrack {
  readonly kind: MediaKind;
  readonly track: MediaStreamTrack;
  readonly muted: boolean;
}

/** The whole observable state of a room: a new object at every change, never mutated. */
export interface RoomSnapshot {
  readonly connection: ConnectionState;
  readonly selfId: string;
  readonly displayName: string;
  readonly local: {
    readonly audio: LocalTrack | undefined;
    readonly video: LocalTrack | undefined;
  };
  /** In order of arrival. */
  readonly peers: readonly RemotePeer[];
  readonly activeSpeakerId: string | undefined;
  readonly timeline: readonly TimelineEntry[];
  /**
   * Set once the join token is about to end, or has ended: when, ms since the epoch. The call goes on;
   * what it cannot do after that is come back from a long interruption.
   */
  readonly tokenEndsAt: number | undefined;
  readonly chat: ChatView;
}

export interface RoomEvents {
  /** Every change of the connection state, with the one before it. */
  connection: (state: ConnectionState, previous: ConnectionState) => void;
  timeline: (entry: TimelineEntry) => void;
  fallback: (fallback: Fallback) => void;
  peerJoined: (peer: RemotePeer) => void;
  peerLeft: (peer: RemotePeer) => void;
  error: (error: RoomError) => void;
}

export interface JoinMedia {
  audio?: MediaStreamTrack | undefined;
  video?: MediaStreamTrack | undefined;
  /** Start with the microphone / camera track published but muted. */
  audioMuted?: boolean;
  videoMuted?: boolean;
}

/** One call. Made by `createRoom()`, joined once, left once. */
export interface Room {
  getSnapshot(): RoomSnapshot;
  /** Calls `listener` after every change of the snapshot; returns the end of the subscription. */
  subscribe(listener: () => void): () => void;
  on<E extends keyof RoomEvents>(event: E, listener: RoomEvents[E]): () => void;

  /**
   * Connects, and resolves when media has a path.
   * @throws {RoomError} what stopped it; the connection state is then `failed`.
   * @throws {DOMException} `AbortError` when `leave()` came first, `InvalidStateError` when the
   *   room was joined before.
   */
  join(media?: JoinMedia): Promise<void>;
  /** Ends the call and closes everything. Safe at any time, more than once. */
  leave(): Promise<void>;

  /** Publishes a track, or swaps the one published, or (undefined) stops publishing. */
  setTrack(kind: MediaKind, track: MediaStreamTrack | undefined): Promise<void>;
  setMuted(kind: MediaKind, muted: boolean): Promise<void>;
  /**
   * Takes a text message, to be delivered once: now, or over the next connection.
   * @returns Its id, under which it stands in the snapshot at once.
   * @throws {RoomError} INPUT_INVALID: nothing to say, too long, or a server without chat.
   */
  sendChat(text: string): string;
  /** Sends a message that failed again, under its id. */
  resendChat(id: string): void;
  /** Forgets a message that was not delivered. */
  discardChat(id: string): void;
  /**
   * Policy was tightened in mid-call: media that is on a path which `preferredProtocol` does not
   * allow moves at once, or the call fails with the reason. A wider mode counts for the next call.
   */
  restrict(preferredProtocol: PreferredProtocol): void;
  /** Policy allows no text messages from now on, to the end of the call. */
  forbidChat(): void;
  /** Ends the call with `error`: policy forbids it from now on. */
  forbid(error: RoomError): void;
  /** While reconnecting: try now instead of at `nextRetryAt`. */
  retryNow(): void;
}
