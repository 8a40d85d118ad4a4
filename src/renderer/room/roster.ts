import type { PeerInfo } from '../../shared/signaling.ts';
import type { RemotePeer, RemoteTrack } from './contract.ts';

export interface RosterListener {
  onChange(): void;
  onJoined(peer: RemotePeer): void;
  onLeft(peer: RemotePeer): void;
}

/**
 * Who else is in the room, and what comes from them. Peers are kept through a reconnection, without
 * their tracks, so that nobody seems to leave and come back.
 */
export class Roster {
  readonly #listener: RosterListener;
  readonly #names = new Map<string, string>();
  /** By consumer id, in order of arrival. A peer's tracks may be known before its name. */
  readonly #tracks = new Map<string, RemoteTrack & { readonly peerId: string }>();
  #peers: readonly RemotePeer[] = [];

  constructor(listener: RosterListener) {
    this.#listener = listener;
  }

  /** A new array, with a new object for each peer that changed, after every change. */
  get peers(): readonly RemotePeer[] {
    return this.#peers;
  }

  nameOf(peerId: string): string | undefined {
    return this.#names.get(peerId);
  }

  /** Who is in the room as the server says on joining: the others have left, or come. */
  reset(present: readonly PeerInfo[]): void {
    const ids = new Set(present.map((peer) => peer.id));
    for (const id of [...this.#names.keys()]) if (!ids.has(id)) this.remove(id);
    for (const peer of present) this.add(peer);
  }

  add({ id, displayName }: PeerInfo): void {
    const isNew = !this.#names.has(id);
    this.#names.set(id, displayName);
    this.#publish();
    const peer = this.#find(id);
    if (isNew && peer) this.#listener.onJoined(peer);
  }

  remove(peerId: string): void {
    const peer = this.#find(peerId);
    this.#names.delete(peerId);
    for (const [id, track] of this.#tracks) if (track.peerId === peerId) this.#tracks.delete(id);
    this.#publish();
    if (peer) this.#listener.onLeft(peer);
  }

  /** Shows a track of a peer in the place of another of its kind. */
  showTrack(peerId: string, track: RemoteTrack): void {
    for (const [id, other] of this.#tracks) {
      if (other.peerId === peerId && other.kind === track.kind) this.#tracks.delete(id);
    }
    this.#tracks.set(track.consumerId, { ...track, peerId });
    this.#publish();
  }

  trackOf(peerId: string, kind: RemoteTrack['kind']): RemoteTrack | undefined {
    return [...this.#tracks.values()].find(
      (track) => track.peerId === peerId && track.kind === kind,
    );
  }

  setPaused(consumerId: string, paused: boolean): void {
    const track = this.#tracks.get(consumerId);
    if (!track || track.paused === paused) return;
    this.#tracks.set(consumerId, { ...track, paused });
    this.#publish();
  }

  removeTrack(consumerId: string): void {
    if (this.#tracks.delete(consumerId)) this.#publish();
  }

  /** The session is gone, and every track with it. */
  clearTracks(): void {
    if (this.#tracks.size === 0) return;
    this.#tracks.clear();
    this.#publish();
  }

  /** The call is over: nobody is there any more, and nobody left for it. */
  clear(): void {
    this.#names.clear();
    this.#tracks.clear();
    this.#publish();
  }

  #find(peerId: string): RemotePeer | undefined {
    return this.#peers.find((peer) => peer.id === peerId);
  }

  #publish(): void {
    this.#peers = [...this.#names].map(([id, displayName]) => {
      const next = {
        id,
        displayName,
        audio: this.trackOf(id, 'audio'),
        video: this.trackOf(id, 'video'),
      };
      const before = this.#find(id);
      const isSame =
        before?.displayName === displayName &&
        before.audio === next.audio &&
        before.video === next.video;
      return before && isSame ? before : next;
    });
    this.#listener.onChange();
  }
}
