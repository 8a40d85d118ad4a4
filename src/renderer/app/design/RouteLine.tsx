import { Monitor, Server, ShieldCheck } from 'lucide-react';
import styles from './RouteLine.module.css';

export interface RouteStop {
  kind: 'computer' | 'proxy' | 'server';
  name: string;
  /** The address, in full; cut short on screen, whole in the tooltip. */
  address?: string | undefined;
}

interface Props {
  /** What the drawing says, as one sentence. */
  label: string;
  stops: readonly RouteStop[];
  /** What carries each leg, one fewer than stops. */
  legs: readonly string[];
}

const ICON = { computer: Monitor, proxy: ShieldCheck, server: Server } as const;

/** Draws the way of a call: stops along a road, with what carries each leg. */
export function RouteLine({ label, stops, legs }: Props) {
  return (
    <div className={styles.line} role="img" aria-label={label}>
      {stops.map((stop, index) => {
        const Icon = ICON[stop.kind];
        const leg = legs[index];
        return (
          <div className={styles.span} key={stop.kind}>
            <div className={styles.stop} title={stop.address ?? stop.name}>
              <span className={styles.dot}>
                <Icon size={15} aria-hidden="true" />
              </span>
              <span className={styles.name}>{stop.name}</span>
              <span className={styles.address}>{stop.address ?? '\u00a0'}</span>
            </div>
            {index < stops.length - 1 && (
              <div className={styles.leg}>{leg !== undefined && <span>{leg}</span>}</div>
            )}
          </div>
        );
      })}
    </div>
  );
}
