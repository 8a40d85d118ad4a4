import { z } from 'zod';

/** One line of a call's history. Append-only; drawn by the UI and exported with diagnostics. */
export const TimelineEntry = z.object({
  /** Monotonic, ms since the room object was made. */
  at: z.number().nonnegative(),
  /** Wall time, ms since the epoch. */
  wallTime: z.number(),
  kind: z.enum(['state', 'signaling', 'path', 'fallback', 'peer', 'media', 'error']),
  /** One line that a person understands. Holds no token, credential or full URL. */
  text: z.string(),
  /** How long the thing that ended took, ms. */
  tookMs: z.number().nonnegative().optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;
