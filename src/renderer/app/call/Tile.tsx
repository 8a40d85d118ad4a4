import { MicOff } from 'lucide-react';
import { VideoView } from '../media/VideoView.tsx';
import { avatarColour, initialsOf } from './initials.ts';
import { CALL_TEXT } from './text.ts';
import styles from './Tile.module.css';

interface Props {
  peerId: string;
  name: string;
  isOwn?: boolean;
  /** Undefined: the camera is off. */
  track: MediaStreamTrack | undefined;
  isMuted: boolean;
  isSpeaking: boolean;
}

/** One person: the picture, or initials while there is none, and the name. */
export function Tile({ peerId, name, isOwn = false, track, isMuted, isSpeaking }: Props) {
  const states = [isMuted && CALL_TEXT.muted, isSpeaking && CALL_TEXT.speaking].filter(Boolean);
  return (
    <div
      className={styles.tile}
      data-testid="tile"
      data-peer-id={peerId}
      data-own={isOwn}
      data-video={track !== undefined}
      data-muted={isMuted}
      data-speaking={isSpeaking}
    >
      {track ? (
        <VideoView
          track={track}
          isMirrored={isOwn}
          label={isOwn ? CALL_TEXT.ownTile : CALL_TEXT.tileOf(name)}
        />
      ) : (
        <div className={styles.empty}>
          <span className={styles.avatar} data-colour={avatarColour(name)} aria-hidden="true">
            {initialsOf(name)}
          </span>
        </div>
      )}
      <div className={styles.tag}>
        {isMuted && <MicOff size={14} aria-hidden="true" />}
        <span className={styles.name}>{isOwn ? CALL_TEXT.you : name}</span>
        {states.length > 0 && <span className="visually-hidden">, {states.join(', ')}</span>}
      </div>
    </div>
  );
}
