import { Check, Link, Mic, MicOff, PhoneOff, Settings, Video, VideoOff } from 'lucide-react';
import type { RefObject } from 'react';
import { ChatButton } from '../chat/ChatButton.tsx';
import type { ChatState } from '../chat/use-chat.ts';
import { IconButton } from '../design/IconButton.tsx';
import { DeviceMenu } from '../media/DeviceMenu.tsx';
import { useServices } from '../session/services.tsx';
import { shortcutText } from '../session/shortcuts.ts';
import { CALL_TEXT } from './text.ts';
import styles from './ControlsBar.module.css';

interface Props {
  cameraOff: boolean;
  microphoneOff: boolean;
  microphoneTrack: MediaStreamTrack | undefined;
  linkCopied: boolean;
  /** Undefined: there is none. */
  chat: ChatState | undefined;
  chatButton: RefObject<HTMLButtonElement | null>;
  actions: {
    toggleMicrophone: () => void;
    toggleCamera: () => void;
    copyLink: () => void;
    openSettings: () => void;
    leave: () => void;
  };
}

export function ControlsBar({
  cameraOff,
  microphoneOff,
  microphoneTrack,
  linkCopied,
  chat,
  chatButton,
  actions,
}: Props) {
  const { info, media } = useServices();
  return (
    <div className={styles.dock}>
      <div className={styles.bar} role="toolbar" aria-label={CALL_TEXT.controls}>
        <IconButton
          look={microphoneOff ? 'off' : 'round'}
          label={microphoneOff ? CALL_TEXT.unmute : CALL_TEXT.mute}
          shortcut={shortcutText('toggle-microphone', info.platform)}
          icon={microphoneOff ? <MicOff size={20} /> : <Mic size={20} />}
          onClick={actions.toggleMicrophone}
          data-testid="toggle-microphone"
        />
        <IconButton
          look={cameraOff ? 'off' : 'round'}
          label={cameraOff ? CALL_TEXT.cameraOn : CALL_TEXT.cameraOff}
          shortcut={shortcutText('toggle-camera', info.platform)}
          icon={cameraOff ? <VideoOff size={20} /> : <Video size={20} />}
          onClick={actions.toggleCamera}
          data-testid="toggle-camera"
        />
        <DeviceMenu
          media={media}
          look="round"
          microphoneTrack={microphoneOff ? undefined : microphoneTrack}
        />
        <span className={styles.divider} aria-hidden="true" />
        {chat && <ChatButton chat={chat} buttonRef={chatButton} />}
        <IconButton
          look="round"
          label={linkCopied ? CALL_TEXT.linkCopied : CALL_TEXT.copyLink}
          shortcut={shortcutText('copy-link', info.platform)}
          icon={linkCopied ? <Check size={20} /> : <Link size={20} />}
          onClick={actions.copyLink}
        />
        <IconButton
          look="round"
          label={CALL_TEXT.settings}
          shortcut={shortcutText('open-settings', info.platform)}
          icon={<Settings size={20} />}
          onClick={actions.openSettings}
        />
        <IconButton
          look="danger"
          className={styles.leave}
          label={CALL_TEXT.leaveLong}
          shortcut={shortcutText('leave-call', info.platform)}
          icon={
            <>
              <PhoneOff size={20} />
              <span className={styles.leaveText}>{CALL_TEXT.leave}</span>
            </>
          }
          onClick={actions.leave}
        />
      </div>
    </div>
  );
}
