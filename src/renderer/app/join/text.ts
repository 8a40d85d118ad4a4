import { PREFERRED_PROTOCOL_TEXT } from '../../../shared/protocol.ts';
import type { RoutePlan } from '../meeting/route-plan.ts';

export const JOIN_TEXT = {
  title: 'Join a meeting',
  lead: 'Check your camera and microphone, then go in.',
  product: 'Causeway',
  meeting: 'Meeting link or name',
  meetingPlaceholder: 'team-weekly or a link',
  fromLink: 'From your link',
  name: 'Your name',
  namePlaceholder: 'The name that others see',
  nameLocked: { managed: 'Set by your organization.', 'command-line': 'Set on the command line.' },
  nameInCalls: (name: string) => `Others see “${name}”, as your organization wants it.`,
  join: 'Join meeting',
  joining: 'Joining…',
  notOpened: 'The meeting could not be opened. Try again, or start Causeway anew.',
  guest: 'Guest',
  settings: 'Settings',
  preview: 'Camera preview',
  previewRegion: 'Your camera and microphone',
  turnCameraOn: 'Turn the camera on',
  turnCameraOff: 'Turn the camera off',
  turnMicrophoneOn: 'Turn the microphone on',
  turnMicrophoneOff: 'Turn the microphone off',
  cameraOff: 'Your camera is off',
  cameraStarting: 'Starting the camera…',
  noPicture: 'No picture from your camera',
  route: 'How the call will travel',
  changeRoute: 'Change',
  you: 'You',
  proxy: 'Cloud Proxy',
  server: 'Meeting server',
} as const;

/** The drawing of the way as a sentence. */
export function routeSentence({ server, proxy, otherProxies, mode }: RoutePlan): string {
  const { name } = PREFERRED_PROTOCOL_TEXT[mode];
  if (proxy === undefined) return `Direct to ${server}. ${name}.`;
  const others = otherProxies > 0 ? `, or the next of ${otherProxies + 1} proxies` : '';
  return `Through the Cloud Proxy ${proxy}${others}, to ${server}. ${name}.`;
}
