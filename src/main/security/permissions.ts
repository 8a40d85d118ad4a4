import { systemPreferences, type Session, type WebContents } from 'electron';
import { isAppUrl } from './app-origin.ts';

type Permission = Parameters<NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>>[1];

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

export function setupPermissions(session: Session): void {
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    isPermissionGranted({
      permission,
      isMainFrame: details.isMainFrame,
      requestingUrl: requestingOrigin,
    }),
  );
  session.setPermissionRequestHandler((_contents: WebContents, permission, callback, details) => {
    const granted = isPermissionGranted({
      permission,
      isMainFrame: details.isMainFrame,
      requestingUrl: details.requestingUrl,
    });
    if (!granted || permission !== 'media' || process.platform !== 'darwin') {
      callback(granted);
      return;
    }
    const types = 'mediaTypes' in details ? (details.mediaTypes ?? []) : [];
    void askMacFor(types).then(callback, () => callback(false));
  });
  // Screens, USB, serial and HID devices: nothing asks for them, and nothing gets them.
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null));
}

/** macOS keeps its own list of programs that may use the camera and microphone. */
async function askMacFor(types: readonly ('video' | 'audio')[]): Promise<boolean> {
  for (const type of types) {
    const allowed = await systemPreferences.askForMediaAccess(
      type === 'video' ? 'camera' : 'microphone',
    );
    if (!allowed) return false;
  }
  return true;
}
