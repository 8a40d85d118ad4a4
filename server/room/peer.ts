import type { types } from 'mediasoup';
import type { CloseCode } from '../../src/shared/close-codes.ts';
import type { JoinPermissions } from '../../src/shared/join-token.ts';
import type { DeviceInfo, PeerInfo } from '../../src/shared/signaling.ts';
import type { SignalingConnection } from './connection.ts';
import { OwnedObjects } from './owned-objects.ts';

/** One participant: its connection, what it may do, and the mediasoup objects that are its own. */

/** What the server remembers with a producer. */
export interface ProducerData extends types.AppData {
  peerId: string;
  /** The application's own data, passed on to consumers as it came. */
  shared: Record<string, unknown>;
}

/** What the server remembers with a consumer. */
export interface ConsumerData extends types.AppData {
  /** The client asked for a pause, so accepting the consumer must not start it. */
  pausedByClient: boolean;
}

export type PeerProducer = types.Producer<ProducerData>;
export type PeerConsumer = types.Consumer<ConsumerData>;
export type PeerDataProducer = types.DataProducer<ProducerData>;

/** A transport and what the client said it is for. */
export interface PeerTransport {
  readonly id: string;
  readonly transport: types.WebRtcTransport;
  readonly producing: boolean;
  readonly consuming: boolean;
  /** `connectWebRtcTransport` was accepted or is being carried out. */
  connectAsked: boolean;
}

/** What a peer tells with `join`. */
export interface Joined {
  displayName: string;
  device: DeviceInfo;
  rtpCapabilities: types.RtpCapabilities;
}

export interface PeerLimits {
  maxTransportsPerPeer: number;
  maxProducersPerPeer: number;
  maxDataProducersPerPeer: number;
}

export interface PeerIdentity {
  /** `sub` of the token; undefined where the server uses none. */
  subject: string | undefined;
  permissions: JoinPermissions;
}

export class Peer {
  readonly id: string;
  readonly identity: PeerIdentity;
  readonly transports: OwnedObjects<PeerTransport>;
  readonly producers: OwnedObjects<PeerProducer>;
  readonly dataProducers: OwnedObjects<PeerDataProducer>;
  readonly consumers = new OwnedObjects<PeerConsumer>('consumer');
  /** Producers and data producers of others for which a consumer exists or is being made. */
  readonly consumed = new Set<string>();
  /** Set by `join`; undefined before. */
  joined: Joined | undefined;
  readonly #connection: SignalingConnection;
  #closed = false;

  constructor(
    id: string,
    identity: PeerIdentity,
    limits: PeerLimits,
    connection: SignalingConnection,
  ) {
    this.id = id;
    this.identity = identity;
    this.#connection = connection;
    this.transports = new OwnedObjects('transport', limits.maxTransportsPerPeer);
    this.producers = new OwnedObjects('producer', limits.maxProducersPerPeer);
    this.dataProducers = new OwnedObjects('data producer', limits.maxDataProducersPerPeer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  get connection(): SignalingConnection {
    return this.#connection;
  }

  /** What other peers are told of this one; undefined before `join`. */
  get info(): PeerInfo | undefined {
    return (
      this.joined && {
        id: this.id,
        displayName: this.joined.displayName,
        device: this.joined.device,
      }
    );
  }

  /** The transport that new consumers go to: the newest one for consuming. */
  get receivingTransport(): PeerTransport | undefined {
    return [...this.transports].findLast(
      ({ consuming, transport }) => consuming && !transport.closed,
    );
  }

  /** Ends the connection; its end closes the peer. */
  disconnect(code: CloseCode, reason: string): void {
    this.#connection.close(code, reason);
  }

  /** Closes every transport, and with them all that is on them. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { transport } of [...this.transports]) transport.close();
  }
}
