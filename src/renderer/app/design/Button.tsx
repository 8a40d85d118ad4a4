import type { ComponentProps, ReactNode } from 'react';
import styles from './Button.module.css';

type Look = 'primary' | 'secondary' | 'quiet' | 'danger';

interface Props extends ComponentProps<'button'> {
  look?: Look;
  size?: 'medium' | 'large';
  icon?: ReactNode;
}

/** A push button. `type` is `button` unless said otherwise. */
export function Button({
  look = 'secondary',
  size = 'medium',
  icon,
  children,
  className,
  ...rest
}: Props) {
  const classes = [styles.button, styles[look], size === 'large' && styles.large, className];
  return (
    <button type="button" {...rest} className={classes.filter(Boolean).join(' ')}>
      {icon}
      <span className={styles.label}>{children}</span>
    </button>
  );
}
