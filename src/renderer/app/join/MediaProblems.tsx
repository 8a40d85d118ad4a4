import { Banner } from '../design/Banner.tsx';
import type { LocalMedia } from '../media/local-media.ts';
import { MEDIA_PROBLEM_TEXT } from '../media/text.ts';
import { useObservable } from '../session/use-observable.ts';
import styles from './MediaProblems.module.css';

/** One plain sentence for each device that is not there. */
export function MediaProblems({ media }: { media: LocalMedia }) {
  const { camera, microphone } = useObservable(media.state);
  return (
    <div className={styles.problems} role="status" data-testid="media-problems">
      {camera.problem && (
        <Banner severity="warning">{MEDIA_PROBLEM_TEXT.camera[camera.problem]}</Banner>
      )}
      {microphone.problem && (
        <Banner severity="warning">{MEDIA_PROBLEM_TEXT.microphone[microphone.problem]}</Banner>
      )}
    </div>
  );
}
