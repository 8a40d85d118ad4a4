import { useEffect, useRef, useState } from 'react';
import { formatMeetingLink } from '../../../shared/meeting-link.ts';
import { ChatPanel } from '../chat/ChatPanel.tsx';
import { useChat } from '../chat/use-chat.ts';
import { Mark } from '../design/Mark.tsx';
import type { CallSession } from '../session/call-session.ts';
import { useServices } from '../session/services.tsx';
import { useCommands } from '../session/use-commands.ts';
import { useCopy } from '../session/use-copy.ts';
import { useMediaQuery } from '../session/use-media-query.ts';
import { useObservable, useRoom } from '../session/use-observable.ts';
import { CallNotices } from './CallNotices.tsx';
import { ConnectionNotice } from './ConnectionNotice.tsx';
import { ConnectionBadge } from './ConnectionBadge.tsx';
import { ControlsBar } from './ControlsBar.tsx';
import { RemoteAudio } from './RemoteAudio.tsx';
import { Stage } from './Stage.tsx';
import { StageCover } from './StageCover.tsx';
import { CALL_TEXT } from './text.ts';
import { WayBack } from './WayBack.tsx';
import { useCallAnnouncements } from './use-call-announcements.ts';
import styles from './CallScreen.module.css';

/** Here the chat lies over the pictures: see ChatPanel.module.css. */
const NARROW = '(max-width: 759px)';

interface Props {
  call: CallSession;
  onOpenSettings: () => void;
}

/** A call that goes on: who is there, how one is connected, what one can do. */
export function CallScreen({ call, onOpenSettings }: Props) {
  const { controller, media, settings } = useServices();
  const snapshot = useRoom(call.room);
  const local = useObservable(media.state);
  const [soundBlocked, setSoundBlocked] = useState(false);
  const link = formatMeetingLink({
    roomId: call.meeting.roomId,
    serverUrl: call.meeting.serverUrl,
  });
  const { copied, copy } = useCopy(CALL_TEXT.linkCopied);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useCallAnnouncements(call.room);
  // Forbidden in mid-call, it goes at once; allowed again, it comes with the next call.
  const { disableChat } = useObservable(settings).values;
  const [isChatAllowed, setIsChatAllowed] = useState(!disableChat);
  if (isChatAllowed && disableChat) setIsChatAllowed(false);
  const chat = useChat(snapshot.chat, isChatAllowed);
  const chatButton = useRef<HTMLButtonElement>(null);
  const isNarrow = useMediaQuery(NARROW);

  const cameraOff = !local.cameraWanted || local.camera.status === 'off';
  const microphoneOff = local.microphoneMuted || local.microphone.status === 'off';
  const actions = {
    toggleMicrophone: () => void media.setMicrophoneMuted(!microphoneOff),
    toggleCamera: () => void media.setCamera(cameraOff),
    copyLink: () => copy(link),
    leave: () => void controller.leave(),
    openSettings: onOpenSettings,
  };

  useCommands((command) => {
    if (command === 'toggle-microphone') actions.toggleMicrophone();
    else if (command === 'toggle-camera') actions.toggleCamera();
    else if (command === 'copy-link') actions.copyLink();
    else if (command === 'toggle-chat') chat.toggle();
    else if (command === 'leave-call') actions.leave();
    else return false;
    return true;
  });

  const onRetry = (): void => call.room.retryNow();
  const { connection, peers, selfId, activeSpeakerId } = snapshot;
  const isUp = connection.phase === 'connected' || connection.phase === 'migrating';
  return (
    <main className={styles.screen}>
      <header className={styles.header}>
        <Mark size={26} />
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          <span className="visually-hidden">{CALL_TEXT.heading(call.meeting.roomId)}</span>
          <span aria-hidden="true">{call.meeting.roomId}</span>
        </h1>
        <ConnectionBadge snapshot={snapshot} meeting={call.meeting} />
      </header>
      <CallNotices
        connectionNotice={
          <ConnectionNotice
            connection={connection}
            hasChat={chat.isThere}
            onRetry={onRetry}
            heading={heading}
          />
        }
        connection={connection}
        tokenEndsAt={snapshot.tokenEndsAt}
        media={media}
        soundBlocked={soundBlocked}
        onTurnSoundOn={() => setSoundBlocked(false)}
      />
      <div className={styles.content}>
        <div className={styles.stage} inert={chat.isOpen && isNarrow}>
          <Stage
            self={{
              id: selfId,
              name: call.displayName,
              track: local.camera.track,
              isMuted: microphoneOff,
            }}
            peers={peers}
            activeSpeakerId={activeSpeakerId}
            invite={isUp ? { link, copied, onCopy: actions.copyLink } : undefined}
          />
          <StageCover
            connection={connection}
            hasChat={chat.isThere}
            onRetry={onRetry}
            heading={heading}
          />
        </div>
        {chat.isOpen && (
          <ChatPanel
            room={call.room}
            view={snapshot.chat}
            chat={chat}
            button={chatButton}
            wayBack={
              isNarrow &&
              connection.phase === 'reconnecting' && (
                <WayBack
                  at={connection.nextRetryAt}
                  attempt={connection.attempt}
                  onRetry={onRetry}
                />
              )
            }
          />
        )}
      </div>
      <ControlsBar
        cameraOff={cameraOff}
        microphoneOff={microphoneOff}
        microphoneTrack={local.microphone.track}
        linkCopied={copied}
        chat={chat.isThere ? chat : undefined}
        chatButton={chatButton}
        actions={actions}
      />
      {peers.map(
        (peer) =>
          peer.audio && (
            <RemoteAudio
              key={peer.audio.consumerId}
              track={peer.audio.track}
              speakerId={local.chosen.speakerId}
              // A new try after the click that the browser waits for.
              isHeld={soundBlocked}
              onBlocked={() => setSoundBlocked(true)}
            />
          ),
      )}
    </main>
  );
}
