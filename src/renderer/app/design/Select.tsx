import { ChevronDown } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import styles from './Select.module.css';

export interface SelectOption {
  value: string;
  label: string;
}

interface Props {
  label: string;
  icon?: ReactNode;
  value: string;
  options: readonly SelectOption[];
  onChange: (value: string) => void;
  disabled?: boolean;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
}

/** A native select: its list is the operating system's, so it needs no style that a CSP forbids. */
export function Select({ label, icon, value, options, onChange, disabled, hideLabel }: Props) {
  const id = useId();
  return (
    <div className={styles.wrap}>
      <label htmlFor={id} className={hideLabel ? 'visually-hidden' : styles.label}>
        {label}
      </label>
      <div className={styles.box}>
        {icon}
        <select
          id={id}
          className={styles.select}
          value={value}
          disabled={disabled}
          onChange={(event) => onChange(event.target.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown className={styles.arrow} size={16} aria-hidden="true" />
      </div>
    </div>
  );
}
