import { z } from 'zod';
import { DisplayName, RoomId } from './meeting-link.ts';

/** `aud` of every join token. */
export const JOIN_TOKEN_AUDIENCE = 'causeway-room';

/** What a participant may do; absent means all. */
export const JoinPermissions = z.object({
  publish: z.boolean().default(true),
  subscribe: z.boolean().default(true),
});
export type JoinPermissions = z.infer<typeof JoinPermissions>;

/**
 * Claims of a join token (a JWT, RFC 7519), signed HS256 or EdDSA by whoever admits people to
 * rooms; checked by the room server and by the Cloud Proxy.
 */
export const JoinTokenClaims = z.object({
  aud: z.union([z.literal(JOIN_TOKEN_AUDIENCE), z.array(z.string())]),
  /** Who: stable for a person, opaque. */
  sub: z.string().min(1).max(128),
  /** The room that the token opens. */
  room: RoomId,
  name: DisplayName.optional(),
  permissions: JoinPermissions.default({ publish: true, subscribe: true }),
  /** Seconds since the epoch (RFC 7519 §4.1.4). Required. */
  exp: z.number().int(),
  iat: z.number().int().optional(),
});
export type JoinTokenClaims = z.infer<typeof JoinTokenClaims>;

/**
 * The join token travels as a second WebSocket sub-protocol, so that it stands in no URL and so in
 * no access log: `Sec-WebSocket-Protocol: protoo, causeway.token.<JWT>`. The server selects
 * `protoo`. Sent only to servers that announce the feature `token`.
 */
export const TOKEN_SUBPROTOCOL_PREFIX = 'causeway.token.';
export const PROTOO_SUBPROTOCOL = 'protoo';

/**
 * A peer that takes its place again shows its key in the same way, beside the token:
 * `causeway.resume.<key>`. Sent only to servers that announce the feature `peer-resume`.
 */
export const RESUME_SUBPROTOCOL_PREFIX = 'causeway.resume.';
