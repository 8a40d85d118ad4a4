import type { TimelineEntry } from '../../../shared/timeline.ts';
import { formatClock, tookOf } from './format.ts';
import { DETAILS_TEXT } from './text.ts';
import styles from './TimelineList.module.css';

/** The history of a call, the newest line first. */
export function TimelineList({ timeline }: { timeline: readonly TimelineEntry[] }) {
  return (
    <ol className={styles.list} data-testid="timeline" reversed>
      {timeline.toReversed().map((entry, index) => {
        const took = tookOf(entry);
        return (
          <li key={timeline.length - index} className={styles.entry} data-kind={entry.kind}>
            <time className={styles.time} dateTime={new Date(entry.wallTime).toISOString()}>
              {formatClock(entry.wallTime)}
            </time>
            <span className={styles.text}>
              {entry.text}
              {took !== undefined && (
                <span className={styles.took}> {DETAILS_TEXT.took(took)}</span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
