import { Check, ChevronRight, Copy } from 'lucide-react';
import type { RoomErrorData } from '../../../shared/room-error.ts';
import type { TimelineEntry } from '../../../shared/timeline.ts';
import { TimelineList } from '../call/TimelineList.tsx';
import { errorReport } from '../call/timeline-report.ts';
import { Button } from '../design/Button.tsx';
import { useCopy } from '../session/use-copy.ts';
import { ENDED_TEXT } from './text.ts';
import styles from './ErrorReport.module.css';

interface Props {
  error: RoomErrorData;
  timeline: readonly TimelineEntry[];
}

/** What the company's IT needs to know, folded away until it is asked for. */
export function ErrorReport({ error, timeline }: Props) {
  const { copied, copy } = useCopy(ENDED_TEXT.copied);
  return (
    <details className={styles.report} data-testid="for-it">
      <summary className={styles.summary}>
        <ChevronRight size={16} aria-hidden="true" />
        {ENDED_TEXT.forIt}
      </summary>
      <div className={styles.body}>
        <dl className={styles.facts}>
          <dt>{ENDED_TEXT.code}</dt>
          <dd>
            <code>{error.code}</code>
          </dd>
          <dt>{ENDED_TEXT.meaning}</dt>
          <dd>{error.forIt}</dd>
          {error.detail !== undefined && (
            <>
              <dt>{ENDED_TEXT.detail}</dt>
              <dd>{error.detail}</dd>
            </>
          )}
        </dl>
        {timeline.length > 0 && (
          <>
            <h2 className={styles.subtitle}>{ENDED_TEXT.timeline}</h2>
            <TimelineList timeline={timeline} />
          </>
        )}
        <div>
          <Button
            icon={
              copied ? (
                <Check size={16} aria-hidden="true" />
              ) : (
                <Copy size={16} aria-hidden="true" />
              )
            }
            onClick={() => copy(errorReport(error, timeline))}
          >
            {copied ? ENDED_TEXT.copied : ENDED_TEXT.copy}
          </Button>
        </div>
      </div>
    </details>
  );
}
