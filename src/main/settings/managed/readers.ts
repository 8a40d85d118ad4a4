import { FileReader } from './file-reader.ts';
import { administratorTrust } from './file-trust.ts';
import { managedFolder, MANAGED_FOLDER_VARIABLE } from './locations.ts';
import type { PolicyReader } from './policy-reader.ts';

/** Every place where IT can put a policy on this computer, strongest first. */
export function policyReaders(isPackaged: boolean): PolicyReader[] {
  const named = isPackaged ? undefined : process.env[MANAGED_FOLDER_VARIABLE];
  if (named !== undefined && named !== '') {
    const user = process.getuid?.();
    const administrators = user === undefined ? [] : [...new Set([0, user])];
    return [new FileReader(named, { administrators, from: named })];
  }
  return [new FileReader(managedFolder(process.platform), administratorTrust())];
}
