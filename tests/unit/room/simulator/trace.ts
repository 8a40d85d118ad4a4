import { z } from 'zod';

/** What happens to a call, in virtual time. Times: ms since the call was joined. */

const Direction = z.enum(['both', 'out', 'in']);

/**
 * - `accepted`: it says yes and does nothing.
 * - `late`: it does it, and says so when nobody waits for it any more.
 */
const Obedience = z.enum(['done', 'accepted', 'refused', 'late']);

const TraceEvent = z.union([
  /** A firewall drops this protocol from now on, seen from the client; `none` lifts it. */
  z.strictObject({
    at: z.number(),
    cut: z.enum(['udp', 'tcp', 'signaling']),
    directions: z.union([Direction, z.literal('none')]),
  }),
  /** Share of packets lost at random, 0 to 1. */
  z.strictObject({ at: z.number(), loss: z.number().min(0).max(0.9) }),
  z.strictObject({ at: z.number(), rttMs: z.number().positive() }),
  /** `silent`: muted and without camera; `absent`: nobody else is there. */
  z.strictObject({ at: z.number(), remote: z.enum(['media', 'speech', 'silent', 'absent']) }),
  z.strictObject({ at: z.number(), local: z.enum(['media', 'silent']) }),
  /** The page does not run; the network goes on. */
  z.strictObject({ at: z.number(), stallMs: z.number().positive() }),
  /** Nothing runs, nothing arrives. */
  z.strictObject({ at: z.number(), sleepMs: z.number().positive() }),
  /** Both cores are busy: looks come late, packets are handled late. */
  z.strictObject({ at: z.number(), busy: z.boolean() }),
  /** The client has another address from now on: what comes from the old one leads nowhere. */
  z.strictObject({ at: z.number(), addressChanged: z.literal(true) }),
  /** The signaling connection breaks; another can be made. */
  z.strictObject({ at: z.number(), signalingClosed: z.number() }),
  /** What the room server makes of being asked for media on another link: see {@link Obedience}. */
  z.strictObject({ at: z.number(), migration: Obedience }),
  /** The room server is gone for this long, and everything that it knew for good. */
  z.strictObject({ at: z.number(), serverDownMs: z.number().positive() }),
]);
export type TraceEvent = z.infer<typeof TraceEvent>;

export const Trace = z.strictObject({
  name: z.string(),
  /** The server understands transport-migration and peer-resume. Default true. */
  able: z.boolean().default(true),
  preferredProtocol: z.enum(['UDP_OVER_TCP', 'UDP_ONLY', 'TCP_ONLY']).default('UDP_OVER_TCP'),
  standby: z.boolean().default(true),
  rttMs: z.number().positive().default(20),
  durationMs: z.number().positive(),
  /** In order of time. */
  events: z.array(TraceEvent),
});
export type Trace = z.infer<typeof Trace>;
