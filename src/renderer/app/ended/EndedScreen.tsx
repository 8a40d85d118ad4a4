import { useEffect, useRef, type ReactNode } from 'react';
import { Mark } from '../design/Mark.tsx';
import { Button } from '../design/Button.tsx';
import type { EndedCall } from '../session/app-controller.ts';
import { useServices } from '../session/services.tsx';
import { useCommands } from '../session/use-commands.ts';
import { ErrorReport } from './ErrorReport.tsx';
import { ENDED_TEXT } from './text.ts';
import styles from './EndedScreen.module.css';

interface Props {
  call: EndedCall;
  onOpenSettings: () => void;
}

/** After a call: that it ended, why, and what can be done now. */
export function EndedScreen({ call, onOpenSettings }: Props) {
  const { controller } = useServices();
  useCommands((command) => {
    if (command !== 'open-settings') return false;
    onOpenSettings();
    return true;
  });
  const rejoin = (): void => void controller.rejoin();
  const back = (): void => controller.backToJoin();

  if (call.end.kind === 'left') {
    const { by } = call.end;
    return (
      <Frame title={ENDED_TEXT.leftTitle[by]} meeting={call.meeting.roomId} testId="call-left">
        <p className={styles.message}>{ENDED_TEXT.leftText[by]}</p>
        <div className={styles.actions}>
          <Button look="primary" size="large" onClick={rejoin}>
            {ENDED_TEXT.rejoin}
          </Button>
          <Button size="large" onClick={back}>
            {ENDED_TEXT.start}
          </Button>
        </div>
      </Frame>
    );
  }

  const { error } = call.end;
  return (
    <Frame
      title={call.wasConnected ? ENDED_TEXT.failedTitle : ENDED_TEXT.failedAtJoinTitle}
      meeting={call.meeting.roomId}
      testId="call-error"
      errorCode={error.code}
    >
      <p className={styles.message} role="alert">
        {error.message}
      </p>
      <div className={styles.actions}>
        {error.retryable && (
          <Button look="primary" size="large" onClick={rejoin}>
            {ENDED_TEXT.tryAgain}
          </Button>
        )}
        <Button look={error.retryable ? 'secondary' : 'primary'} size="large" onClick={back}>
          {ENDED_TEXT.back}
        </Button>
        <Button look="quiet" size="large" onClick={onOpenSettings}>
          {ENDED_TEXT.settings}
        </Button>
      </div>
      <ErrorReport error={error} timeline={call.timeline} />
    </Frame>
  );
}

interface FrameProps {
  title: string;
  meeting: string;
  testId: string;
  errorCode?: string;
  children: ReactNode;
}

function Frame({ title, meeting, testId, errorCode, children }: FrameProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main className={styles.screen} data-testid={testId} data-error-code={errorCode}>
      <div className={styles.column}>
        <Mark size={40} />
        <p className={styles.meeting}>{meeting}</p>
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}
