import { safeStorage } from 'electron';
import ElectronStore from 'electron-store';
import { errorCode } from '../settings/stored-file.ts';
import type { Log } from '../log/log.ts';
import { CredentialStore, type CredentialFile } from './credential-store.ts';

/** Opens the passwords of HTTP proxies, under the platform's protection. */
export function openCredentials(log: Log): CredentialStore {
  return new CredentialStore(
    {
      isAvailable: async () =>
        // With that one a password would lie open in the file (Electron: safeStorage on Linux).
        (process.platform !== 'linux' ||
          safeStorage.getSelectedStorageBackend() !== 'basic_text') &&
        (await safeStorage.isAsyncEncryptionAvailable()),
      protect: (text) => safeStorage.encryptStringAsync(text),
      reveal: async (secret) => (await safeStorage.decryptStringAsync(secret)).result,
    },
    openFile(log),
  );
}

function openFile(log: Log): CredentialFile | undefined {
  try {
    return new ElectronStore<Record<string, unknown>>({
      name: 'http-proxy-passwords',
      // Whoever has lost a password is asked again.
      clearInvalidConfig: true,
      accessPropertiesByDotNotation: false,
      configFileMode: 0o600,
    });
  } catch (error) {
    log.warn(`passwords of HTTP proxies cannot be kept: ${errorCode(error)}`);
    return undefined;
  }
}
