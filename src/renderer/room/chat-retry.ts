import { CHANNEL_CLOSED_CODE, ProtooError, REQUEST_TIMEOUT_CODE } from '../../shared/protoo.ts';
import type { ChatFailure } from './chat-log.ts';
import {
  CHAT_RETRY_FACTOR,
  CHAT_RETRY_FIRST_MS,
  CHAT_RETRY_MAX_MS,
  MAX_CHAT_TRIES,
} from './limits.ts';

/** What to do after a request that failed. */
export type ChatVerdict =
  /** The same again, over the same connection. */
  | { readonly then: 'again'; readonly afterMs: number }
  /** Over the next connection. */
  | { readonly then: 'next-connection' }
  | { readonly then: 'give-up'; readonly failure: ChatFailure };

const TOO_MANY_REQUESTS = 429;

/**
 * @param tries Over this connection so far, the failed one included.
 * @param isOver The connection has ended.
 */
export function judgeChatError(error: unknown, tries: number, isOver: boolean): ChatVerdict {
  if (isOver) return { then: 'next-connection' };
  // A broken answer would be as broken the next time.
  if (!(error instanceof ProtooError)) return { then: 'give-up', failure: { why: 'no-answer' } };
  const { code, message } = error;
  const isRefusal =
    code >= 400 &&
    code < 500 &&
    ![TOO_MANY_REQUESTS, REQUEST_TIMEOUT_CODE, CHANNEL_CLOSED_CODE].includes(code);
  if (isRefusal) return { then: 'give-up', failure: { why: 'refused', detail: message } };
  if (tries >= MAX_CHAT_TRIES) {
    return code === TOO_MANY_REQUESTS
      ? { then: 'give-up', failure: { why: 'too-many', detail: message } }
      : { then: 'give-up', failure: { why: 'no-answer' } };
  }
  const afterMs = CHAT_RETRY_FIRST_MS * CHAT_RETRY_FACTOR ** (tries - 1);
  return { then: 'again', afterMs: Math.min(CHAT_RETRY_MAX_MS, afterMs) };
}
