import { z } from 'zod';
import type { LinkRole } from './call-state.ts';

/**
 * The little of a statistics report (W3C webrtc-stats) that tells whether a link is alive. Pure.
 *
 * Of what comes in on a link that sends, some is said unasked: receiver reports go on, and key frames
 * are asked for, when not a packet arrives at the other end any more. Taken for signs of life, they
 * hide for seconds that only the way out is cut. So they are counted, to be left out.
 */
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
  /** Packets on the selected pair so far, of any kind. */
  readonly packets: number;
  /** When the last receiver report on each stream that is sent came in, whole ms, each time once. */
  readonly reportedAt: readonly number[];
  /** Requests for key frames so far, on all streams that are sent. */
  readonly pictureRequests: number;
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
  packetsReceived: z.number().default(0),
});
/** Of a stream that is sent: what its receiver says of it, and what of it was asked for. */
const RemoteInboundRtp = z.object({ type: z.literal('remote-inbound-rtp'), timestamp: z.number() });
const OutboundRtp = z.object({
  type: z.literal('outbound-rtp'),
  pliCount: z.number().default(0),
  firCount: z.number().default(0),
});
const InboundRtp = z.object({
  type: z.literal('inbound-rtp'),
  mid: z.string().optional(),
  lastPacketReceivedTimestamp: z.number().optional(),
});

/** The `mid` under which mediasoup-client takes mediasoup's probes for bandwidth. */
const PROBATOR_MID = 'probator';

/** The streams of one packet are handled one after the other, ms. */
const ONE_PACKET_MS = 2;

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
  const reportedAt = new Set<number>();
  let pictureRequests = 0;
  for (const record of report.values() as Iterable<{ type: string }>) {
    if (record.type === 'transport') {
      pairId = Transport.safeParse(record).data?.selectedCandidatePairId;
    } else if (role === 'receive' && record.type === 'inbound-rtp') {
      const rtp = InboundRtp.safeParse(record).data;
      if (!rtp || rtp.mid === PROBATOR_MID || apart.has(rtp.mid ?? '')) continue;
      const at = rtp.lastPacketReceivedTimestamp;
      if (at !== undefined && at > (lastMedia ?? 0)) lastMedia = at;
    } else if (role === 'send' && record.type === 'remote-inbound-rtp') {
      const { data } = RemoteInboundRtp.safeParse(record);
      if (data) reportedAt.add(Math.round(data.timestamp));
    } else if (role === 'send' && record.type === 'outbound-rtp') {
      const { data } = OutboundRtp.safeParse(record);
      if (data) pictureRequests += data.pliCount + data.firCount;
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
    packets: pair.packetsReceived,
    reportedAt: [...reportedAt],
    pictureRequests,
  };
}

/** What came in on one pair between two looks at it. */
export interface Arrivals {
  /** When the last sign of life came in; undefined when none did. By the clock of the statistics, ms. */
  readonly lifeAt: number | undefined;
  /** Packets that say nothing of the way out. */
  readonly unasked: number;
}

export function arrivalsBetween(before: Inbound, after: Inbound, role: LinkRole): Arrivals {
  const last = after.lastPacketAt;
  if (role === 'receive') return { lifeAt: last, unasked: 0 };
  const unasked = unaskedBetween(before, after);
  if (last === undefined || after.packets - before.packets <= unasked) {
    return { lifeAt: undefined, unasked };
  }
  // Which of them came last is not told: the middle is wrong by half at most.
  return { lifeAt: unasked > 0 ? (Math.min(before.madeAt, last) + last) / 2 : last, unasked };
}

/** One packet reports on several streams. */
function unaskedBetween(before: Inbound, after: Inbound): number {
  const reports = after.reportedAt
    .filter((at) => !before.reportedAt.includes(at))
    .toSorted((a, b) => a - b)
    .filter((at, index, all) => at - (all[index - 1] ?? -Infinity) > ONE_PACKET_MS);
  // Streams that have ended are not counted any more.
  return reports.length + Math.max(0, after.pictureRequests - before.pictureRequests);
}
