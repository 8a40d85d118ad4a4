import { useEffect, useState } from 'react';
import type { AppNotice } from '../../../shared/ipc.ts';
import { Banner } from '../design/Banner.tsx';
import { useServices } from '../session/services.tsx';
import { NOTICES_TEXT } from './text.ts';
import styles from './AppNotices.module.css';

/** What main wants the employee to know: a broken settings file, a policy that could not be read. */
export function AppNotices() {
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

  return (
    <div className={styles.notices} role="status" aria-label={NOTICES_TEXT.region}>
      {notices.map(({ id, severity, title, text }) => (
        <Banner
          key={id}
          severity={severity}
          title={title}
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
