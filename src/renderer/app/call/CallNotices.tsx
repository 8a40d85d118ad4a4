import { useState, type ReactNode } from 'react';
import type { ConnectionState, Fallback } from '../../../shared/connection-state.ts';
import { Banner } from '../design/Banner.tsx';
import { Button } from '../design/Button.tsx';
import type { CaptureKind } from '../media/media-problem.ts';
import type { LocalMedia } from '../media/local-media.ts';
import { MEDIA_PROBLEM_TEXT } from '../media/text.ts';
import { useObservable } from '../session/use-observable.ts';
import { CALL_TEXT, fallbackSentence } from './text.ts';
import styles from './CallNotices.module.css';

interface Props {
  connection: ConnectionState;
  /** Says itself aloud, once. */
  connectionNotice: ReactNode;
  /** When the link that this person came with ends, ms since the epoch; undefined: not soon. */
  tokenEndsAt: number | undefined;
  media: LocalMedia;
  soundBlocked: boolean;
  onTurnSoundOn: () => void;
}

/** What happened to this call, across the top, until it is put away or no longer true. */
export function CallNotices({
  connection,
  connectionNotice,
  tokenEndsAt,
  media,
  soundBlocked,
  onTurnSoundOn,
}: Props) {
  const [putAway, setPutAway] = useState<number>();
  const [tokenPutAway, setTokenPutAway] = useState<number>();
  const local = useObservable(media.state);
  const fallback = useFallback(connection);
  const problem = (kind: CaptureKind) => {
    const found = local[kind].problem;
    return (
      found && (
        <Banner
          severity="warning"
          dismissLabel={CALL_TEXT.dismiss}
          onDismiss={() => media.dismissProblem(kind)}
        >
          {MEDIA_PROBLEM_TEXT[kind][found]}
        </Banner>
      )
    );
  };
  return (
    <>
      <div className={styles.notices}>{connectionNotice}</div>
      <div className={styles.notices} role="status" data-testid="call-notices">
        {fallback && fallback.since !== putAway && (
          <Banner
            severity="warning"
            dismissLabel={CALL_TEXT.dismiss}
            onDismiss={() => setPutAway(fallback.since)}
          >
            {fallbackSentence(fallback)}
          </Banner>
        )}
        {tokenEndsAt !== undefined && tokenEndsAt !== tokenPutAway && (
          <Banner
            severity="warning"
            dismissLabel={CALL_TEXT.dismiss}
            onDismiss={() => setTokenPutAway(tokenEndsAt)}
          >
            {CALL_TEXT.linkEnds(new Date(tokenEndsAt))}
          </Banner>
        )}
        {soundBlocked && (
          <Banner
            severity="info"
            action={<Button onClick={onTurnSoundOn}>{CALL_TEXT.soundOn}</Button>}
          >
            {CALL_TEXT.soundBlocked}
          </Banner>
        )}
        {problem('camera')}
        {problem('microphone')}
      </div>
    </>
  );
}

/** That of the call, also while its media is on the move: a banner must not blink for that. */
function useFallback(connection: ConnectionState): Fallback | undefined {
  const [last, setLast] = useState<Fallback>();
  const now = connection.phase === 'connected' ? connection.fallback : undefined;
  if (connection.phase === 'migrating') return last;
  if (last?.since !== now?.since) setLast(now);
  return now;
}
