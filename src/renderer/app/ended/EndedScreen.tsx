import { Suspense, useState } from 'react';
import { Button } from '../design/Button.tsx';
import { POLICY_TEXT } from '../policy/text.ts';
import type { EndedCall } from '../session/app-controller.ts';
import { useServices } from '../session/services.tsx';
import { useCommands } from '../session/use-commands.ts';
import { ErrorReport } from './ErrorReport.tsx';
import { MessageFrame } from './MessageFrame.tsx';
import { ProxySignIn } from './ProxySignIn.tsx';
import { ENDED_TEXT } from './text.ts';
import styles from './EndedScreen.module.css';

interface Props {
  call: EndedCall;
  onOpenSettings: () => void;
  onOpenPolicy: () => void;
}

/** After a call: that it ended, why, and what can be done now. */
export function EndedScreen({ call, onOpenSettings, onOpenPolicy }: Props) {
  const { controller, bridge } = useServices();
  const isProxyAuth = call.end.kind === 'failed' && call.end.error.code === 'HTTP_PROXY_AUTH';
  const [login] = useState(() => (isProxyAuth ? bridge.httpProxy.loginWanted() : undefined));
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
      <MessageFrame
        title={ENDED_TEXT.leftTitle[by]}
        meeting={call.meeting.roomId}
        testId="call-left"
      >
        <p className={styles.message}>{ENDED_TEXT.leftText[by]}</p>
        <div className={styles.actions}>
          <Button look="primary" size="large" onClick={rejoin}>
            {ENDED_TEXT.rejoin}
          </Button>
          <Button size="large" onClick={back}>
            {ENDED_TEXT.start}
          </Button>
        </div>
      </MessageFrame>
    );
  }

  const { error } = call.end;
  return (
    <MessageFrame
      title={call.wasConnected ? ENDED_TEXT.failedTitle : ENDED_TEXT.failedAtJoinTitle}
      meeting={call.meeting.roomId}
      testId="call-error"
      errorCode={error.code}
    >
      <p className={styles.message} role="alert">
        {error.message}
      </p>
      {login && (
        <Suspense>
          <ProxySignIn login={login} onSignedIn={rejoin} />
        </Suspense>
      )}
      <div className={styles.actions}>
        {error.retryable && !login && (
          <Button look="primary" size="large" onClick={rejoin}>
            {ENDED_TEXT.tryAgain}
          </Button>
        )}
        <Button
          look={error.retryable || login ? 'secondary' : 'primary'}
          size="large"
          onClick={back}
        >
          {ENDED_TEXT.back}
        </Button>
        {error.code === 'POLICY_FORBIDS' ? (
          <Button look="quiet" size="large" onClick={onOpenPolicy}>
            {POLICY_TEXT.see}
          </Button>
        ) : (
          <Button look="quiet" size="large" onClick={onOpenSettings}>
            {ENDED_TEXT.settings}
          </Button>
        )}
      </div>
      <ErrorReport error={error} timeline={call.timeline} />
    </MessageFrame>
  );
}
