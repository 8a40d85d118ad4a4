import { Mic, MicOff, Video, VideoOff } from 'lucide-react';
import { IconButton } from '../design/IconButton.tsx';
import { DeviceMenu } from '../media/DeviceMenu.tsx';
import { LevelMeter } from '../media/LevelMeter.tsx';
import type { LocalMedia } from '../media/local-media.ts';
import { VideoView } from '../media/VideoView.tsx';
import { useServices } from '../session/services.tsx';
import { shortcutText } from '../session/shortcuts.ts';
import { useCommands } from '../session/use-commands.ts';
import { useObservable } from '../session/use-observable.ts';
import { JOIN_TEXT } from './text.ts';
import styles from './Preview.module.css';

/** How the others will see and hear one: mirrored, as in a looking glass. */
export function Preview({ media }: { media: LocalMedia }) {
  const { info } = useServices();
  const { camera, microphone, cameraWanted, microphoneMuted } = useObservable(media.state);
  const cameraOff = !cameraWanted || camera.status === 'off';
  const microphoneOff = microphoneMuted || microphone.status === 'off';
  const toggleCamera = (): void => void media.setCamera(cameraOff);
  const toggleMicrophone = (): void => void media.setMicrophoneMuted(!microphoneOff);

  useCommands((command) => {
    if (command === 'toggle-camera') toggleCamera();
    else if (command === 'toggle-microphone') toggleMicrophone();
    else return false;
    return true;
  });

  return (
    <div className={styles.preview}>
      {camera.track ? (
        <VideoView track={camera.track} isMirrored label={JOIN_TEXT.preview} />
      ) : (
        <p className={styles.empty}>
          <VideoOff size={28} aria-hidden="true" />
          {camera.status === 'starting'
            ? JOIN_TEXT.cameraStarting
            : camera.problem
              ? JOIN_TEXT.noPicture
              : JOIN_TEXT.cameraOff}
        </p>
      )}
      <div className={styles.level} data-off={microphoneOff}>
        {microphoneOff ? (
          <MicOff size={16} aria-hidden="true" />
        ) : (
          <Mic size={16} aria-hidden="true" />
        )}
        <LevelMeter track={microphoneOff ? undefined : microphone.track} />
      </div>
      <div className={styles.controls}>
        <IconButton
          look="glass"
          label={microphoneOff ? JOIN_TEXT.turnMicrophoneOn : JOIN_TEXT.turnMicrophoneOff}
          shortcut={shortcutText('toggle-microphone', info.platform)}
          data-off={microphoneOff}
          icon={microphoneOff ? <MicOff size={20} /> : <Mic size={20} />}
          onClick={toggleMicrophone}
        />
        <IconButton
          look="glass"
          label={cameraOff ? JOIN_TEXT.turnCameraOn : JOIN_TEXT.turnCameraOff}
          shortcut={shortcutText('toggle-camera', info.platform)}
          data-off={cameraOff}
          icon={cameraOff ? <VideoOff size={20} /> : <Video size={20} />}
          onClick={toggleCamera}
        />
        {/* In a narrow window, in place of the row of choices below. */}
        <DeviceMenu
          media={media}
          look="glass"
          className={styles.devices}
          microphoneTrack={microphoneOff ? undefined : microphone.track}
        />
      </div>
    </div>
  );
}
