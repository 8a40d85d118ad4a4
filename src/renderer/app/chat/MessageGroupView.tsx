import { memo, useId, useState } from 'react';
import type { ChatEntry, Room } from '../../room/contract.ts';
import { formatTime } from '../call/format.ts';
import { useAnnounce } from '../session/announcer.tsx';
import { useCopy } from '../session/use-copy.ts';
import type { MessageGroup } from './conversation.ts';
import { CHAT_FAILURE_TEXT, CHAT_TEXT } from './text.ts';
import styles from './MessageGroupView.module.css';

/** Longer texts are shown in part first: one must not push all others off the panel. */
const MAX_SHOWN = { characters: 700, lines: 12 };

interface Props {
  room: Room;
  group: MessageGroup;
  isLive: boolean;
}

/** What one person wrote in one go. Text is only ever text: nothing in it can be followed. */
export function MessageGroupView({
  room,
  group: { displayName, isOwn, at, entries },
  isLive,
}: Props) {
  const time = new Date(at);
  return (
    <section className={styles.group} data-own={isOwn}>
      <p className={styles.head}>
        <bdi className={styles.name}>{isOwn ? CHAT_TEXT.you : displayName}</bdi>{' '}
        <time dateTime={time.toISOString()} title={time.toLocaleString()}>
          {formatTime(time)}
        </time>
      </p>
      {entries.map((entry) => (
        <Message key={entry.id} room={room} entry={entry} isLive={isLive} />
      ))}
    </section>
  );
}

const Message = memo(function Message({
  room,
  entry,
  isLive,
}: {
  room: Room;
  entry: ChatEntry;
  isLive: boolean;
}) {
  return (
    <div
      className={styles.message}
      data-testid="chat-message"
      data-status={entry.status}
      data-waits={entry.status === 'sending' && !isLive}
    >
      <MessageText text={entry.text} />
      {entry.status === 'sending' && (
        <p className={styles.status}>{isLive ? CHAT_TEXT.sending : CHAT_TEXT.waiting}</p>
      )}
      {entry.status === 'failed' && (
        <>
          <p className={styles.failure}>
            <strong>{CHAT_TEXT.notSent}</strong> {CHAT_FAILURE_TEXT[entry.failure.why]}
          </p>
          <FailedActions room={room} entry={entry} />
        </>
      )}
      {entry.status === 'sending' && !isLive && (
        <div className={styles.actions}>
          <DiscardButton room={room} id={entry.id} />
        </div>
      )}
    </div>
  );
});

function MessageText({ text }: { text: string }) {
  const id = useId();
  const [showsAll, setShowsAll] = useState(false);
  const isLong = text.length > MAX_SHOWN.characters || text.split('\n').length > MAX_SHOWN.lines;
  return (
    <>
      <p id={id} className={styles.text} dir="auto" data-cut={isLong && !showsAll}>
        {text}
      </p>
      {isLong && (
        <button
          type="button"
          className={styles.action}
          aria-expanded={showsAll}
          aria-controls={id}
          onClick={() => setShowsAll(!showsAll)}
        >
          {showsAll ? CHAT_TEXT.showLess : CHAT_TEXT.showAll}
        </button>
      )}
    </>
  );
}

function FailedActions({ room, entry: { id, text } }: { room: Room; entry: ChatEntry }) {
  const { copied, copy } = useCopy(CHAT_TEXT.copied);
  return (
    <div className={styles.actions}>
      <button type="button" className={styles.action} onClick={() => room.resendChat(id)}>
        {CHAT_TEXT.again}
      </button>
      <button type="button" className={styles.action} onClick={() => copy(text)}>
        {copied ? CHAT_TEXT.copied : CHAT_TEXT.copy}
      </button>
      <DiscardButton room={room} id={id} />
    </div>
  );
}

function DiscardButton({ room, id }: { room: Room; id: string }) {
  const announce = useAnnounce();
  return (
    <button
      type="button"
      className={styles.action}
      onClick={(event) => {
        // The button goes with its message; the focus must not fall out of the panel.
        event.currentTarget.closest<HTMLElement>('[role="log"]')?.focus();
        room.discardChat(id);
        announce(CHAT_TEXT.discarded);
      }}
    >
      {CHAT_TEXT.discard}
    </button>
  );
}
