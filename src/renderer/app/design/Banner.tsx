import { CircleAlert, Info, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './IconButton.tsx';
import styles from './Banner.module.css';

export type Severity = 'info' | 'warning' | 'error';

interface Props {
  severity: Severity;
  title?: string;
  children: ReactNode;
  dismissLabel?: string;
  onDismiss?: () => void;
  action?: ReactNode;
}

const ICON = { info: Info, warning: TriangleAlert, error: CircleAlert } as const;

/** A sentence across the window: what happened, and a way to put it away. */
export function Banner({ severity, title, children, dismissLabel, onDismiss, action }: Props) {
  const Icon = ICON[severity];
  return (
    <div className={[styles.banner, styles[severity]].join(' ')}>
      <Icon size={18} aria-hidden="true" className={styles.icon} />
      <div className={styles.text}>
        {title !== undefined && <strong className={styles.title}>{title}</strong>} {children}
      </div>
      {action}
      {onDismiss && (
        <IconButton
          label={dismissLabel ?? ''}
          icon={<X size={16} />}
          className={styles.dismiss}
          onClick={onDismiss}
          tooltipSide="bottom"
        />
      )}
    </div>
  );
}
