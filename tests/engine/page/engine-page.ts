import type { ConnectionState } from '../../../src/shared/connection-state.ts';
import type { ChatView } from '../../../src/renderer/room/chat.ts';
import type { RoomErrorData } from '../../../src/shared/room-error.ts';
import type { MediaKind } from '../../../src/shared/signaling.ts';
import type { TimelineEntry } from '../../../src/shared/timeline.ts';

/** What a test does in the page, and what it sees there: plain data only. */
export interface EnginePage {
  /**
   * Makes a room from `options` (unchecked: the engine checks them) and joins it.
   * `{ status: 'left' }` when `leave` came first.
   */
  join(options: unknown, media: MediaChoice): Promise<JoinOutcome>;
  /** Prepares the join of a room with these options. */
  prepare(options: unknown): Promise<void>;
  forgetPrepared(): void;
  /** Makes a room, and leaves it without having joined. */
  makeAndLeave(options: unknown): Promise<void>;
  leave(): Promise<void>;
  setMuted(kind: MediaKind, muted: boolean): Promise<void>;
  /** Swaps the published track of a kind for a fresh one, or stops publishing. */
  setTrack(kind: MediaKind, choice: 'fresh' | 'none'): Promise<void>;
  retryNow(): void;
  /** Answers with the message's id. */
  sendChat(text: string): string;
  view(): RoomView;
  /** What WebRTC was given and made, over the life of the page. */
  peerConnections(): Promise<PeerConnectionView[]>;
  /** Timers that the page has set and that have neither fired nor been cleared. */
  pendingTimers(): string[];
  /** WebSockets that are open, or about to be. */
  openSockets(): number;
  /** WebSockets that were made, over the life of the page. */
  madeSockets(): number;
}

export interface MediaChoice {
  audio: boolean;
  video: boolean;
  audioMuted?: boolean;
  videoMuted?: boolean;
}

export type JoinOutcome =
  | { status: 'joined'; tookMs: number }
  | { status: 'failed'; error: RoomErrorData; tookMs: number }
  | { status: 'left' };

export interface RoomView {
  connection: ConnectionState;
  /** Every connection state so far, in order. */
  history: ConnectionState[];
  peers: { displayName: string; audio: TrackView | null; video: TrackView | null }[];
  localMuted: Record<MediaKind, boolean | null>;
  activeSpeakerId: string | null;
  timeline: TimelineEntry[];
  chat: ChatView;
}

export interface TrackView {
  id: string;
  paused: boolean;
}

export interface PeerConnectionView {
  configuration: { iceTransportPolicy: string; iceServerUrls: string[] };
  state: string;
  /** `protocol` of every remote candidate that ICE was given. */
  remoteCandidates: { protocol: string; address: string; port: number }[];
  /** What this side gathered: `relay`, `host`, `srflx`. */
  localCandidateTypes: string[];
  candidateErrors: string[];
  selectedProtocol: string | null;
  /** How the relay is reached. */
  selectedRelayProtocol: string | null;
  /** The relayed address and port: another one after each new allocation. */
  selectedRelayAddress: string | null;
}

declare global {
  // Declared for the page and for the tests, whose functions run in it.
  var enginePage: EnginePage;
}
