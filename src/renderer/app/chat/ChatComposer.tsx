import { SendHorizontal } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import { MAX_CHAT_TEXT_LENGTH, plainChatText } from '../../../shared/chat-text.ts';
import { IconButton } from '../design/IconButton.tsx';
import { CHAT_TEXT } from './text.ts';
import styles from './ChatComposer.module.css';

/** From here on it is said how much may still be written, characters. */
const NEAR_LIMIT = 500;

interface Props {
  draft: string;
  isDisabled: boolean;
  onDraft: (draft: string) => void;
  onSend: (text: string) => void;
}

/** Where a message is written. It has the focus when the chat opens. */
export function ChatComposer({ draft, isDisabled, onDraft, onSend }: Props) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const text = plainChatText(draft);
  const left = MAX_CHAT_TEXT_LENGTH - text.length;
  const canSend = text !== '' && left >= 0 && !isDisabled;

  const send = (): void => {
    if (!canSend) return;
    onSend(text);
    onDraft('');
    field.current?.focus();
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label className="visually-hidden" htmlFor={id}>
        {CHAT_TEXT.field}
      </label>
      <textarea
        ref={field}
        id={id}
        className={styles.field}
        rows={1}
        dir="auto"
        placeholder={CHAT_TEXT.field}
        value={draft}
        disabled={isDisabled}
        aria-invalid={left < 0}
        aria-describedby={`${id}-keys ${id}-limit`}
        onChange={(event) => onDraft(event.target.value)}
        onKeyDown={(event) => {
          // Enter also ends a word of an input method.
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <IconButton
        type="submit"
        label={CHAT_TEXT.send}
        icon={<SendHorizontal size={20} />}
        className={styles.send}
        aria-disabled={!canSend}
      />
      <p id={`${id}-keys`} className="visually-hidden">
        {CHAT_TEXT.keys}
      </p>
      <p id={`${id}-limit`} className={styles.limit} data-over={left < 0} aria-live="polite">
        {left < 0 && CHAT_TEXT.tooLong(-left)}
        {left >= 0 && left <= NEAR_LIMIT && CHAT_TEXT.left(left)}
      </p>
    </form>
  );
}
