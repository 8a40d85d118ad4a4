import type { types } from 'mediasoup';
import type { CloseCode } from '../../src/shared/close-codes.ts';
import type { Feature } from '../../src/shared/discovery.ts';
import type { JoinPermissions } from '../../src/shared/join-token.ts';
import type { DeviceInfo, PeerInfo } from '../../src/shared/signaling.ts';
import type { Logger } from '../shared/logger.ts';
import type { SignalingConnection } from './connection.ts';
import { reportConsumer } from './consumer-reports.ts';
import { OwnedObjects } from './owned-objects.ts';
import type { PeerDataProducer, PeerProducer, PeerTransport } from './peer-media.ts';
import type { Absence, ResumeKey } from './resumption.ts';
import type { Subscription } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';

/** One participant: its connection, what it may do, and the mediasoup objects that are its own. */

/** What a peer tells with `join`. */
export interface Joined {
  displayName: string;
  device: DeviceInfo;
  rtpCapabilities: types.RtpCapabilities;
  /** Extensions that the client understands. */
  features: ReadonlySet<string>;
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
  /** ms, monotonic. */
  readonly enteredAt = performance.now();
  /** By the newest token shown: a returning peer may have other permissions than before. */
  identity: PeerIdentity;
  readonly transports: OwnedObjects<PeerTransport>;
  readonly producers: OwnedObjects<PeerProducer>;
  readonly dataProducers: OwnedObjects<PeerDataProducer>;
  readonly subscriptions = new Subscriptions((made) => reportConsumer(this, made));
  /** Data producers of others for which a data consumer exists or is being made. */
  readonly consumedData = new Set<string>();
  /** Set by `join`; undefined before. */
  joined: Joined | undefined;
  /** With it the peer takes its place again; undefined for clients that do not do so. */
  resumeKey: ResumeKey | undefined;
  readonly #logger: Logger;
  #connection: SignalingConnection;
  #absence: Absence | undefined;
  /** The transport that was last named for receiving. */
  #receivingOn: PeerTransport | undefined;
  #closed = false;

  constructor(
    id: string,
    identity: PeerIdentity,
    limits: PeerLimits,
    connection: SignalingConnection,
    logger: Logger,
  ) {
    this.id = id;
    this.identity = identity;
    this.#connection = connection;
    this.#logger = logger;
    this.transports = new OwnedObjects('transport', limits.maxTransportsPerPeer);
    this.producers = new OwnedObjects('producer', limits.maxProducersPerPeer);
    this.dataProducers = new OwnedObjects('data producer', limits.maxDataProducersPerPeer);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The one over which it is told things; of an absent peer: the one that ended. */
  get connection(): SignalingConnection {
    return this.#connection;
  }

  /** Set while the peer has no connection and its place is kept. */
  get absence(): Absence | undefined {
    return this.#absence;
  }

  get isAbsent(): boolean {
    return this.#absence !== undefined;
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

  /** Whether the client named `feature` in `join`. */
  understands(feature: Feature): boolean {
    return this.joined?.features.has(feature) ?? false;
  }

  /** Begins an absence: what the peer would be told is lost until it returns. */
  leaveFor(absence: Absence): void {
    this.#absence = absence;
  }

  /** Ends the absence: the peer is told things over `connection` from now on. */
  returnOver(connection: SignalingConnection): void {
    this.#absence?.end();
    this.#absence = undefined;
    this.#connection = connection;
  }

  /**
   * The transport that new consumers go to: the one last named for receiving; when that is gone,
   * the newest one that is no standby.
   */
  get receivingTransport(): PeerTransport | undefined {
    const open = [...this.transports].filter(
      ({ consuming, flow, transport }) => consuming && flow !== 'silent' && !transport.closed,
    );
    return open.find((transport) => transport === this.#receivingOn) ?? open.at(-1);
  }

  /**
   * Makes `transport` the receiving one. Media flows where {@link settle} finds it should.
   * @param alone Whether it takes over from the others.
   */
  receiveOn(transport: PeerTransport, alone: boolean): void {
    this.#receivingOn = transport;
    transport.flow = 'flowing';
    if (!alone) return;
    for (const other of this.transports) {
      if (other !== transport && other.flow === 'flowing') other.flow = 'superseded';
    }
  }

  /** Lets media flow where it should, of all or of some that it receives. Troubles are logged. */
  settle(subscriptions?: Iterable<Subscription>): void {
    this.subscriptions.settle(subscriptions).catch((error: unknown) => {
      if (!this.#closed) this.#logger.warn({ err: error }, 'a consumer could not be changed');
    });
  }

  /** Ends the connection; its end closes the peer. */
  disconnect(code: CloseCode, reason: string): void {
    this.#absence?.turnAway(code, reason);
    this.#connection.close(code, reason);
  }

  /** Closes every transport, and with them all that is on them. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#absence?.end();
    for (const { transport } of [...this.transports]) transport.close();
  }
}
