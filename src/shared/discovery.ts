import { z } from 'zod';

/** Where a room server and a Cloud Proxy say what they are. */
export const DISCOVERY_PATH = '/.well-known/causeway.json';

/** Version of the document that this code writes and reads. */
export const DISCOVERY_VERSION = 1;

/** Extensions of the base protocol. A peer uses one only when the other side announces it. */
export const Feature = z.enum([
  /** The join token is read from the WebSocket sub-protocols (see join-token.ts). */
  'token',
  /** `POST /dev/token` hands out join tokens. Loopback only. */
  'dev-token',
  /** A peer that comes back within the grace period gets its place back. */
  'peer-resume',
  /** A producer or consumer may replace another one without a blink. */
  'transport-migration',
  /** Text messages, with history. */
  'chat',
  /** The proxy hands out relay credentials with the discovery document. */
  'relay-credentials',
]);
export type Feature = z.infer<typeof Feature>;

/** One TURN server as WebRTC takes it (RTCIceServer), with short-lived credentials. */
export const IceServer = z.object({
  urls: z
    .array(z.string().regex(/^turns?:/, 'only turn: and turns: URLs are allowed'))
    .min(1)
    .max(8),
  username: z.string().min(1).max(512),
  credential: z.string().min(1).max(512),
});
export type IceServer = z.infer<typeof IceServer>;

export const DiscoveryDocument = z.object({
  version: z.number().int().min(1),
  role: z.enum(['room', 'proxy']),
  /** Unknown features are kept out, so that a newer server does not break an older client. */
  features: z
    .array(z.string())
    .max(64)
    .transform((names) => names.filter((name): name is Feature => Feature.safeParse(name).success)),
  /** Only from a proxy, only to a request that carried a valid join token. */
  iceServers: z.array(IceServer).max(8).optional(),
  /** When the credentials end, ms since the epoch by the proxy's clock. */
  credentialsExpireAt: z.number().int().positive().optional(),
  /** The answering host's clock, ms since the epoch: lets the client tell lifetimes apart from clock skew. */
  serverTime: z.number().int().positive().optional(),
});
export type DiscoveryDocument = z.infer<typeof DiscoveryDocument>;

/** `POST /dev/token`: request and answer of a development server. */
export const DEV_TOKEN_PATH = '/dev/token';
export const DevTokenRequest = z.strictObject({
  roomId: z.string().min(1).max(64),
  displayName: z.string().min(1).max(60).optional(),
  /** Lifetime, seconds. */
  lifetimeSeconds: z.number().int().min(1).max(86_400).optional(),
});
export const DevTokenResponse = z.object({ token: z.string().min(1) });
