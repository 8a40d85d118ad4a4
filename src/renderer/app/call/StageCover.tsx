import { useRef, type ReactNode, type RefObject } from 'react';
import type { ConnectionState } from '../../../shared/connection-state.ts';
import { formatPath } from '../../../shared/path.ts';
import { Button } from '../design/Button.tsx';
import { useFocusReturn } from '../session/use-focus-return.ts';
import { Countdown } from './Countdown.tsx';
import { CALL_TEXT, CONNECTING_TEXT, RECONNECT_TEXT } from './text.ts';
import styles from './StageCover.module.css';

interface Props {
  connection: ConnectionState;
  hasChat: boolean;
  onRetry: () => void;
  /** Takes the focus when the cover goes with it. */
  heading: RefObject<HTMLElement | null>;
}

/** Lies over the stage while there is no connection, and says what goes on. */
export function StageCover({ connection, hasChat, onRetry, heading }: Props) {
  if (connection.phase === 'connecting' || connection.phase === 'idle') {
    const step = connection.phase === 'idle' ? 'discovery' : connection.step;
    const plan = connection.phase === 'connecting' ? connection.plan : [];
    return (
      <Cover title={CALL_TEXT.connectingTitle} testId="connecting" heading={heading}>
        <p>{CONNECTING_TEXT[step]}</p>
        {plan.length > 0 && (
          <p className={styles.plan}>{CALL_TEXT.planned(plan.map(formatPath).join(', '))}</p>
        )}
      </Cover>
    );
  }
  if (connection.phase === 'reconnecting') {
    return (
      <Cover title={CALL_TEXT.reconnectingTitle} testId="reconnecting" heading={heading}>
        <p>{RECONNECT_TEXT[connection.reason]}</p>
        <p>
          {CALL_TEXT.comesBack} {hasChat && CALL_TEXT.chatWaits}
        </p>
        <p className={styles.countdown}>
          <Countdown at={connection.nextRetryAt} attempt={connection.attempt} />
        </p>
        <Button look="primary" onClick={onRetry}>
          {CALL_TEXT.retryNow}
        </Button>
      </Cover>
    );
  }
  return null;
}

function Cover({
  title,
  testId,
  heading,
  children,
}: {
  title: string;
  testId: string;
  heading: Props['heading'];
  children: ReactNode;
}) {
  const cover = useRef<HTMLDivElement>(null);
  useFocusReturn(cover, heading);
  return (
    <div ref={cover} className={styles.cover} data-testid={testId}>
      <section className={styles.card} aria-label={title}>
        <span className={styles.road} aria-hidden="true" />
        <h2 className={styles.title}>{title}</h2>
        {children}
      </section>
    </div>
  );
}
