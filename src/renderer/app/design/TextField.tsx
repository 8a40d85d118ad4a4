import { CircleAlert } from 'lucide-react';
import { useId, type ComponentProps, type ReactNode } from 'react';
import styles from './Field.module.css';

interface Props extends Omit<ComponentProps<'input'>, 'id'> {
  label: string;
  hint?: ReactNode;
  /** What is wrong with the value; shown next to the field and tied to it. */
  problem?: string | undefined;
  /** Beside the label, at the end of its line. */
  aside?: ReactNode;
}

/** A labelled line of text with its hint and its problem. */
export function TextField({ label, hint, problem, aside, ...rest }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div className={styles.field}>
      <div className={styles.head}>
        <label className={styles.label} htmlFor={id}>
          {label}
        </label>
        {aside}
      </div>
      <input
        autoComplete="off"
        spellCheck={false}
        {...rest}
        id={id}
        className={styles.input}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={described || undefined}
      />
      {hint && (
        <div className={styles.hint} id={`${id}-hint`}>
          {hint}
        </div>
      )}
      <FieldProblem id={`${id}-problem`} problem={problem} />
    </div>
  );
}

/** The problem of one field. Always in the page, so that a screen reader hears it change. */
export function FieldProblem({ id, problem }: { id: string; problem: string | undefined }) {
  return (
    <div id={id} className={styles.problemSlot} aria-live="polite">
      {problem !== undefined && (
        <p className={styles.problem}>
          <CircleAlert size={15} aria-hidden="true" />
          <span>{problem}</span>
        </p>
      )}
    </div>
  );
}
