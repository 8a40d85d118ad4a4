import { useEffect, useState } from 'react';
import type { ConnectionState } from '../../../shared/connection-state.ts';
import { formatPath } from '../../../shared/path.ts';
import { Button } from '../design/Button.tsx';
import { secondsUntil } from './countdown.ts';
import { CALL_TEXT, CONNECTING_TEXT, RECONNECT_TEXT } from './text.ts';
import styles from './StageCover.module.css';

/** The countdown changes once a second; looking more often keeps it from stumbling. */
const LOOK_EVERY_MS = 250;

interface Props {
  connection: ConnectionState;
  onRetry: () => void;
}

/** Lies over the stage while there is no connection, and says what goes on. */
export function StageCover({ connection, onRetry }: Props) {
  if (connection.phase === 'connecting' || connection.phase === 'idle') {
    const step = connection.phase === 'idle' ? 'discovery' : connection.step;
    const plan = connection.phase === 'connecting' ? connection.plan : [];
    return (
      <Cover title={CALL_TEXT.connectingTitle} testId="connecting">
        <p>{CONNECTING_TEXT[step]}</p>
        {plan.length > 0 && (
          <p className={styles.plan}>{CALL_TEXT.planned(plan.map(formatPath).join(', '))}</p>
        )}
      </Cover>
    );
  }
  if (connection.phase === 'reconnecting') {
    return (
      <Cover title={CALL_TEXT.reconnectingTitle} testId="reconnecting">
        <p>{RECONNECT_TEXT[connection.reason]}</p>
        <Countdown at={connection.nextRetryAt} attempt={connection.attempt} />
        <Button look="primary" onClick={onRetry}>
          {CALL_TEXT.tryNow}
        </Button>
      </Cover>
    );
  }
  return null;
}

function Cover({
  title,
  testId,
  children,
}: {
  title: string;
  testId: string;
  children: React.ReactNode;
}) {
  return (
    <div className={styles.cover} data-testid={testId}>
      <section className={styles.card} aria-label={title}>
        <span className={styles.road} aria-hidden="true" />
        <h2 className={styles.title}>{title}</h2>
        {children}
      </section>
    </div>
  );
}

function Countdown({ at, attempt }: { at: number; attempt: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  // Not announced: a screen reader would count along.
  return (
    <p className={styles.countdown} aria-live="off">
      {CALL_TEXT.retryIn(secondsUntil(at, now), attempt)}
    </p>
  );
}
