import { useEffect, useRef } from 'react';
import { showTrack } from './show-track.ts';
import styles from './VideoView.module.css';

interface Props {
  track: MediaStreamTrack;
  isMirrored?: boolean;
  label: string;
}

/** A picture without sound, filling its box. */
export function VideoView({ track, isMirrored, label }: Props) {
  const ref = useRef<HTMLVideoElement>(null);

  useEffect(() => {
    if (ref.current) showTrack(ref.current, track);
  }, [track]);

  useEffect(() => {
    const video = ref.current;
    return () => {
      if (video) video.srcObject = null;
    };
  }, []);

  return (
    <video
      ref={ref}
      className={[styles.video, isMirrored && styles.mirrored].filter(Boolean).join(' ')}
      aria-label={label}
      autoPlay
      playsInline
      muted
      disablePictureInPicture
    />
  );
}
