import type { RoomErrorData } from '../../../shared/room-error.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import { tookOf } from './format.ts';

/** The history of a call as text for IT: ISO times, one line each. */
export function timelineReport(timeline: readonly TimelineEntry[]): string {
  return timeline
    .map((entry) => {
      const { wallTime, kind, text } = entry;
      const took = tookOf(entry);
      const line = `${new Date(wallTime).toISOString()}  ${kind.padEnd(9)}  ${text}`;
      return took === undefined ? line : `${line} (${took})`;
    })
    .join('\n');
}

/** An error and the history that led to it, as text for IT. */
export function errorReport(error: RoomErrorData, timeline: readonly TimelineEntry[]): string {
  const lines = [`${error.code}: ${error.message}`, `For IT: ${error.forIt}`];
  if (error.detail !== undefined) lines.push(`Detail: ${error.detail}`);
  if (timeline.length > 0) lines.push('', timelineReport(timeline));
  return lines.join('\n');
}
