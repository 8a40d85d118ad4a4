import { z } from 'zod';
import type { LinkRole } from './call-state.ts';

/** The little of a statistics report (W3C webrtc-stats) that tells whether a link is alive. */
export interface Inbound {
  /** Of the selected candidate pair. */
  readonly pairId: string;
  /** When the report was made, by the browser's clock, ms since the epoch. */
  readonly madeAt: number;
  /**
   * When the last packet came in, on the same clock. Sending: any packet of the other end's (feedback,
   * data). Receiving: media only, because probes for bandwidth go on when those who send have
   * stopped. Undefined when none came.
   */
  readonly lastPacketAt: number | undefined;
  /** STUN responses on the selected pair so far. */
  readonly responses: number;
}

const Transport = z.object({
  type: z.literal('transport'),
  selectedCandidatePairId: z.string(),
});
const Pair = z.object({
  /** Wall times, ms since the epoch; `timestamp` is when the report was made. */
  timestamp: z.number(),
  lastPacketReceivedTimestamp: z.number().optional(),
  responsesReceived: z.number().default(0),
});
const InboundRtp = z.object({
  type: z.literal('inbound-rtp'),
  mid: z.string().optional(),
  lastPacketReceivedTimestamp: z.number().optional(),
});

/** The `mid` under which mediasoup-client takes mediasoup's probes for bandwidth. */
const PROBATOR_MID = 'probator';

/**
 * Undefined while no pair is selected.
 * @param apart The `mid` of media that is not listened to.
 */
export function readInbound(
  report: RTCStatsReport,
  role: LinkRole,
  apart: ReadonlySet<string>,
): Inbound | undefined {
  let pairId: string | undefined;
  let lastMedia: number | undefined;
  for (const record of report.values() as Iterable<{ type: string }>) {
    if (record.type === 'transport') {
      pairId = Transport.safeParse(record).data?.selectedCandidatePairId;
    } else if (role === 'receive' && record.type === 'inbound-rtp') {
      const rtp = InboundRtp.safeParse(record).data;
      if (!rtp || rtp.mid === PROBATOR_MID || apart.has(rtp.mid ?? '')) continue;
      const at = rtp.lastPacketReceivedTimestamp;
      if (at !== undefined && at > (lastMedia ?? 0)) lastMedia = at;
    }
  }
  const pair = pairId === undefined ? undefined : Pair.safeParse(report.get(pairId)).data;
  if (pairId === undefined || !pair) return undefined;
  const last = role === 'receive' ? lastMedia : pair.lastPacketReceivedTimestamp;
  return {
    pairId,
    madeAt: pair.timestamp,
    lastPacketAt: last,
    responses: pair.responsesReceived,
  };
}
