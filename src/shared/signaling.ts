import { z } from 'zod';
import { MAX_CHAT_TEXT_LENGTH } from './chat-text.ts';
import { DisplayName } from './meeting-link.ts';

/**
 * The base protocol: method names and payloads of the public mediasoup demo (v3), one schema per
 * message; types come from the schemas. RTP, ICE, DTLS and SCTP parameters are checked here for
 * shape and size only: mediasoup and mediasoup-client check their content.
 *
 * Fields and methods marked with a feature are extensions (see discovery.ts): a client sends them to
 * servers that announce the feature, a server sends them to clients that named it in `join`.
 */

const Id = z.string().min(1).max(64);
const Empty = z.object({});

export const MediaKind = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof MediaKind>;

/** Characters of JSON; it goes to everybody in the room with each producer. */
const MAX_APP_DATA_LENGTH = 4_096;

/** Free-form data of the application, bounded. */
const AppData = z
  .record(z.string().max(64), z.unknown())
  .refine((data) => Object.keys(data).length <= 32, 'too many keys')
  .refine((data) => JSON.stringify(data).length <= MAX_APP_DATA_LENGTH, 'too much data');

const RtpParameters = z.looseObject({
  mid: z.string().max(64).optional(),
  codecs: z
    .array(
      z.looseObject({
        mimeType: z.string(),
        payloadType: z.number().int(),
        clockRate: z.number().int(),
      }),
    )
    .min(1)
    .max(64),
  headerExtensions: z
    .array(z.looseObject({ uri: z.string(), id: z.number().int() }))
    .max(64)
    .optional(),
  encodings: z.array(z.looseObject({})).max(16).optional(),
  rtcp: z.looseObject({}).optional(),
});
const RtpCapabilities = z.looseObject({
  codecs: z
    .array(z.looseObject({ mimeType: z.string(), kind: MediaKind, clockRate: z.number().int() }))
    .max(128)
    .optional(),
  headerExtensions: z
    .array(z.looseObject({ uri: z.string() }))
    .max(128)
    .optional(),
});
const DtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(z.object({ algorithm: z.string().max(16), value: z.string().max(256) }))
    .min(1)
    .max(16),
});
const IceParameters = z.object({
  usernameFragment: z.string().min(1).max(256),
  password: z.string().min(1).max(256),
  iceLite: z.boolean().optional(),
});
export const IceCandidate = z.looseObject({
  foundation: z.string().max(64),
  priority: z.number(),
  ip: z.string().max(256).optional(),
  address: z.string().max(256).optional(),
  protocol: z.enum(['udp', 'tcp']),
  port: z.number().int().min(1).max(65_535),
  type: z.enum(['host', 'srflx', 'prflx', 'relay']),
  tcpType: z.enum(['active', 'passive', 'so']).optional(),
});
export type IceCandidate = z.infer<typeof IceCandidate>;

const NumSctpStreams = z.object({
  OS: z.number().int().min(1).max(65_535),
  MIS: z.number().int().min(1).max(65_535),
});
const SctpCapabilities = z.object({ numStreams: NumSctpStreams });
const SctpParameters = z.looseObject({
  port: z.number().int(),
  OS: z.number().int(),
  MIS: z.number().int(),
  maxMessageSize: z.number().int(),
});
const SctpStreamParameters = z.looseObject({
  streamId: z.number().int().min(0).max(65_535).optional(),
  ordered: z.boolean().optional(),
  maxPacketLifeTime: z.number().int().positive().optional(),
  maxRetransmits: z.number().int().nonnegative().optional(),
});

export const DeviceInfo = z.object({
  flag: z.string().max(32).optional(),
  name: z.string().max(64),
  version: z.string().max(32).optional(),
});
export type DeviceInfo = z.infer<typeof DeviceInfo>;

export const PeerInfo = z.object({
  id: Id,
  displayName: z.string().max(120),
  device: DeviceInfo.optional(),
});
export type PeerInfo = z.infer<typeof PeerInfo>;

const TransportId = z.object({ transportId: Id });
const ProducerId = z.object({ producerId: Id });
const ConsumerId = z.object({ consumerId: Id });

/** A track of somebody else, offered. The consumer behind it is paused until it is accepted. */
const ConsumerOffer = z.object({
  peerId: Id,
  producerId: Id,
  id: Id,
  kind: MediaKind,
  rtpParameters: RtpParameters,
  type: z.enum(['simple', 'simulcast', 'svc', 'pipe']),
  appData: AppData.nullish(),
  producerPaused: z.boolean(),
  /**
   * `transport-migration`: the consuming transport it is on. Absent from plain servers, whose
   * clients have one.
   */
  transportId: Id.optional(),
  /**
   * `transport-migration`: the consumer whose place it takes: of the producer that this one's
   * producer replaces, or of the same producer on another transport.
   */
  replaces: Id.optional(),
});
export type ConsumerOffer = z.infer<typeof ConsumerOffer>;

/**
 * `transport-migration`: one peer's media moves from one of its transports to another, without a gap
 * where both carry.
 */
const MigrationRequests = {
  /**
   * Closes it and all that is on it, without `consumerClosed` for each. What came in on it alone is
   * offered on the receiving transport.
   */
  closeTransport: { request: TransportId, response: z.unknown() },
  /**
   * Makes a paused twin on `transportId` of each consumer that the peer has on its receiving
   * transport and not there; of those of one `kind` where it is named. Answers with those on
   * `transportId` that the client was not told of over this connection, sound first, as many as fit
   * into a message (some 300); asked again, with further ones. After `resume` these are all of them,
   * because the answer before may have been lost: skip the ids that are known.
   */
  mirrorConsumers: {
    request: TransportId.extend({ kind: MediaKind.optional() }),
    response: z.object({ consumers: z.array(ConsumerOffer).max(4096) }),
  },
  /**
   * Lets media flow on `transportId`, which becomes the receiving transport: its consumers are
   * resumed, sound first, but for those that the client has paused. With `alone`, their twins on
   * other transports are paused; without, both flow, until it is said with `alone`. What has no
   * twin there goes on where it is and is offered there (`newConsumer` with `replaces`); where a
   * `kind` is named, only of that kind.
   */
  receiveOn: {
    request: TransportId.extend({ alone: z.boolean(), kind: MediaKind.optional() }),
    response: z.unknown(),
  },
} as const;

/**
 * `peer-resume`: what a peer shows to take its place again. Close codes 1000, 1001, 4000 and none
 * mean that the client leaves; one that gives a connection up and comes back uses another.
 */
export const ResumeGrant = z.object({
  /** Secret; 16 to 64 characters that a WebSocket sub-protocol may hold. */
  key: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
  /** How long the place is kept after the connection ended, ms. */
  graceMs: z.number().int().positive().max(600_000),
});
export type ResumeGrant = z.infer<typeof ResumeGrant>;

const ResumeRequests = {
  /**
   * First request over a connection that took a place again: what stands, so that both sides agree
   * on what happened meanwhile. After the answer the server offers what was not accepted yet.
   */
  resume: {
    request: Empty,
    response: z.object({
      peers: z.array(PeerInfo).max(1000),
      transports: z.array(z.object({ id: Id })).max(64),
      producers: z.array(z.object({ id: Id, paused: z.boolean() })).max(64),
      consumers: z.array(z.object({ id: Id, producerPaused: z.boolean() })).max(4096),
    }),
  },
} as const;

/** `chat`: one message. Its id is the sender's choice, so that a repeated one is known as such. */
export const ChatMessage = z.object({
  id: z.uuid(),
  peerId: Id,
  displayName: z.string().max(120),
  text: z.string().min(1).max(MAX_CHAT_TEXT_LENGTH),
  /** The server's wall time, ms since the epoch. */
  at: z.number().int().positive(),
});
export type ChatMessage = z.infer<typeof ChatMessage>;

const ChatRequests = {
  /**
   * Delivers once, however often the same id is sent. Answers with the message as all have it:
   * without control characters other than newline and tab.
   */
  sendChat: {
    request: z.object({ id: z.uuid(), text: z.string().trim().min(1).max(MAX_CHAT_TEXT_LENGTH) }),
    response: ChatMessage,
  },
  /** The meeting's latest messages, oldest first. */
  getChat: { request: Empty, response: z.object({ messages: z.array(ChatMessage).max(500) }) },
} as const;

/** Requests from the client to the server: `{ [method]: { request, response } }`. */
export const ClientRequests = {
  getRouterRtpCapabilities: { request: Empty, response: RtpCapabilities },
  createWebRtcTransport: {
    request: z.object({
      forceTcp: z.boolean().default(false),
      producing: z.boolean(),
      consuming: z.boolean(),
      sctpCapabilities: SctpCapabilities.optional(),
      /**
       * `transport-migration`: a consuming transport to which no consumer goes by itself, until
       * `mirrorConsumers` and `receiveOn` name it.
       */
      standby: z.boolean().optional(),
    }),
    response: z.looseObject({
      id: Id,
      iceParameters: IceParameters,
      iceCandidates: z.array(IceCandidate).min(1).max(64),
      dtlsParameters: DtlsParameters,
      sctpParameters: SctpParameters.nullish(),
    }),
  },
  connectWebRtcTransport: {
    request: TransportId.extend({ dtlsParameters: DtlsParameters }),
    response: z.unknown(),
  },
  restartIce: { request: TransportId, response: IceParameters },
  join: {
    request: z.object({
      displayName: DisplayName,
      device: DeviceInfo,
      rtpCapabilities: RtpCapabilities,
      sctpCapabilities: SctpCapabilities.optional(),
      /** Extensions that the client understands, by their names in the discovery document. */
      features: z.array(z.string().max(64)).max(64).optional(),
    }),
    response: z.object({
      peers: z.array(PeerInfo).max(1000),
      /** `peer-resume`: lets this client, and nobody else, take its place again. */
      resume: ResumeGrant.optional(),
    }),
  },
  produce: {
    request: TransportId.extend({
      kind: MediaKind,
      rtpParameters: RtpParameters,
      appData: AppData.default({}),
      /**
       * `transport-migration`: the producer of this peer whose place the new one takes on the
       * others' screens. It goes on until the client closes it.
       */
      replaces: Id.optional(),
      /** `transport-migration`: starts paused. */
      paused: z.boolean().optional(),
    }),
    response: z.object({ id: Id }),
  },
  closeProducer: { request: ProducerId, response: z.unknown() },
  pauseProducer: { request: ProducerId, response: z.unknown() },
  resumeProducer: { request: ProducerId, response: z.unknown() },
  pauseConsumer: { request: ConsumerId, response: z.unknown() },
  resumeConsumer: { request: ConsumerId, response: z.unknown() },
  requestConsumerKeyFrame: { request: ConsumerId, response: z.unknown() },
  setConsumerPreferredLayers: {
    request: ConsumerId.extend({
      spatialLayer: z.number().int().min(0).max(8),
      temporalLayer: z.number().int().min(0).max(8).optional(),
    }),
    response: z.unknown(),
  },
  setConsumerPriority: {
    request: ConsumerId.extend({ priority: z.number().int().min(1).max(255) }),
    response: z.unknown(),
  },
  changeDisplayName: { request: z.object({ displayName: DisplayName }), response: z.unknown() },
  produceData: {
    request: TransportId.extend({
      sctpStreamParameters: SctpStreamParameters,
      label: z.string().max(64).default(''),
      protocol: z.string().max(64).default(''),
      appData: AppData.default({}),
    }),
    response: z.object({ id: Id }),
  },
  ...MigrationRequests,
  ...ResumeRequests,
  ...ChatRequests,
  getTransportStats: { request: TransportId, response: z.unknown() },
  getProducerStats: { request: ProducerId, response: z.unknown() },
  getConsumerStats: { request: ConsumerId, response: z.unknown() },
} as const;

/** Requests from the server to the client. */
export const ServerRequests = {
  newConsumer: { request: ConsumerOffer, response: z.unknown() },
  newDataConsumer: {
    request: z.object({
      peerId: Id.nullish(),
      dataProducerId: Id,
      id: Id,
      sctpStreamParameters: SctpStreamParameters,
      label: z.string().max(64),
      protocol: z.string().max(64),
      appData: AppData.nullish(),
    }),
    response: z.unknown(),
  },
} as const;

/** Notifications from the server. Others are ignored. */
export const ServerNotifications = {
  newPeer: PeerInfo,
  peerClosed: z.object({ peerId: Id }),
  peerDisplayNameChanged: z.object({
    peerId: Id,
    displayName: z.string().max(120),
    oldDisplayName: z.string().optional(),
  }),
  consumerClosed: ConsumerId,
  consumerPaused: ConsumerId,
  consumerResumed: ConsumerId,
  dataConsumerClosed: z.object({ dataConsumerId: Id }),
  consumerScore: ConsumerId.extend({
    score: z.looseObject({ score: z.number().optional(), producerScore: z.number().optional() }),
  }),
  producerScore: ProducerId.extend({
    score: z.array(z.looseObject({ ssrc: z.number(), score: z.number() })).max(32),
  }),
  consumerLayersChanged: ConsumerId.extend({
    spatialLayer: z.number().nullish(),
    temporalLayer: z.number().nullish(),
  }),
  activeSpeaker: z.object({ peerId: Id.nullish(), volume: z.number().optional() }),
  downlinkBwe: z.looseObject({
    desiredBitrate: z.number().optional(),
    effectiveDesiredBitrate: z.number().optional(),
    availableBitrate: z.number().optional(),
  }),
  /** `chat`: from somebody else. */
  chatMessage: ChatMessage,
  'mediasoup-version': z.looseObject({ version: z.string() }),
} as const;

export type ClientMethod = keyof typeof ClientRequests;
export type ClientRequest<M extends ClientMethod> = z.input<(typeof ClientRequests)[M]['request']>;
export type ClientRequestParsed<M extends ClientMethod> = z.output<
  (typeof ClientRequests)[M]['request']
>;
export type ClientResponse<M extends ClientMethod> = z.output<
  (typeof ClientRequests)[M]['response']
>;
export type ServerMethod = keyof typeof ServerRequests;
export type ServerRequest<M extends ServerMethod> = z.output<(typeof ServerRequests)[M]['request']>;
export type ServerNotificationMethod = keyof typeof ServerNotifications;
export type ServerNotification<M extends ServerNotificationMethod> = z.output<
  (typeof ServerNotifications)[M]
>;

/** `path: message` of the first problem, for an error that goes over the wire. */
export function describeIssues(error: z.ZodError): string {
  const issue = error.issues[0];
  if (!issue) return 'malformed';
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message;
}
