import { z } from 'zod';

/**
 * The part of a WebRTC statistics report (W3C webrtc-stats) that the engine reads, by record type.
 * Every field is optional there; a record that does not fit is left out.
 */

const TransportStats = z.object({
  type: z.literal('transport'),
  selectedCandidatePairId: z.string().optional(),
  bytesReceived: z.number().default(0),
  bytesSent: z.number().default(0),
});
const CandidatePairStats = z.object({
  id: z.string(),
  type: z.literal('candidate-pair'),
  localCandidateId: z.string(),
  remoteCandidateId: z.string(),
  state: z.string(),
  /** Seconds. */
  currentRoundTripTime: z.number().nonnegative().optional(),
});
const CandidateStats = z.object({
  id: z.string(),
  type: z.enum(['local-candidate', 'remote-candidate']),
  candidateType: z.enum(['host', 'srflx', 'prflx', 'relay']),
  protocol: z.enum(['udp', 'tcp']),
  address: z.string().nullish(),
  port: z.number().int().optional(),
  /** Local relay candidates only: how this computer reaches the relay. */
  relayProtocol: z.enum(['udp', 'tcp', 'tls']).optional(),
  /** Local relay candidates only: the TURN URL. */
  url: z.string().optional(),
});
const InboundRtpStats = z.object({
  type: z.literal('inbound-rtp'),
  packetsReceived: z.number().default(0),
  packetsLost: z.number().default(0),
  /** Seconds. */
  jitter: z.number().nonnegative().optional(),
});

export type CandidatePairStats = z.infer<typeof CandidatePairStats>;
export type CandidateStats = z.infer<typeof CandidateStats>;

/** One transport's report, sorted. */
export interface LinkStats {
  readonly selectedPair: CandidatePairStats | undefined;
  readonly localCandidate: CandidateStats | undefined;
  readonly remoteCandidate: CandidateStats | undefined;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** Highest of the inbound streams, seconds. */
  readonly jitter: number | undefined;
  /** Relayed addresses that this transport has been given so far. */
  readonly relayCandidates: number;
}

const Records = z.union([TransportStats, CandidatePairStats, CandidateStats, InboundRtpStats]);

/** @param records The values of an RTCStatsReport of one bundled peer connection. */
export function readLinkStats(records: Iterable<unknown>): LinkStats {
  const pairs = new Map<string, CandidatePairStats>();
  const candidates = new Map<string, CandidateStats>();
  let selectedPairId: string | undefined;
  let bytesReceived = 0;
  let bytesSent = 0;
  let packetsReceived = 0;
  let packetsLost = 0;
  let jitter: number | undefined;
  for (const raw of records) {
    const record = Records.safeParse(raw).data;
    switch (record?.type) {
      case 'transport':
        selectedPairId = record.selectedCandidatePairId;
        bytesReceived += record.bytesReceived;
        bytesSent += record.bytesSent;
        break;
      case 'candidate-pair':
        pairs.set(record.id, record);
        break;
      case 'local-candidate':
      case 'remote-candidate':
        candidates.set(record.id, record);
        break;
      case 'inbound-rtp':
        packetsReceived += record.packetsReceived;
        packetsLost += record.packetsLost;
        if (record.jitter !== undefined) jitter = Math.max(jitter ?? 0, record.jitter);
        break;
      case undefined:
        break;
    }
  }
  const selectedPair = selectedPairId === undefined ? undefined : pairs.get(selectedPairId);
  return {
    selectedPair,
    localCandidate: selectedPair && candidates.get(selectedPair.localCandidateId),
    remoteCandidate: selectedPair && candidates.get(selectedPair.remoteCandidateId),
    bytesReceived,
    bytesSent,
    packetsReceived,
    packetsLost,
    jitter,
    relayCandidates: [...candidates.values()].filter(isLocalRelay).length,
  };
}

function isLocalRelay(candidate: CandidateStats): boolean {
  return candidate.type === 'local-candidate' && candidate.candidateType === 'relay';
}
