import { ShieldAlert } from 'lucide-react';
import { Button } from '../design/Button.tsx';
import { CopyPolicyButton } from './CopyPolicyButton.tsx';
import { POLICY_TEXT } from './text.ts';
import styles from './PolicyNotice.module.css';

interface Props {
  title: string;
  /** For the employee; absent where it is said elsewhere on the screen. */
  message?: string;
  forIt: string;
  onOpenPolicy: () => void;
}

/** The policy is in the way: what it says, what to tell IT, and all that IT will ask for. */
export function PolicyNotice({ title, message, forIt, onOpenPolicy }: Props) {
  return (
    <section className={styles.notice} role="alert" data-testid="policy-notice">
      <h2 className={styles.title}>
        <ShieldAlert size={18} aria-hidden="true" />
        {title}
      </h2>
      {message !== undefined && <p>{message}</p>}
      <p className={styles.forIt}>
        <strong>{POLICY_TEXT.tellIt}</strong> {forIt}
      </p>
      <div className={styles.actions}>
        <CopyPolicyButton />
        <Button look="quiet" onClick={onOpenPolicy}>
          {POLICY_TEXT.see}
        </Button>
      </div>
    </section>
  );
}
