import type { types } from 'mediasoup';
import { CLOSE, type CloseCode } from '../../src/shared/close-codes.ts';
import type { ServerNotification, ServerNotificationMethod } from '../../src/shared/signaling.ts';
import type { Logger } from '../shared/logger.ts';
import { ChatHistory } from './chat-history.ts';
import type { RoomMedia } from './media-workers.ts';
import type { Joined, Peer } from './peer.ts';
import type { PeerProducer } from './peer-media.ts';
import { watchSpeakers } from './speaker-detection.ts';

/** One meeting: its peers and the router that forwards between them. */
export class Room {
  readonly id: string;
  readonly logger: Logger;
  readonly chat = new ChatHistory();
  readonly #media: RoomMedia;
  readonly #peers = new Map<string, Peer>();
  #speakers: Awaited<ReturnType<typeof watchSpeakers>> | undefined;
  #closed = false;
  /** Everybody is being sent away, so nobody needs to hear who else leaves. */
  #dispersing = false;

  private constructor(id: string, media: RoomMedia, logger: Logger) {
    this.id = id;
    this.#media = media;
    this.logger = logger;
  }

  /** @param onWorkerDied The room is of no use any more; its peers have been told. */
  static async create(
    id: string,
    media: RoomMedia,
    logger: Logger,
    onWorkerDied: (room: Room) => void,
  ): Promise<Room> {
    const room = new Room(id, media, logger);
    media.router.once('workerclose', () => {
      if (room.#closed) return;
      room.disconnectAll(
        CLOSE.ROOM_RESTARTED,
        'The media process of this meeting ended. Join again.',
      );
      room.close();
      onWorkerDied(room);
    });
    room.#speakers = await watchSpeakers(media.router, (speaker) => {
      room.notifyJoined('activeSpeaker', speaker ?? { peerId: null });
    });
    return room;
  }

  get router(): types.Router {
    return this.#media.router;
  }

  get webRtcServer(): types.WebRtcServer {
    return this.#media.webRtcServer;
  }

  get closed(): boolean {
    return this.#closed || this.#media.router.closed;
  }

  get peers(): ReadonlyMap<string, Peer> {
    return this.#peers;
  }

  /** Peers that have joined, without `except`. */
  joinedPeers(except?: Peer): Peer[] {
    return [...this.#peers.values()].filter((peer) => peer.joined && peer !== except);
  }

  add(peer: Peer): void {
    this.#peers.set(peer.id, peer);
  }

  /** Marks `peer` as joined and tells the others. */
  join(peer: Peer, joined: Joined): void {
    peer.joined = joined;
    const { info } = peer;
    if (info) this.notifyJoined('newPeer', info, peer);
  }

  /** Takes `peer` out, closes what it has, and tells the others. */
  remove(peer: Peer): void {
    if (this.#peers.get(peer.id) === peer) this.#peers.delete(peer.id);
    peer.close();
    if (peer.joined && !this.#dispersing) {
      this.notifyJoined('peerClosed', { peerId: peer.id }, peer);
    }
  }

  notifyJoined<M extends ServerNotificationMethod>(
    method: M,
    data: ServerNotification<M>,
    except?: Peer,
  ): void {
    for (const peer of this.joinedPeers(except)) peer.connection.notify(method, data);
  }

  /** Lets the loudest speaker be found among all that send sound. */
  async listenTo(producer: PeerProducer): Promise<void> {
    await this.#speakers?.add(producer);
  }

  disconnectAll(code: CloseCode, reason: string): void {
    this.#dispersing = true;
    for (const peer of [...this.#peers.values()]) {
      peer.disconnect(code, reason);
      // No connection of theirs ends now.
      if (peer.isAbsent) this.remove(peer);
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#media.router.close();
  }
}
