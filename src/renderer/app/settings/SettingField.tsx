import { Lock, RotateCcw } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import type { EffectiveSettings } from '../../../shared/settings.ts';
import fieldStyles from '../design/Field.module.css';
import { FieldProblem } from '../design/TextField.tsx';
import { SETTINGS_TEXT, SOURCE_TEXT } from './text.ts';
import styles from './SettingField.module.css';

export type Provenance = EffectiveSettings['provenance'][keyof EffectiveSettings['provenance']];

export interface FieldState {
  provenance: Provenance;
  problem: string | undefined;
  /** Whether there is something to go back from: an edit, or a value of the employee's own. */
  canReset: boolean;
  onReset: () => void;
}

interface ControlProps {
  id: string;
  className: string | undefined;
  readOnly: boolean;
  'aria-invalid': true | undefined;
  'aria-describedby': string | undefined;
}

interface Props extends FieldState {
  label: string;
  hint?: string;
  /** Draws the control with the props that tie it to its label, hint and problem. */
  children: (props: ControlProps) => ReactNode;
}

/** A setting made of text: its label, where its value comes from, its hint and its problem. */
export function SettingField({ label, hint, problem, children, ...state }: Props) {
  const id = useId();
  const { provenance } = state;
  const described = [
    hint !== undefined && `${id}-hint`,
    provenance.locked && `${id}-lock`,
    problem !== undefined && `${id}-problem`,
  ].filter(Boolean);
  return (
    <div className={fieldStyles.field}>
      <div className={fieldStyles.head}>
        <label htmlFor={id} className={fieldStyles.label}>
          {label}
        </label>
        <Origin label={label} {...state} />
      </div>
      {children({
        id,
        className: fieldStyles.input,
        readOnly: provenance.locked,
        'aria-invalid': problem === undefined ? undefined : true,
        'aria-describedby': described.join(' ') || undefined,
      })}
      <FieldProblem id={`${id}-problem`} problem={problem} />
      {provenance.locked && <LockReason id={`${id}-lock`} provenance={provenance} />}
      {hint !== undefined && (
        <p id={`${id}-hint`} className={fieldStyles.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}

/** Beside a label: who set the value, or the way back to the default. */
export function Origin({
  label,
  provenance,
  canReset,
  onReset,
}: Omit<FieldState, 'problem'> & { label: string }) {
  const source = SOURCE_TEXT[provenance.source];
  if (provenance.locked) return null;
  return (
    <span className={styles.origin}>
      {source !== undefined && <span className={styles.source}>{source}</span>}
      {canReset && (
        <button
          type="button"
          className={styles.reset}
          aria-label={SETTINGS_TEXT.resetLong(label)}
          onClick={onReset}
        >
          <RotateCcw size={13} aria-hidden="true" />
          {SETTINGS_TEXT.reset}
        </button>
      )}
    </span>
  );
}

export function LockReason({ id, provenance }: { id: string; provenance: Provenance }) {
  return (
    <p id={id} className={styles.lock}>
      <Lock size={14} aria-hidden="true" />
      {provenance.source === 'command-line'
        ? SETTINGS_TEXT.lockedOnCommandLine
        : SETTINGS_TEXT.locked}
    </p>
  );
}
