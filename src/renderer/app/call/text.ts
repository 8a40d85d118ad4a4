import type {
  ConnectingStep,
  ConnectionState,
  Fallback,
  Quality,
  ReconnectReason,
} from '../../../shared/connection-state.ts';
import type { MediaProtocol } from '../../../shared/protocol.ts';
import { formatTime } from './format.ts';

export const CALL_TEXT = {
  you: 'You',
  tileOf: (name: string) => `Picture of ${name}`,
  ownTile: 'Your picture',
  muted: 'microphone off',
  speaking: 'speaking',
  participants: 'Participants',
  heading: (meeting: string) => `Meeting ${meeting}`,
  controls: 'Call controls',
  mute: 'Turn the microphone off',
  unmute: 'Turn the microphone on',
  cameraOff: 'Turn the camera off',
  cameraOn: 'Turn the camera on',
  copyLink: 'Copy the meeting link',
  linkCopied: 'Link copied',
  settings: 'Settings',
  leave: 'Leave',
  leaveLong: 'Leave the meeting',
  aloneTitle: 'Nobody else is here yet',
  aloneText: 'Send this link to the people you want to meet.',
  soundBlocked: 'The sound waits for a click.',
  soundOn: 'Turn the sound on',
  linkEnds: (at: Date) =>
    `The link that you joined with ends at ${formatTime(at)}. The call goes on, but if it breaks off after that, you need a new link.`,
  dismiss: 'Dismiss',
  retryNow: 'Retry now',
  retryIn: (seconds: number, attempt: number) =>
    seconds > 0
      ? `Trying again in ${seconds} s (attempt ${attempt})`
      : `Trying now (attempt ${attempt})`,
  reconnectingTitle: 'Reconnecting',
  comesBack: 'The call comes back as it was; you need to do nothing.',
  chatWaits: 'What you write in the chat meanwhile goes out then.',
  signalingLost: 'The connection to the meeting is interrupted.',
  signalingBack: 'Connected to the meeting again.',
  goesOn: 'Sound and picture go on.',
  stillWorks: 'Sound and picture go on; the chat waits.',
  connectingTitle: 'Joining the meeting',
  planned: (paths: string) => `Planned: ${paths}`,
  joined: (name: string) => `${name} joined.`,
  left: (name: string) => `${name} left.`,
  invitationTitle: 'Open another meeting?',
  invitationText: 'A link to another meeting was opened. Opening it ends this call for you.',
  invitationAccept: 'Leave and open it',
  invitationDecline: 'Stay here',
} as const;

export const CONNECTING_TEXT: Record<ConnectingStep, string> = {
  discovery: 'Looking for the server…',
  signaling: 'Entering the meeting…',
  transports: 'Opening a way for sound and picture…',
  media: 'Waiting for sound and picture to arrive…',
};

export const RECONNECT_TEXT: Record<ReconnectReason, string> = {
  'signaling-lost': 'The connection to the meeting was interrupted.',
  'media-lost': 'Sound and picture were interrupted.',
  'room-restarted': 'The meeting had to be started again on the server.',
  'server-restarting': 'The meeting server is starting again.',
};

export const QUALITY_TEXT: Record<Quality['level'], string> = {
  good: 'Good connection',
  fair: 'Fair connection',
  poor: 'Poor connection',
  unknown: 'Connection quality not known yet',
};

const PROTOCOL_NAME: Record<MediaProtocol, string> = { udp: 'UDP', tcp: 'TCP', tls: 'TLS' };

/** Says that a call goes another way than it wanted, and why. */
export function fallbackSentence({ wanted, using, reason }: Fallback): string {
  const lost = PROTOCOL_NAME[wanted];
  const now = PROTOCOL_NAME[using];
  return reason === 'blocked-at-join'
    ? `${lost} is blocked on this network. The call goes on over ${now}.`
    : `${lost} stopped working on this network. The call goes on over ${now}.`;
}

/** Says where media is being moved, and why. */
export function migrationSentence({
  from,
  to,
  reason,
}: Extract<ConnectionState, { phase: 'migrating' }>): string {
  const old = PROTOCOL_NAME[from.protocol];
  const next = from.protocol === to.protocol ? 'a fresh connection' : PROTOCOL_NAME[to.protocol];
  switch (reason) {
    case 'path-dead':
      return `${old} stopped answering. The call moves to ${next}.`;
    case 'path-suspect':
      return `${old} does not answer at the moment. The call tries ${next}.`;
    case 'better-path':
      return `${next} works again. The call moves back to it.`;
    case 'policy':
      return `${old} is not allowed any more. The call moves to ${next}.`;
  }
}

/** Says that a call is back on what it wanted. */
export function returnSentence(protocol: MediaProtocol): string {
  return `The call is back on ${PROTOCOL_NAME[protocol]}.`;
}

export const DETAILS_TEXT = {
  title: 'Connection',
  route: 'How this call travels',
  you: 'You',
  proxy: 'Cloud Proxy',
  server: 'Meeting server',
  viaHttpProxy: (address: string) => `HTTP proxy ${address}`,
  quality: 'Quality',
  levels: { good: 'Good', fair: 'Fair', poor: 'Poor', unknown: '–' },
  roundTrip: 'Round trip',
  loss: 'Packet loss',
  jitter: 'Jitter',
  receiving: 'Receiving',
  sending: 'Sending',
  notKnown: '–',
  timeline: 'What happened',
  copy: 'Copy for IT',
  copied: 'Copied',
  close: 'Close',
  took: (text: string) => `took ${text}`,
} as const;

export const BADGE_TEXT = {
  idle: 'Not connected',
  connecting: 'Connecting…',
  migrating: (protocol: string) => `Switching to ${protocol}…`,
  renewing: 'Renewing the connection…',
  signalingLost: 'Sound and picture go on; reconnecting to the meeting.',
  reconnecting: 'Reconnecting…',
  failed: 'Connection failed',
  left: 'Call ended',
  showDetails: 'Shows details.',
} as const;
