import { ArrowDown, MessagesSquare } from 'lucide-react';
import { memo, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { ChatEntry, Room } from '../../room/contract.ts';
import { Button } from '../design/Button.tsx';
import { groupMessages, unreadOf } from './conversation.ts';
import { MessageGroupView } from './MessageGroupView.tsx';
import { CHAT_TEXT } from './text.ts';
import styles from './ChatMessages.module.css';

/** Nearer to the end than this counts as reading along, CSS px. */
const NEAR_END = 48;

interface Props {
  room: Room;
  messages: readonly ChatEntry[];
  isLive: boolean;
}

/**
 * The messages, oldest first. Who reads along stays at the end; who reads back stays where they are,
 * and is told of what comes in.
 */
export const ChatMessages = memo(function ChatMessages({ room, messages, isLive }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const below = unreadOf(messages, seen);
  // Adjusted while rendering: what stands at the end is seen.
  if (isAtEnd && below.length > 0) setSeen(new Set(messages.map(({ id }) => id)));

  const toEnd = (): void => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  const lastTyped = messages.findLast(({ status }) => status === 'sending')?.id;
  const follow = useEffectEvent(() => {
    if (isAtEnd) toEnd();
  });
  useLayoutEffect(() => follow(), [messages]);
  // Whoever writes wants to see it, wherever they were.
  useLayoutEffect(() => {
    if (lastTyped !== undefined) toEnd();
  }, [lastTyped]);
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    // The field below grows while somebody writes, and the window may change.
    const observer = new ResizeObserver(() => follow());
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  return (
    <div className={styles.frame}>
      <div
        ref={list}
        className={styles.list}
        role="log"
        // Said by the announcer: one voice, and not the whole history.
        aria-live="off"
        aria-label={CHAT_TEXT.messages}
        // A keyboard scrolls what has the focus.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_END);
        }}
      >
        {messages.length === 0 && <Empty />}
        {groupMessages(messages).map((group) => (
          <MessageGroupView key={group.id} room={room} group={group} isLive={isLive} />
        ))}
      </div>
      {!isAtEnd && below.length > 0 && (
        <Button
          look="primary"
          className={styles.below}
          icon={<ArrowDown size={16} aria-hidden="true" />}
          onClick={() => {
            toEnd();
            list.current?.focus();
          }}
        >
          {CHAT_TEXT.newMessages(below.length)}
        </Button>
      )}
    </div>
  );
});

function Empty() {
  return (
    <div className={styles.empty}>
      <MessagesSquare size={32} strokeWidth={1.5} aria-hidden="true" />
      <p className={styles.emptyTitle}>{CHAT_TEXT.emptyTitle}</p>
      <p>{CHAT_TEXT.emptyText}</p>
    </div>
  );
}
