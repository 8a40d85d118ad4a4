import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ChatEntry, ChatView } from '../../room/contract.ts';
import { useAnnounce } from '../session/announcer.tsx';
import { newsBetween, saidText, unreadOf } from './conversation.ts';
import { CHAT_TEXT } from './text.ts';

export interface ChatState {
  /** There is something to open. */
  isThere: boolean;
  isOpen: boolean;
  unread: number;
  /** What is being written; kept while the panel is closed and while there is no connection. */
  draft: string;
  setDraft: (draft: string) => void;
  toggle: () => void;
}

/**
 * The chat beside a call: open or not, what is unread, what is being written.
 * @param isAllowed False where policy forbids chat: nothing of it is shown or said.
 */
export function useChat(view: ChatView, isAllowed: boolean): ChatState {
  const [wantsOpen, setWantsOpen] = useState(false);
  const [draft, setDraft] = useState('');
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const { messages } = view;
  // What was written is not taken away with the server that should have had it.
  const hasUnsent = messages.some(({ status }) => status !== 'delivered');
  const isThere = isAllowed && (view.available || hasUnsent);
  const isOpen = wantsOpen && isThere;

  // Adjusted while rendering, so that no frame shows as unread what is on the screen.
  const unread = unreadOf(messages, seen);
  if (isOpen && unread.length > 0) setSeen(new Set(messages.map(({ id }) => id)));

  useNews(messages, isThere);

  return {
    ...{ isThere, isOpen, unread: isOpen ? 0 : unread.length, draft, setDraft },
    toggle: () => setWantsOpen(isThere && !isOpen),
  };
}

/** Says aloud what comes in, and what does not go out. */
function useNews(messages: readonly ChatEntry[], isOn: boolean): void {
  const announce = useAnnounce();
  const known = useRef<readonly ChatEntry[]>([]);
  const onChange = useEffectEvent((after: readonly ChatEntry[]) => {
    const { arrived, hasFailed } = newsBetween(known.current, after);
    known.current = after;
    if (!isOn) return;
    const [first] = arrived;
    if (hasFailed) announce(CHAT_TEXT.failedAloud);
    else if (first && arrived.length === 1) {
      announce(CHAT_TEXT.from(first.displayName, saidText(first.text)));
    } else if (first) announce(CHAT_TEXT.newMessages(arrived.length));
  });
  useEffect(() => onChange(messages), [messages]);
}
