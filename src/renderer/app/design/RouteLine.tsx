import { Monitor, Server, ShieldCheck } from 'lucide-react';
import { Fragment } from 'react';
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
  /** What carries each leg, as far as known. */
  legs: readonly string[];
}

const ICON = { computer: Monitor, proxy: ShieldCheck, server: Server } as const;

/** Draws the way of a call: stops along a road, with what carries each leg. */
export function RouteLine({ label, stops, legs }: Props) {
  return (
    <div className={styles.line} role="img" aria-label={label}>
      <div className={styles.road}>
        {stops.map((stop, index) => {
          const Icon = ICON[stop.kind];
          const leg = legs[index - 1];
          return (
            <Fragment key={stop.kind}>
              {index > 0 && (
                <span className={styles.leg}>
                  {leg !== undefined && <span className={styles.carrier}>{leg}</span>}
                </span>
              )}
              <span className={styles.dot}>
                <Icon size={16} aria-hidden="true" />
              </span>
            </Fragment>
          );
        })}
      </div>
      <div className={styles.names}>
        {stops.map((stop) => (
          <span key={stop.kind} className={styles.stop} title={stop.address ?? stop.name}>
            <span className={styles.name}>{stop.name}</span>
            <span className={styles.address}>{stop.address}</span>
          </span>
        ))}
      </div>
    </div>
  );
}
