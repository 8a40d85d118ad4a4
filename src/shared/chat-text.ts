/** What the text of a chat message may be: the same on both sides. */

/** UTF-16 code units, which is what `maxlength` of a text field counts, too. */
export const MAX_CHAT_TEXT_LENGTH = 4_000;

/** All control characters but newline and tab (general category Cc). */
const CONTROL = /[\p{Cc}--[\n\t]]/gv;

/**
 * Text as it is sent and shown: without control characters but newline and tab, without white space
 * around it, and well-formed. May be empty.
 */
export function plainChatText(text: string): string {
  return text.replaceAll(CONTROL, '').toWellFormed().trim();
}
