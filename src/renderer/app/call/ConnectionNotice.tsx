import { useEffect, useRef, type RefObject } from 'react';
import type { ConnectionState, SignalingLoss } from '../../../shared/connection-state.ts';
import { Banner } from '../design/Banner.tsx';
import { Button } from '../design/Button.tsx';
import { useAnnounce } from '../session/announcer.tsx';
import { useFocusReturn } from '../session/use-focus-return.ts';
import { useLasting } from '../session/use-lasting.ts';
import { Countdown } from './Countdown.tsx';
import { CALL_TEXT, migrationSentence } from './text.ts';

/** Most of it passes sooner, and is told by the timeline alone: a banner that blinks alarms. */
const CALM_MS = 1_000;

interface Props {
  connection: ConnectionState;
  hasChat: boolean;
  onRetry: () => void;
  /** Takes the focus when the notice goes with it. */
  heading: RefObject<HTMLElement | null>;
}

/** What is being mended while the call goes on: media on the move, or the meeting out of reach. */
export function ConnectionNotice({ connection, hasChat, onRetry, heading }: Props) {
  const isUp = connection.phase === 'connected' || connection.phase === 'migrating';
  const loss = isUp ? connection.signaling : undefined;
  const isLost = useLasting(loss !== undefined, CALM_MS);
  const isMoving = useLasting(connection.phase === 'migrating', CALM_MS);
  useSaid(isLost, isUp);
  if (loss && isLost) {
    return <LossBanner loss={loss} hasChat={hasChat} onRetry={onRetry} heading={heading} />;
  }
  if (connection.phase === 'migrating' && isMoving) {
    return (
      <div data-testid="migration-notice">
        <Banner severity="info">{migrationSentence(connection)}</Banner>
      </div>
    );
  }
  return null;
}

function LossBanner({
  loss,
  hasChat,
  onRetry,
  heading,
}: { loss: SignalingLoss } & Omit<Props, 'connection'>) {
  const element = useRef<HTMLDivElement>(null);
  useFocusReturn(element, heading);
  return (
    <div ref={element} data-testid="signaling-notice">
      <Banner
        severity="info"
        title={CALL_TEXT.signalingLost}
        action={<Button onClick={onRetry}>{CALL_TEXT.retryNow}</Button>}
      >
        {hasChat ? CALL_TEXT.stillWorks : CALL_TEXT.goesOn}
        <br />
        <Countdown at={loss.nextRetryAt} attempt={loss.attempt} />
      </Banner>
    </div>
  );
}

/** Said once, not with every attempt; and that it is over, where the call still stands. */
function useSaid(isLost: boolean, isUp: boolean): void {
  const announce = useAnnounce();
  const wasLost = useRef(false);
  useEffect(() => {
    if (isLost) announce(`${CALL_TEXT.signalingLost} ${CALL_TEXT.goesOn}`);
    else if (wasLost.current && isUp) announce(CALL_TEXT.signalingBack);
    wasLost.current = isLost;
  }, [isLost, isUp, announce]);
}
