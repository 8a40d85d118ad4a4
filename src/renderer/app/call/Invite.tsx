import { Check, Copy } from 'lucide-react';
import { Button } from '../design/Button.tsx';
import { CALL_TEXT } from './text.ts';
import styles from './Invite.module.css';

export interface InviteProps {
  link: string;
  copied: boolean;
  onCopy: () => void;
}

/** While one is alone: the link that brings others. */
export function Invite({ link, copied, onCopy }: InviteProps) {
  return (
    <section className={styles.invite} aria-labelledby="invite-title">
      <svg className={styles.drawing} viewBox="0 0 240 84" fill="none" aria-hidden="true">
        <g stroke="currentColor" strokeWidth="3" strokeLinecap="round">
          <path d="M6 34h228" />
          <path d="M18 62v-6a18 18 0 0 1 36 0v6M54 62v-6a18 18 0 0 1 36 0v6M90 62v-6a18 18 0 0 1 36 0v6" />
          <path
            d="M126 62v-6a18 18 0 0 1 36 0v6M162 62v-6a18 18 0 0 1 36 0v6"
            strokeDasharray="1 9"
          />
          <path
            d="M10 74c8-5 16-5 24 0s16 5 24 0 16-5 24 0 16 5 24 0 16-5 24 0 16 5 24 0 16-5 24 0 16 5 24 0"
            opacity=".35"
          />
        </g>
        <circle cx="72" cy="20" r="8" fill="currentColor" />
        <circle
          cx="180"
          cy="20"
          r="7"
          stroke="currentColor"
          strokeWidth="3"
          strokeDasharray="1 6.3"
          strokeLinecap="round"
        />
      </svg>
      <h2 id="invite-title" className={styles.title}>
        {CALL_TEXT.aloneTitle}
      </h2>
      <p className={styles.text}>{CALL_TEXT.aloneText}</p>
      <code className={styles.link} data-testid="meeting-link" title={link}>
        {link}
      </code>
      <Button
        look="primary"
        icon={
          copied ? <Check size={18} aria-hidden="true" /> : <Copy size={18} aria-hidden="true" />
        }
        onClick={onCopy}
      >
        {copied ? CALL_TEXT.linkCopied : CALL_TEXT.copyLink}
      </Button>
    </section>
  );
}
