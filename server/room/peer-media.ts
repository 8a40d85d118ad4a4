import type { types } from 'mediasoup';

/** The mediasoup objects of one peer, and what the server remembers with each. */

/** What the server remembers with a producer. */
export interface ProducerData extends types.AppData {
  peerId: string;
  /** The application's own data, passed on to consumers as it came. */
  shared: Record<string, unknown>;
  /** The producer whose place this one takes on the others' screens. */
  replaces?: string;
}

export type PeerProducer = types.Producer<ProducerData>;
export type PeerDataProducer = types.DataProducer<ProducerData>;

/**
 * Whether consumers on a transport carry media. `silent`: a standby, not yet. `superseded`: they
 * did, until another transport was received on alone; those without a twin there go on.
 */
export type TransportFlow = 'silent' | 'flowing' | 'superseded';

/** A transport and what the client said it is for. */
export interface PeerTransport {
  readonly id: string;
  readonly transport: types.WebRtcTransport;
  readonly producing: boolean;
  readonly consuming: boolean;
  flow: TransportFlow;
  /** `connectWebRtcTransport` was accepted or is being carried out. */
  connectAsked: boolean;
  /** The client closed it, so it need not be told what went with it. */
  closedByClient: boolean;
}
