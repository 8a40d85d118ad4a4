export const FAULT_TEXT = {
  title: 'Something went wrong in this window',
  inCall:
    'Your part in the meeting may still be running: others may hear and see you. Leave it, or load the window again.',
  elsewhere: 'Load the window again. If this happens again, send IT the log.',
  leave: 'Leave the meeting',
  reload: 'Load again',
} as const;
