import type { ChatFailure } from '../../room/contract.ts';

export const CHAT_TEXT = {
  title: 'Chat',
  open: 'Open the chat',
  close: 'Close the chat',
  messages: 'Messages',
  emptyTitle: 'No messages yet',
  emptyText: 'Everybody in this meeting reads what is written here, until the meeting is over.',
  you: 'You',
  field: 'Write a message',
  keys: 'Enter sends, Shift+Enter starts a new line.',
  send: 'Send',
  sending: 'Sending…',
  waiting: 'Waits for the connection',
  offline: 'No connection to the chat. What you write waits, and goes out as soon as it is back.',
  gone: 'This meeting no longer has a chat.',
  tooLong: (by: number) => `Too long by ${by} ${by === 1 ? 'character' : 'characters'}.`,
  left: (count: number) => `${count} characters left.`,
  notSent: 'Not sent.',
  again: 'Send again',
  copy: 'Copy',
  copied: 'Message copied',
  discard: 'Discard',
  discarded: 'Message discarded',
  showAll: 'Show all',
  showLess: 'Show less',
  newMessages: (count: number) => `${count} new ${count === 1 ? 'message' : 'messages'}`,
  from: (name: string, text: string) => `${name} writes: ${text}`,
  failedAloud: 'A message was not sent.',
} as const;

export const CHAT_FAILURE_TEXT: Record<ChatFailure['why'], string> = {
  refused: 'The meeting server does not take it.',
  'too-many': 'Too many messages at once.',
  'no-answer': 'The server does not answer; it may have arrived all the same.',
  'no-chat': 'The meeting goes on on a server without chat.',
  'call-ended': 'The call was over before.',
};
