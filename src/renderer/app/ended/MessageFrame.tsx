import { useEffect, useRef, type ReactNode } from 'react';
import { Mark } from '../design/Mark.tsx';
import styles from './EndedScreen.module.css';

interface Props {
  title: string;
  meeting?: string | undefined;
  testId: string;
  errorCode?: string;
  children: ReactNode;
}

/** A screen with one message: what happened, and what can be done now. */
export function MessageFrame({ title, meeting, testId, errorCode, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className={styles.screen} data-testid={testId} data-error-code={errorCode}>
      <div className={styles.column}>
        <Mark size={40} />
        {meeting !== undefined && <p className={styles.meeting}>{meeting}</p>}
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}
