import { useEffect, useRef } from 'react';
import { showTrack } from '../media/show-track.ts';

interface Props {
  track: MediaStreamTrack;
  /** Undefined: the system's default speaker. */
  speakerId: string | undefined;
  /** Playing waits until this is false. */
  isHeld: boolean;
  /** The browser lets no sound play before the person has clicked. */
  onBlocked: () => void;
}

/** One person's sound, on the chosen speaker. */
export function RemoteAudio({ track, speakerId, isHeld, onBlocked }: Props) {
  const ref = useRef<HTMLAudioElement>(null);

  useEffect(() => {
    const audio = ref.current;
    if (!audio || isHeld) return;
    showTrack(audio, track);
    audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'NotAllowedError') onBlocked();
    });
  }, [track, isHeld, onBlocked]);

  useEffect(() => {
    const audio = ref.current;
    // A speaker that is gone: the sound goes on where it is.
    audio?.setSinkId(speakerId ?? '').catch(() => undefined);
  }, [speakerId]);

  // Live sound of people has no captions to offer.
  // eslint-disable-next-line jsx-a11y/media-has-caption
  return <audio ref={ref} data-testid="remote-audio" />;
}
