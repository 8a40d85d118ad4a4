import { RadioGroup } from 'radix-ui';
import { useId } from 'react';
import { PREFERRED_PROTOCOL_TEXT, PreferredProtocol } from '../../../shared/protocol.ts';
import { Settings } from '../../../shared/settings.ts';
import { FieldProblem } from '../design/TextField.tsx';
import { LockReason, Origin, type FieldState } from './SettingField.tsx';
import { SETTINGS_TEXT } from './text.ts';
import styles from './choices.module.css';

interface Choice<T extends string> {
  value: T;
  name: string;
  hint?: string;
}

interface Props<T extends string> extends FieldState {
  value: T;
  onChange: (value: T) => void;
}

export function ProtocolChoice(props: Props<PreferredProtocol>) {
  const choices = PreferredProtocol.options.map((value) => ({
    value,
    ...PREFERRED_PROTOCOL_TEXT[value],
  }));
  return <Cards label={SETTINGS_TEXT.protocol} look="list" choices={choices} {...props} />;
}

export function AppearanceChoice(props: Props<Settings['appearance']>) {
  const choices = Settings.shape.appearance.options.map((value) => ({
    value,
    name: SETTINGS_TEXT.appearances[value],
  }));
  return <Cards label={SETTINGS_TEXT.appearance} look="row" choices={choices} {...props} />;
}

interface CardsProps<T extends string> extends Props<T> {
  label: string;
  look: 'list' | 'row';
  choices: readonly Choice<T>[];
}

/** One of a few, each with its sentence. */
function Cards<T extends string>({
  label,
  look,
  choices,
  value,
  onChange,
  problem,
  ...state
}: CardsProps<T>) {
  const id = useId();
  const { locked } = state.provenance;
  return (
    <div className={styles.group}>
      <div className={styles.head}>
        <span id={`${id}-label`} className={styles.label}>
          {label}
        </span>
        <Origin label={label} {...state} />
      </div>
      <RadioGroup.Root
        className={styles[look]}
        aria-labelledby={`${id}-label`}
        aria-describedby={locked ? `${id}-lock` : undefined}
        value={value}
        disabled={locked}
        onValueChange={(chosen) => {
          const choice = choices.find((each) => each.value === chosen);
          if (choice) onChange(choice.value);
        }}
      >
        {choices.map((choice) => (
          <RadioGroup.Item
            key={choice.value}
            value={choice.value}
            className={styles.card}
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
    </div>
  );
}
