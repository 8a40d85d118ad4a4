import { useEffect, useState } from 'react';
import { secondsUntil } from './countdown.ts';
import { CALL_TEXT } from './text.ts';
import styles from './Countdown.module.css';

/** It changes once a second; looking more often keeps it from stumbling. */
const LOOK_EVERY_MS = 250;

/**
 * To the next attempt to come back.
 * @param at Ms since the epoch.
 */
export function Countdown({ at, attempt }: { at: number; attempt: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    // Not announced: a screen reader would count along.
    <span className={styles.countdown} aria-live="off" data-testid="countdown">
      {CALL_TEXT.retryIn(secondsUntil(at, now), attempt)}
    </span>
  );
}
