export const ENDED_TEXT = {
  failedTitle: 'The call could not go on',
  failedAtJoinTitle: 'The call did not start',
  tryAgain: 'Try again',
  back: 'Back',
  settings: 'Open settings',
  forIt: 'For IT',
  code: 'Error code',
  meaning: 'What to check',
  detail: 'Detail',
  copy: 'Copy report',
  copied: 'Report copied',
  timeline: 'What happened',
  leftTitle: {
    user: 'You left the meeting',
    host: 'The host ended your part in the meeting',
    server: 'The meeting has ended',
  },
  leftText: {
    user: 'Your camera and microphone are off.',
    host: 'Your camera and microphone are off. Ask the host if this was a mistake.',
    server: 'The meeting server closed it. Your camera and microphone are off.',
  },
  rejoin: 'Join again',
  start: 'Back to start',
} as const;

export const SIGN_IN_TEXT = {
  proxy: 'HTTP proxy',
  user: 'User name',
  password: 'Password',
  remember: 'Remember on this computer',
  notRemembered: 'Kept until Causeway closes: this computer has no safe place for passwords.',
  submit: 'Sign in and try again',
  refused: 'The HTTP proxy did not accept this user name and password.',
  empty: 'Enter your user name.',
  failed: 'This could not be passed on. Go back and join again.',
} as const;
