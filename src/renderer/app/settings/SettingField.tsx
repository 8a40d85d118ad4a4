import { Lock, RotateCcw } from 'lucide-react';
import { useId, type ReactNode } from 'react';
import { settingInfo, type Provenance, type SettingKey } from '../../../shared/settings.ts';
import fieldStyles from '../design/Field.module.css';
import { FieldProblem } from '../design/TextField.tsx';
import { SETTINGS_TEXT, sourceText } from './text.ts';
import styles from './SettingField.module.css';

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
  setting: SettingKey;
  /** Where the screen has more to say than the setting's own hint. */
  hint?: string;
  /** Draws the control with the props that tie it to its label, hint and problem. */
  children: (props: ControlProps) => ReactNode;
}

/** A setting made of text: its label, where its value comes from, its hint and its problem. */
export function SettingField({ setting, hint, problem, children, ...state }: Props) {
  const id = useId();
  const { provenance } = state;
  const info = settingInfo(setting);
  const described = [
    `${id}-hint`,
    `${id}-source`,
    provenance.locked && `${id}-lock`,
    problem !== undefined && `${id}-problem`,
  ].filter(Boolean);
  return (
    <div className={fieldStyles.field} data-setting={setting}>
      <div className={styles.head}>
        <label htmlFor={id} className={fieldStyles.label}>
          {info.title}
        </label>
        <Origin id={`${id}-source`} label={info.title} {...state} />
      </div>
      {children({
        id,
        className: fieldStyles.input,
        readOnly: provenance.locked,
        'aria-invalid': problem === undefined ? undefined : true,
        'aria-describedby': described.join(' '),
      })}
      <FieldProblem id={`${id}-problem`} problem={problem} />
      {provenance.locked && <LockReason id={`${id}-lock`} provenance={provenance} />}
      <p id={`${id}-hint`} className={fieldStyles.hint}>
        {hint ?? info.hint}
      </p>
    </div>
  );
}

interface OriginProps extends Omit<FieldState, 'problem'> {
  /** Of the words that say who set the value. */
  id: string;
  label: string;
}

/** Beside a label: who set the value, and the way back to the default. */
export function Origin({ id, label, provenance, canReset, onReset }: OriginProps) {
  return (
    <span className={styles.origin}>
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
      <span id={id} className={styles.source} data-source={provenance.source}>
        {provenance.locked && <Lock size={12} aria-hidden="true" />}
        {sourceText(provenance)}
      </span>
    </span>
  );
}

/** Why a field cannot be changed, and what became of the employee's own value. */
export function LockReason({ id, provenance }: { id: string; provenance: Provenance }) {
  const hasOwn = provenance.losers.some(({ source, why }) => source === 'user' && why === 'locked');
  return (
    <p id={id} className={styles.lock}>
      {provenance.source === 'command-line'
        ? SETTINGS_TEXT.lockedOnCommandLine
        : SETTINGS_TEXT.locked}
      {hasOwn && ` ${SETTINGS_TEXT.ownValueWaits}`}
    </p>
  );
}
