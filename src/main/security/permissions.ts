import { systemPreferences, type Session } from 'electron';
import { isPermissionGranted } from './permission-policy.ts';

export function setupPermissions(session: Session): void {
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin, details) =>
    isPermissionGranted({
      permission,
      isMainFrame: details.isMainFrame,
      requestingUrl: requestingOrigin,
    }),
  );
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
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
