import type { TimelineLine } from '../../tests/fixtures/timeline.ts';
import type { Continuity } from '../../tests/fixtures/continuity-probe.ts';
import type { Run } from './scenario.ts';
import type { Seen } from './watch.ts';

/**
 * Tells what a client did after a fault, step by step, from its own timeline, what it showed, and
 * what arrived, all as ms after the fault: where the time went.
 */
export async function logTrace(
  { client, situation, log }: Run,
  faultAt: number,
  seen: Seen,
): Promise<void> {
  const lines: TimelineLine[] = await client.timeline();
  const arrivals = await situation.takeArrivals();
  const others = await situation.peerTimeline(faultAt - TOLD_BEFORE_MS);
  const events = [
    ...lines.map(({ at, text }) => ({ at, text })),
    ...seen.client.phases.map(({ at, phase, text }) => ({ at, text: `shows ${phase}: ${text}` })),
    ...arrivals.map(({ at, kind }) => ({ at, text: `the other is offered ${kind}` })),
    ...others.map(({ wallTime, text }) => ({ at: wallTime, text: `the other tells: ${text}` })),
    ...gapEnds(seen.client.frames, faultAt, 'picture'),
    ...gapEnds(seen.client.notes, faultAt, 'sound'),
    ...gapEnds(seen.peer.frames, faultAt, 'picture at the other'),
  ];
  for (const { at, text } of events.toSorted((a, b) => a.at - b.at)) {
    if (at >= faultAt - TOLD_BEFORE_MS) log(`    ${offset(at - faultAt)} ${text}`);
  }
}

/** What was on its way already, or went wrong before, is told with what came of the fault, ms. */
const TOLD_BEFORE_MS = 5_000;
/** A standstill of this length, ms, is worth a line. */
const TOLD_GAP_MS = 180;

function gapEnds(
  times: Continuity['frames'],
  from: number,
  what: string,
): { at: number; text: string }[] {
  return times.slice(1).flatMap((at, index) => {
    const before = times[index] ?? at;
    if (at < from || at - before < TOLD_GAP_MS) return [];
    return [
      { at: before, text: `last of ${what}` },
      { at, text: `first of ${what} again, after ${(at - before).toFixed(0)} ms` },
    ];
  });
}

function offset(ms: number): string {
  return `${ms < 0 ? '−' : '+'}${Math.abs(ms).toFixed(0).padStart(5)} ms`;
}
