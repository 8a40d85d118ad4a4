import type { Guards } from './page-world.ts';

function denied(): DOMException {
  return new DOMException('Permission denied', 'NotAllowedError');
}

function replace<T extends object, K extends keyof T>(
  prototype: T | undefined,
  name: K,
  make: (original: T[K]) => T[K],
): void {
  if (!prototype || !(name in prototype)) return;
  Object.defineProperty(prototype, name, {
    value: make(prototype[name]),
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/**
 * Puts the app's permission handler before the calls that would show a prompt in a browser. Around
 * these guards Chromium itself denies what the handler has not granted.
 */
export function installPermissionGuards(guards: Guards): void {
  const { apply } = Reflect;

  // The callback forms of old would not ask.
  for (const legacy of ['getUserMedia', 'webkitGetUserMedia'])
    Reflect.deleteProperty(Navigator.prototype, legacy);

  // Devices and places exist in secure contexts only.
  const scope = globalThis as Partial<typeof globalThis>;
  const media = scope.MediaDevices?.prototype;
  replace(
    media,
    'getUserMedia',
    (original) =>
      async function getUserMedia(this: MediaDevices, constraints?: MediaStreamConstraints) {
        const mediaTypes = [constraints?.audio && 'audio', constraints?.video && 'video'];
        const asked = mediaTypes.filter(Boolean);
        // Nothing asked for is a TypeError of the browser's own.
        const allowed =
          asked.length === 0 || (await guards.askPermission('media', { mediaTypes: asked }));
        if (!allowed) throw denied();
        return apply(original, this, [constraints]);
      },
  );
  replace(
    media,
    'getDisplayMedia',
    () =>
      function getDisplayMedia() {
        return Promise.reject(new DOMException('Not supported', 'NotSupportedError'));
      },
  );

  const notification = globalThis.Notification as
    { requestPermission: typeof Notification.requestPermission } | undefined;
  replace(
    notification,
    'requestPermission',
    () =>
      async function requestPermission(callback?: NotificationPermissionCallback) {
        const allowed = await guards.askPermission('notifications', {});
        const answer = allowed ? 'granted' : 'denied';
        callback?.(answer);
        return answer;
      },
  );

  for (const name of ['read', 'readText'] as const)
    replace(scope.Clipboard?.prototype, name, (original) => {
      const guarded = async function (this: Clipboard, ...args: unknown[]) {
        if (!(await guards.askPermission('clipboard-read', {}))) throw denied();
        return apply(original, this, args) as Promise<never>;
      };
      return guarded;
    });

  const geolocation = scope.Geolocation?.prototype;
  replace(
    geolocation,
    'getCurrentPosition',
    (original) =>
      function getCurrentPosition(this: Geolocation, onPosition, onError, options) {
        void guards
          .askPermission('geolocation', {})
          .then(() => apply(original, this, [onPosition, onError, options]));
      },
  );
}
