import { version as mediasoupVersion } from 'mediasoup';
import type { WebSocket } from 'ws';
import { CLOSE, type CloseCode } from '../../src/shared/close-codes.ts';
import type { Logger } from '../shared/logger.ts';
import { Refusal, type Visitor } from './admission.ts';
import type { RoomServerConfig } from './config.ts';
import { type ConnectionEnd, SignalingConnection } from './connection.ts';
import { dispatch } from './handlers/dispatch.ts';
import type { Metrics } from './metrics.ts';
import { Peer } from './peer.ts';
import { Absence, mayComeBack } from './resumption.ts';
import type { Room } from './room.ts';
import type { Rooms } from './rooms.ts';

/** Which connection is whose: newcomers, those who lost theirs, and those who come back. */

/** Who has not joined after this long waits for somebody to press Join, ms. */
const GIVES_WAY_AFTER_MS = 3_000;

export interface PresenceOptions {
  config: RoomServerConfig;
  rooms: Rooms;
  metrics: Metrics;
}

export class Presence {
  readonly #options: PresenceOptions;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  /** A newcomer; takes the place of an older peer with the same id. */
  enter(room: Room, visitor: Visitor, webSocket: WebSocket): void {
    const { config } = this.#options;
    const older = room.peers.get(visitor.peerId);
    if (older) {
      const why = 'You joined from somewhere else with the same peer id.';
      this.#turnOut(room, older, CLOSE.PEER_REPLACED, why);
    }

    const logger = room.logger.child({ peerId: visitor.peerId });
    const connection = this.#connect(room, webSocket, logger, () => peer);
    const peer: Peer = new Peer(visitor.peerId, visitor.identity, config, connection, logger);
    this.#closeUnless(() => peer.joined !== undefined, connection, 'join');
    room.add(peer);
    logger.info('peer connected');
    connection.notify('mediasoup-version', { version: mediasoupVersion });
  }

  /**
   * In a full room, who is about to join goes before who has only kept a connection ready.
   * @returns whether there is a place now.
   */
  makeSpace(room: Room): boolean {
    const now = performance.now();
    for (const peer of room.peers.values()) {
      if (peer.joined || now - peer.enteredAt < GIVES_WAY_AFTER_MS) continue;
      this.#turnOut(room, peer, CLOSE.IDLE, 'Somebody else took the place in the meeting.');
      return true;
    }
    return false;
  }

  /**
   * The peer whose place the visitor may take again.
   * @throws {Refusal} the place is gone or is not the visitor's, or it was taken too often of late.
   */
  findPlace(visitor: Visitor, key: string): { room: Room; peer: Peer } {
    const room = this.#options.rooms.find(visitor.roomId);
    const peer = room?.peers.get(visitor.peerId);
    const isTheirs =
      peer?.identity.subject === visitor.identity.subject && peer?.resumeKey?.matches(key);
    if (!room || !peer || room.closed || !isTheirs) {
      throw new Refusal(
        CLOSE.RESUME_REFUSED,
        'resume_refused',
        'Your place in the meeting is no longer kept. Join again.',
      );
    }
    if (!peer.resumeKey?.tryReturn()) {
      throw new Refusal(
        CLOSE.TOO_MANY_REQUESTS,
        'resume_limit',
        'Your connection was resumed too often of late. Wait and try again.',
      );
    }
    return { room, peer };
  }

  /** The owner of a place is back; it is told nothing before it asks what stands. */
  comeBack(
    { room, peer }: { room: Room; peer: Peer },
    visitor: Visitor,
    webSocket: WebSocket,
  ): void {
    const older = peer.connection;
    const absence = peer.absence ?? this.#beginAbsence(room, peer);
    older.close(CLOSE.PEER_REPLACED, 'A newer connection takes this place.');
    peer.identity = visitor.identity;
    const logger = room.logger.child({ peerId: peer.id });
    const connection = this.#connect(room, webSocket, logger, () => peer);
    absence.expectOver(connection);
    this.#closeUnless(() => peer.connection === connection, connection, 'resume');
  }

  /** @param peer Whose it is; asked only once the connection does something. */
  #connect(
    room: Room,
    webSocket: WebSocket,
    logger: Logger,
    peer: () => Peer,
  ): SignalingConnection {
    const { config, metrics } = this.#options;
    const connection: SignalingConnection = new SignalingConnection(webSocket, config, logger, {
      onRequest: async (method, data) =>
        await dispatch({ room, peer: peer(), connection, config, metrics }, method, data),
      onClose: (end) => this.#connectionEnded(room, peer(), connection, end),
    });
    return connection;
  }

  #closeUnless(isDone: () => boolean, connection: SignalingConnection, method: string): void {
    const { joinTimeoutSeconds } = this.#options.config;
    const timer = setTimeout(() => {
      if (isDone()) return;
      connection.close(CLOSE.IDLE, `No ${method} request within ${joinTimeoutSeconds} s.`);
    }, joinTimeoutSeconds * 1000);
    connection.onceOver(() => clearTimeout(timer));
  }

  #connectionEnded(
    room: Room,
    peer: Peer,
    connection: SignalingConnection,
    end: ConnectionEnd,
  ): void {
    this.#options.metrics.connectionClosed(end.code);
    // It has another connection by now, or none is expected of it.
    if (peer.closed || peer.isAbsent || peer.connection !== connection) return;
    const { code, reason } = end;
    if (peer.resumeKey && mayComeBack(end)) {
      this.#beginAbsence(room, peer);
      room.logger.info({ peerId: peer.id, code, reason }, 'peer lost its connection');
    } else {
      this.#remove(room, peer);
      room.logger.info({ peerId: peer.id, code, reason }, 'peer gone');
    }
  }

  #beginAbsence(room: Room, peer: Peer): Absence {
    const absence = new Absence(this.#options.config.resumeGraceSeconds * 1000, () => {
      absence.turnAway(
        CLOSE.RESUME_REFUSED,
        'Your place in the meeting is no longer kept. Join again.',
      );
      this.#options.metrics.peerExpired();
      this.#remove(room, peer);
      room.logger.info({ peerId: peer.id }, 'peer did not come back');
    });
    peer.leaveFor(absence);
    return absence;
  }

  #turnOut(room: Room, peer: Peer, code: CloseCode, why: string): void {
    peer.disconnect(code, why);
    // An absent one has no connection whose end would remove it.
    if (!peer.closed) this.#remove(room, peer);
  }

  #remove(room: Room, peer: Peer): void {
    room.remove(peer);
    this.#options.rooms.closeIfEmpty(room);
  }
}
