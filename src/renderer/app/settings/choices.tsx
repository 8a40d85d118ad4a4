import { RadioGroup } from 'radix-ui';
import { useId } from 'react';
import { settingInfo, type SettingKey } from '../../../shared/settings.ts';
import { FieldProblem } from '../design/TextField.tsx';
import fieldStyles from '../design/Field.module.css';
import { LockReason, Origin, type FieldState } from './SettingField.tsx';
import styles from './choices.module.css';
import headStyles from './SettingField.module.css';

interface Choice<T extends string> {
  value: T;
  name: string;
  hint?: string;
  /** Cannot be chosen; the hint says why. */
  isForbidden?: boolean;
}

interface ChoiceFieldProps<T extends string> extends FieldState {
  setting: SettingKey;
  look: 'list' | 'row' | 'pairs';
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
}

/**
 * A setting that is one of a few, each with its sentence. A locked one can still be reached with the
 * keyboard, so that it can be read.
 */
export function ChoiceField<T extends string>(props: ChoiceFieldProps<T>) {
  const { setting, look, choices, value, onChange, problem, ...state } = props;
  const id = useId();
  const { locked } = state.provenance;
  const { title, hint } = settingInfo(setting);
  return (
    <div className={styles.group} data-setting={setting}>
      <div className={headStyles.head}>
        <span id={`${id}-label`} className={fieldStyles.label}>
          {title}
        </span>
        <Origin id={`${id}-source`} label={title} {...state} />
      </div>
      <RadioGroup.Root
        className={styles[look]}
        aria-labelledby={`${id}-label`}
        aria-describedby={[`${id}-hint`, `${id}-source`, locked ? `${id}-lock` : ''].join(' ')}
        aria-readonly={locked || undefined}
        data-locked={locked || undefined}
        value={value}
        onValueChange={(chosen) => {
          const choice = choices.find((each) => each.value === chosen);
          if (choice && !locked) onChange(choice.value);
        }}
      >
        {choices.map((choice) => (
          <RadioGroup.Item
            key={choice.value}
            value={choice.value}
            className={styles.card}
            disabled={choice.isForbidden}
            aria-labelledby={`${id}-${choice.value}`}
            aria-describedby={choice.hint === undefined ? undefined : `${id}-${choice.value}-hint`}
          >
            <span className={styles.knob} aria-hidden="true" />
            <span className={styles.words}>
              <span id={`${id}-${choice.value}`} className={styles.name}>
                {choice.name}
              </span>
              {choice.hint !== undefined && (
                <span id={`${id}-${choice.value}-hint`} className={styles.hint}>
                  {choice.hint}
                </span>
              )}
            </span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <FieldProblem id={`${id}-problem`} problem={problem} />
      {locked && <LockReason id={`${id}-lock`} provenance={state.provenance} />}
      <p id={`${id}-hint`} className={fieldStyles.hint}>
        {hint}
      </p>
    </div>
  );
}

interface SwitchFieldProps extends FieldState {
  setting: SettingKey;
  value: boolean;
  onChange: (value: boolean) => void;
}

/** A setting that is on or off. */
export function SwitchField({ setting, value, onChange, problem, ...state }: SwitchFieldProps) {
  const id = useId();
  const { locked } = state.provenance;
  const { title, hint } = settingInfo(setting);
  return (
    <div className={fieldStyles.field} data-setting={setting}>
      <div className={headStyles.switchHead}>
        <span className={styles.switchLine}>
          <input
            id={id}
            type="checkbox"
            role="switch"
            className={styles.switch}
            checked={value}
            aria-readonly={locked || undefined}
            aria-describedby={[`${id}-hint`, `${id}-source`, locked ? `${id}-lock` : ''].join(' ')}
            onChange={(event) => {
              if (!locked) onChange(event.target.checked);
            }}
          />
          <label htmlFor={id} className={fieldStyles.label}>
            {title}
          </label>
        </span>
        <Origin id={`${id}-source`} label={title} {...state} />
      </div>
      <FieldProblem id={`${id}-problem`} problem={problem} />
      {locked && <LockReason id={`${id}-lock`} provenance={state.provenance} />}
      <p id={`${id}-hint`} className={fieldStyles.hint}>
        {hint}
      </p>
    </div>
  );
}
