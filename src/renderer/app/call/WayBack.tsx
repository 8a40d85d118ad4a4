import { Button } from '../design/Button.tsx';
import { Countdown } from './Countdown.tsx';
import { CALL_TEXT } from './text.ts';
import styles from './WayBack.module.css';

interface Props {
  at: number;
  attempt: number;
  onRetry: () => void;
}

/** When the next attempt to come back is made, and a way to make it now: one line. */
export function WayBack({ at, attempt, onRetry }: Props) {
  return (
    <div className={styles.line} data-testid="way-back">
      <Countdown at={at} attempt={attempt} />
      <Button onClick={onRetry}>{CALL_TEXT.retryNow}</Button>
    </div>
  );
}
