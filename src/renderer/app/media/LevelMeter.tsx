import { useEffect, useRef } from 'react';
import { watchLevel } from './microphone-level.ts';
import { DEVICE_TEXT } from './text.ts';
import styles from './LevelMeter.module.css';

const BARS = [0, 1, 2, 3, 4] as const;

/** Above this a person is heard; below it is the room. */
const HEARD = 0.2;

/** Five bars that rise with the microphone's level. Drawn past React: it changes at every frame. */
export function LevelMeter({ track }: { track: MediaStreamTrack | undefined }) {
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const meter = ref.current;
    if (!meter || !track) return;
    let heard = false;
    const stop = watchLevel(track, (level) => {
      meter.style.setProperty('--level', level.toFixed(3));
      meter.setAttribute('aria-valuenow', String(Math.round(level * 100)));
      if (level > HEARD !== heard) {
        heard = level > HEARD;
        meter.setAttribute(
          'aria-valuetext',
          heard ? DEVICE_TEXT.levelHeard : DEVICE_TEXT.levelSilent,
        );
      }
    });
    return () => {
      stop();
      meter.style.setProperty('--level', '0');
      meter.setAttribute('aria-valuenow', '0');
    };
  }, [track]);

  return (
    <div
      ref={ref}
      className={styles.meter}
      data-testid="level-meter"
      role="meter"
      aria-label={DEVICE_TEXT.level}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
      aria-valuetext={DEVICE_TEXT.levelSilent}
    >
      {BARS.map((bar) => (
        <span key={bar} className={styles.bar} />
      ))}
    </div>
  );
}
