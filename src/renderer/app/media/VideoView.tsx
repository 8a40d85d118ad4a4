import { useEffect, useRef } from 'react';
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
    const video = ref.current;
    if (!video) return;
    video.srcObject = new MediaStream([track]);
    return () => {
      video.srcObject = null;
    };
  }, [track]);

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
