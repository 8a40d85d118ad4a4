import { MessageSquare } from 'lucide-react';
import type { RefObject } from 'react';
import { IconButton } from '../design/IconButton.tsx';
import { useServices } from '../session/services.tsx';
import { shortcutText } from '../session/shortcuts.ts';
import { CHAT_TEXT } from './text.ts';
import type { ChatState } from './use-chat.ts';
import styles from './ChatButton.module.css';

/** The badge has room for one digit and a sign. */
const MAX_SHOWN = 9;

/** Opens and closes the chat; says how many messages wait to be read. */
export function ChatButton({
  chat: { isOpen, unread, toggle },
  buttonRef,
}: {
  chat: ChatState;
  buttonRef: RefObject<HTMLButtonElement | null>;
}) {
  const { info } = useServices();
  const label = isOpen ? CHAT_TEXT.close : CHAT_TEXT.open;
  return (
    <IconButton
      ref={buttonRef}
      look="round"
      className={styles.button}
      label={unread === 0 ? label : `${label}, ${CHAT_TEXT.newMessages(unread)}`}
      shortcut={shortcutText('toggle-chat', info.platform)}
      aria-expanded={isOpen}
      icon={
        <>
          <MessageSquare size={20} />
          {unread > 0 && (
            <span className={styles.unread} aria-hidden="true" data-testid="chat-unread">
              {unread > MAX_SHOWN ? `${MAX_SHOWN}+` : unread}
            </span>
          )}
        </>
      }
      onClick={toggle}
      data-testid="toggle-chat"
    />
  );
}
