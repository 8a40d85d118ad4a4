import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { CLOSE } from '../../src/shared/close-codes.ts';
import { PROTOO_SUBPROTOCOL } from '../../src/shared/join-token.ts';
import { redactUrl } from '../../src/shared/redact.ts';
import { clientAddress, isLoopbackAddress } from '../shared/addresses.ts';
import type { Logger } from '../shared/logger.ts';
import { CountPerKey, TokenBuckets } from '../shared/rate-limit.ts';
import { closeWebSocket } from '../shared/websocket-close.ts';
import { admit, type AdmissionPolicy, Refusal, type Visitor } from './admission.ts';
import type { RoomServerConfig } from './config.ts';
import { NoMediaWorker } from './media-workers.ts';
import type { Metrics } from './metrics.ts';
import { Presence } from './presence.ts';
import type { Room } from './room.ts';
import { type Rooms, TooManyRooms } from './rooms.ts';

/**
 * The WebSocket door: an upgrade request becomes a connection of a peer, or an accepted one that is
 * closed at once with a code that says why (a browser would hide an HTTP status).
 */

/**
 * Frames above this are not even received (close code 1009); smaller ones above the configured
 * limit get 4413 and a sentence.
 */
const LARGEST_FRAME_RECEIVED_BYTES = 4 * 1024 * 1024;

/**
 * Refusals that one address is told of by an accepted connection: this many at once and so many
 * per second in the long run. Clients of plain protoo connect again at once, for ever, after such
 * a close; after the HTTP status that follows beyond the limit they back off.
 */
const TOLD_REFUSALS = { capacity: 100, perSecond: 5 };

const TOO_MANY_REQUESTS_RESPONSE =
  'HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

export interface SignalingEndpointOptions {
  config: RoomServerConfig;
  policy: AdmissionPolicy;
  rooms: Rooms;
  metrics: Metrics;
  logger: Logger;
}

export class SignalingEndpoint {
  readonly #options: SignalingEndpointOptions;
  readonly #presence: Presence;
  readonly #perAddress: CountPerKey;
  readonly #toldRefusals = new TokenBuckets(TOLD_REFUSALS);
  readonly #webSockets: WebSocketServer;
  #stopping = false;

  constructor(options: SignalingEndpointOptions) {
    this.#options = options;
    this.#presence = new Presence(options);
    this.#perAddress = new CountPerKey(options.config.maxConnectionsPerAddress);
    this.#webSockets = new WebSocketServer({
      noServer: true,
      clientTracking: true,
      perMessageDeflate: false,
      maxPayload: LARGEST_FRAME_RECEIVED_BYTES,
      handleProtocols: (offered) => (offered.has(PROTOO_SUBPROTOCOL) ? PROTOO_SUBPROTOCOL : false),
    });
  }

  /** Takes an `upgrade` event of the HTTP server. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until `ws` has it, nobody else listens, and an unheard error would end the process.
    const onEarlyError = (): void => {
      socket.destroy();
    };
    socket.on('error', onEarlyError);
    let isAccepted = false;
    const accept = (use: (webSocket: WebSocket) => void): void => {
      if (isAccepted) return;
      isAccepted = true;
      socket.off('error', onEarlyError);
      this.#webSockets.handleUpgrade(request, socket, head, use);
    };
    this.#admit(request, accept).catch((error: unknown) => {
      const refusal = this.#asRefusal(error);
      const address = clientAddress(request, this.#options.config.behindTlsProxy);
      this.#options.metrics.refused(refusal.reason);
      this.#options.logger.info(
        {
          reason: refusal.reason,
          code: refusal.closeCode,
          address,
          url: redactUrl(`ws://server${request.url ?? ''}`).slice('ws://server'.length),
        },
        `connection refused: ${refusal.message}`,
      );
      if (this.#toldRefusals.tryTake(address)) {
        accept((webSocket) => closeWebSocket(webSocket, refusal.closeCode, refusal.message));
      } else if (!isAccepted) {
        socket.end(TOO_MANY_REQUESTS_RESPONSE);
      }
    });
  }

  /** Refuses newcomers from now on. */
  stopAccepting(): void {
    this.#stopping = true;
  }

  /** Cuts every connection that has not ended yet. */
  terminateAll(): void {
    for (const webSocket of this.#webSockets.clients) webSocket.terminate();
  }

  /** Resolves when no WebSocket is open. */
  async allClosed(): Promise<void> {
    await Promise.all(
      [...this.#webSockets.clients].map(
        async (webSocket) => await new Promise((resolve) => webSocket.once('close', resolve)),
      ),
    );
  }

  async #admit(
    request: IncomingMessage,
    accept: (use: (webSocket: WebSocket) => void) => void,
  ): Promise<void> {
    this.#refuseWhenStopping();
    const releaseAddress = this.#takePlace(request);
    const place = { admitted: false };
    let leave: (() => void) | undefined;
    const acceptVisitor = (use: (webSocket: WebSocket) => void): void =>
      accept((webSocket) => {
        place.admitted = true;
        webSocket.once('close', releaseAddress);
        use(webSocket);
      });
    try {
      const visitor = await admit(request, this.#options.policy);
      if (visitor.resumeKey !== undefined) {
        this.#refuseWhenStopping();
        const found = this.#presence.findPlace(visitor, visitor.resumeKey);
        acceptVisitor((webSocket) => this.#presence.comeBack(found, visitor, webSocket));
        return;
      }
      const entered = await this.#options.rooms.enter(visitor.roomId);
      leave = entered.leave;
      // From here to the peer's place in the room nothing may wait: the checks must still hold.
      this.#refuseWhenStopping();
      this.#refuseUnlessRoomFor(entered.room, visitor);
      acceptVisitor((webSocket) => this.#presence.enter(entered.room, visitor, webSocket));
    } finally {
      leave?.();
      if (!place.admitted) releaseAddress();
    }
  }

  #refuseWhenStopping(): void {
    if (this.#stopping) {
      throw new Refusal(CLOSE.SERVER_SHUTTING_DOWN, 'stopping', 'The server is shutting down.');
    }
  }

  #takePlace(request: IncomingMessage): () => void {
    const { config } = this.#options;
    const address = clientAddress(request, config.behindTlsProxy);
    if (isLoopbackAddress(address)) return () => undefined;
    const release = this.#perAddress.take(address);
    if (release) return release;
    throw new Refusal(
      CLOSE.TOO_MANY_REQUESTS,
      'address_limit',
      `Your address has its limit of ${config.maxConnectionsPerAddress} connections.`,
    );
  }

  #asRefusal(error: unknown): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof TooManyRooms) {
      return new Refusal(CLOSE.TOO_MANY_REQUESTS, 'room_limit', error.message);
    }
    if (!(error instanceof NoMediaWorker)) {
      this.#options.logger.error({ err: error }, 'a connection could not be admitted');
    }
    return new Refusal(
      CLOSE.ROOM_RESTARTED,
      'no_media_worker',
      'The media process is being restarted. Join again.',
    );
  }

  /**
   * A peer id that is taken may be taken over by the same identity only.
   * @throws {Refusal}
   */
  #refuseUnlessRoomFor(room: Room, visitor: Visitor): void {
    if (room.closed) {
      throw new Refusal(
        CLOSE.ROOM_RESTARTED,
        'room_closed',
        'The meeting was restarted. Join again.',
      );
    }
    const { maxPeersPerRoom } = this.#options.config;
    const present = room.peers.get(visitor.peerId);
    if (!present) {
      if (room.peers.size < maxPeersPerRoom || this.#presence.makeSpace(room)) return;
      throw new Refusal(
        CLOSE.ROOM_FULL,
        'room_full',
        `The meeting has its limit of ${maxPeersPerRoom} people.`,
      );
    }
    if (present.identity.subject !== visitor.identity.subject) {
      throw new Refusal(
        CLOSE.BAD_REQUEST,
        'peer_id_taken',
        'This peerId belongs to somebody else in the meeting. Choose another.',
      );
    }
  }
}
