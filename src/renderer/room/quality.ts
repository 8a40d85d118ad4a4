import type { Quality } from '../../shared/connection-state.ts';
import type { LinkStats } from './link-stats.ts';

/**
 * Where a call stops being good and starts being poor, as ITU-T G.114 and G.107 put it for speech:
 * one-way delays of 150 and 400 ms, of which the network round trip here may take about as much;
 * loss that concealment hides up to a few per cent; jitter up to what a buffer of one or two
 * packets (20 ms each) takes.
 */
const FAIR_FROM = { roundTripMs: 200, loss: 0.02, jitterMs: 30 } as const;
const POOR_FROM = { roundTripMs: 450, loss: 0.08, jitterMs: 80 } as const;

export const UNKNOWN_QUALITY: Quality = { level: 'unknown' };

/** One look at all transports of a call. */
export interface CallSample {
  /** Monotonic, ms. */
  readonly at: number;
  readonly links: readonly LinkStats[];
}

/**
 * The quality between two samples. Rates and loss need a previous one; the rest does not.
 * Counters that went back (another transport) count as no information.
 */
export function measureQuality(previous: CallSample | undefined, current: CallSample): Quality {
  const roundTripMs = highest(
    current.links.map((link) => toMs(link.selectedPair?.currentRoundTripTime)),
  );
  const jitterMs = highest(current.links.map((link) => toMs(link.jitter)));
  const rates = previous && ratesBetween(previous, current);
  const figures = {
    ...(roundTripMs !== undefined && { roundTripMs }),
    ...(jitterMs !== undefined && { jitterMs }),
    ...rates,
  };
  return { level: levelOf(figures), ...figures };
}

type Figures = Omit<Quality, 'level'>;

function levelOf(figures: Figures): Quality['level'] {
  if (figures.roundTripMs === undefined && figures.loss === undefined) return 'unknown';
  if (isAtLeast(figures, POOR_FROM)) return 'poor';
  return isAtLeast(figures, FAIR_FROM) ? 'fair' : 'good';
}

function isAtLeast(figures: Figures, limit: { [K in keyof typeof FAIR_FROM]: number }): boolean {
  return (
    (figures.roundTripMs ?? 0) >= limit.roundTripMs ||
    (figures.loss ?? 0) >= limit.loss ||
    (figures.jitterMs ?? 0) >= limit.jitterMs
  );
}

function ratesBetween(previous: CallSample, current: CallSample): Figures {
  const seconds = (current.at - previous.at) / 1000;
  const grown = (counter: (link: LinkStats) => number): number =>
    sum(current.links, counter) - sum(previous.links, counter);
  const received = grown((link) => link.bytesReceived);
  const sent = grown((link) => link.bytesSent);
  if (seconds <= 0 || received < 0 || sent < 0) return {};
  const packets = grown((link) => link.packetsReceived);
  // Late packets that were counted as lost make the counter go back.
  const lost = Math.max(
    0,
    grown((link) => link.packetsLost),
  );
  return {
    receiveBitrate: Math.round((received * 8) / seconds),
    sendBitrate: Math.round((sent * 8) / seconds),
    ...(packets >= 0 && packets + lost > 0 && { loss: lost / (packets + lost) }),
  };
}

function sum(links: readonly LinkStats[], counter: (link: LinkStats) => number): number {
  return links.reduce((total, link) => total + counter(link), 0);
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}
