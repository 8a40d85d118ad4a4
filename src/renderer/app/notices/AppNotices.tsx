import { useEffect, useState } from 'react';
import type { AppNotice } from '../../../shared/ipc.ts';
import { Banner } from '../design/Banner.tsx';
import { Button } from '../design/Button.tsx';
import { POLICY_TEXT } from '../policy/text.ts';
import { useServices } from '../session/services.tsx';
import { NOTICES_TEXT } from './text.ts';
import styles from './AppNotices.module.css';

/** Of the notice on what became of IT's policy. */
const POLICY_NOTICE = 'policy';

interface Props {
  /** The screen itself says what became of the policy. */
  hidesPolicy: boolean;
  onOpenPolicy: () => void;
}

/** What main wants the employee to know: a broken settings file, a policy that could not be read. */
export function AppNotices({ hidesPolicy, onOpenPolicy }: Props) {
  const { bridge } = useServices();
  const [notices, setNotices] = useState<readonly AppNotice[]>([]);

  useEffect(() => {
    let isCurrent = true;
    const stop = bridge.notices.onChanged((changed) => {
      isCurrent = false;
      setNotices(changed);
    });
    // A change that came in the meantime is newer than this answer.
    void bridge.notices.list().then((list) => isCurrent && setNotices(list));
    return () => {
      isCurrent = false;
      stop();
    };
  }, [bridge]);

  const shown = notices.filter(({ id }) => id !== POLICY_NOTICE || !hidesPolicy);
  return (
    <div className={styles.notices} role="status" aria-label={NOTICES_TEXT.region}>
      {shown.map(({ id, severity, title, text }) => (
        <Banner
          key={id}
          severity={severity}
          title={title}
          action={
            id === POLICY_NOTICE && (
              <Button look="quiet" onClick={onOpenPolicy}>
                {POLICY_TEXT.see}
              </Button>
            )
          }
          dismissLabel={NOTICES_TEXT.dismiss}
          onDismiss={() => {
            setNotices(notices.filter((notice) => notice.id !== id));
            void bridge.notices.dismiss(id);
          }}
        >
          {text}
        </Banner>
      ))}
    </div>
  );
}
