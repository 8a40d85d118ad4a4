import { z } from 'zod';
import { DisplayName } from './meeting-link.ts';

/**
 * The base protocol: method names and payloads of the public mediasoup demo (v3), one schema per
 * message; types come from the schemas. RTP, ICE, DTLS and SCTP parameters are checked here for
 * shape and size only: mediasoup and mediasoup-client check their content.
 */

const Id = z.string().min(1).max(64);
const Empty = z.object({});

export const MediaKind = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof MediaKind>;

/** Free-form data of the application, bounded in number of keys. */
const AppData = z
  .record(z.string().max(64), z.unknown())
  .refine((data) => Object.keys(data).length <= 32, 'too many keys');

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

/** Requests from the client to the server: `{ [method]: { request, response } }`. */
export const ClientRequests = {
  getRouterRtpCapabilities: { request: Empty, response: RtpCapabilities },
  createWebRtcTransport: {
    request: z.object({
      forceTcp: z.boolean().default(false),
      producing: z.boolean(),
      consuming: z.boolean(),
      sctpCapabilities: SctpCapabilities.optional(),
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
    }),
    response: z.object({ peers: z.array(PeerInfo).max(1000) }),
  },
  produce: {
    request: TransportId.extend({
      kind: MediaKind,
      rtpParameters: RtpParameters,
      appData: AppData.default({}),
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
  getTransportStats: { request: TransportId, response: z.unknown() },
  getProducerStats: { request: ProducerId, response: z.unknown() },
  getConsumerStats: { request: ConsumerId, response: z.unknown() },
} as const;

/** Requests from the server to the client. */
export const ServerRequests = {
  newConsumer: {
    request: z.object({
      peerId: Id,
      producerId: Id,
      id: Id,
      kind: MediaKind,
      rtpParameters: RtpParameters,
      type: z.enum(['simple', 'simulcast', 'svc', 'pipe']),
      appData: AppData.nullish(),
      producerPaused: z.boolean(),
    }),
    response: z.unknown(),
  },
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
