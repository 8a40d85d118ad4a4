import type { Session } from 'electron';
import { isAppUrl } from './app-origin.ts';

export type Permission = Parameters<
  NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>
>[1];

/** What a call needs, and nothing more. */
const NEEDED: ReadonlySet<Permission> = new Set<Permission>([
  'media', // camera and microphone
  'speaker-selection',
  'fullscreen',
  // A room server or proxy may stand in the company's own network, or on this computer.
  'local-network',
  'local-network-access',
  'loopback-network',
]);

/** Whether Causeway's own page, in its main frame, asks for something that a call needs. */
export function isPermissionGranted(request: {
  permission: Permission;
  isMainFrame: boolean;
  /** URL or origin of the page that asks. */
  requestingUrl: string;
}): boolean {
  return request.isMainFrame && isAppUrl(request.requestingUrl) && NEEDED.has(request.permission);
}
