import { userInfo } from 'node:os';
import { FileReader } from './file-reader.ts';
import { administratorTrust } from './file-trust.ts';
import { managedFolder, MANAGED_FOLDER_VARIABLE } from './locations.ts';
import { MacPreferencesReader } from './mac-preferences-reader.ts';
import type { PolicyReader } from './policy-reader.ts';
import { RegistryReader } from './registry-reader.ts';
import { SystemRegistry } from './registry.ts';
import { runCommand } from './run-command.ts';
import { windowsSystemFolder } from './windows-folder.ts';

/** Every place where IT can put a policy on this computer, strongest first. */
export function policyReaders(isPackaged: boolean): PolicyReader[] {
  const named = isPackaged ? undefined : process.env[MANAGED_FOLDER_VARIABLE];
  if (named !== undefined && named !== '') {
    const user = process.getuid?.();
    const administrators = user === undefined ? [] : [...new Set([0, user])];
    return [new FileReader(named, { administrators, from: named })];
  }
  const trust = administratorTrust();
  switch (process.platform) {
    case 'win32':
      return [
        new RegistryReader(new SystemRegistry()),
        new FileReader(managedFolder('win32', windowsSystemFolder()), trust),
      ];
    case 'darwin':
      return [
        new MacPreferencesReader(userInfo().username, trust, runCommand),
        new FileReader(managedFolder('darwin'), trust),
      ];
    default:
      return [new FileReader(managedFolder(process.platform), trust)];
  }
}
