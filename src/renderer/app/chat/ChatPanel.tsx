import { X } from 'lucide-react';
import { useId, useRef, type ReactNode, type RefObject } from 'react';
import type { ChatView, Room } from '../../room/contract.ts';
import { IconButton } from '../design/IconButton.tsx';
import { useFocusReturn } from '../session/use-focus-return.ts';
import { ChatComposer } from './ChatComposer.tsx';
import { ChatMessages } from './ChatMessages.tsx';
import { CHAT_TEXT } from './text.ts';
import type { ChatState } from './use-chat.ts';
import styles from './ChatPanel.module.css';

interface Props {
  room: Room;
  view: ChatView;
  chat: ChatState;
  /** Where the focus goes when the panel closes around it. */
  button: RefObject<HTMLElement | null>;
  /** When and how the connection comes back, where the panel hides what else says so. */
  wayBack: ReactNode;
}

/** What is written in this meeting: beside the pictures, or over them in a small window. */
export function ChatPanel({ room, view, chat, button, wayBack }: Props) {
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  useFocusReturn(panel, button);
  return (
    // Escape closes it from wherever the focus is in it; a button does so, too.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      ref={panel}
      className={styles.panel}
      aria-labelledby={id}
      data-testid="chat"
      onKeyDown={(event) => {
        // An input method takes Escape for itself.
        if (event.key === 'Escape' && !event.nativeEvent.isComposing) chat.toggle();
      }}
    >
      <header className={styles.header}>
        <h2 id={id} className={styles.title}>
          {CHAT_TEXT.title}
        </h2>
        <IconButton
          label={CHAT_TEXT.close}
          icon={<X size={20} />}
          onClick={chat.toggle}
          tooltipSide="bottom"
        />
      </header>
      <ChatMessages room={room} messages={view.messages} isLive={view.live} />
      <div role="status" className={styles.state}>
        {!view.available && <p className={styles.notice}>{CHAT_TEXT.gone}</p>}
        {view.available && !view.live && <p className={styles.notice}>{CHAT_TEXT.offline}</p>}
      </div>
      {wayBack}
      <ChatComposer
        draft={chat.draft}
        isDisabled={!view.available}
        onDraft={chat.setDraft}
        onSend={(text) => room.sendChat(text)}
      />
    </aside>
  );
}
