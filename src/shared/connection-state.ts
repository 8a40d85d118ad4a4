import { z } from 'zod';
import { Path } from './path.ts';
import { RoomErrorData } from './room-error.ts';

/** Why a call is on another protocol than the one it wanted first. */
export const Fallback = z.object({
  /** The protocol that was wanted and did not come up. */
  wanted: z.enum(['udp', 'tcp', 'tls']),
  /** The one in use instead. */
  using: z.enum(['udp', 'tcp', 'tls']),
  /** Wall time, ms since the epoch. */
  since: z.number(),
  reason: z.enum(['blocked-at-join', 'lost-in-call']),
});
export type Fallback = z.infer<typeof Fallback>;

export const Quality = z.object({
  level: z.enum(['good', 'fair', 'poor', 'unknown']),
  /** Round trip of the selected candidate pair, ms. */
  roundTripMs: z.number().nonnegative().optional(),
  /** Share of inbound RTP packets lost in the last sample period, 0 to 1. */
  loss: z.number().min(0).max(1).optional(),
  /** Highest inbound jitter, ms. */
  jitterMs: z.number().nonnegative().optional(),
  /** Media and overhead received / sent on the transports in the last sample period, bit/s. */
  receiveBitrate: z.number().nonnegative().optional(),
  sendBitrate: z.number().nonnegative().optional(),
});
export type Quality = z.infer<typeof Quality>;

export const MigrationReason = z.enum(['path-dead', 'path-suspect', 'better-path', 'policy']);
export type MigrationReason = z.infer<typeof MigrationReason>;

export const ReconnectReason = z.enum([
  'signaling-lost',
  'media-lost',
  'room-restarted',
  'server-restarting',
]);
export type ReconnectReason = z.infer<typeof ReconnectReason>;

/**
 * The connection to the meeting is lost and being taken up again, while sound and picture go on
 * without it. Absent while it stands.
 */
const SignalingLoss = z.object({
  /** Of coming back, from 1. */
  attempt: z.number().int().positive(),
  nextRetryAt: z.number(),
});
export type SignalingLoss = z.infer<typeof SignalingLoss>;

export const ConnectingStep = z.enum(['discovery', 'signaling', 'transports', 'media']);
export type ConnectingStep = z.infer<typeof ConnectingStep>;

/**
 * The one observable value of a room's connection. Times named `since` and `nextRetryAt` are wall
 * times in ms since the epoch.
 */
export const ConnectionState = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('idle') }),
  z.object({ phase: z.literal('connecting'), step: ConnectingStep, plan: z.array(Path) }),
  z.object({
    phase: z.literal('connected'),
    path: Path,
    fallback: Fallback.optional(),
    quality: Quality,
    signaling: SignalingLoss.optional(),
  }),
  z.object({
    phase: z.literal('migrating'),
    from: Path,
    to: Path,
    reason: MigrationReason,
    since: z.number(),
    signaling: SignalingLoss.optional(),
  }),
  z.object({
    phase: z.literal('reconnecting'),
    attempt: z.number().int().positive(),
    nextRetryAt: z.number(),
    reason: ReconnectReason,
  }),
  z.object({ phase: z.literal('failed'), error: RoomErrorData }),
  z.object({ phase: z.literal('left'), by: z.enum(['user', 'host', 'server']) }),
]);
export type ConnectionState = z.infer<typeof ConnectionState>;
