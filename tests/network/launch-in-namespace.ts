import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Programs that Playwright drives, inside a network namespace, while Playwright itself stays
 * outside. A browser is spoken to over a pipe, which knows no namespaces; an Electron app over TCP
 * on 127.0.0.1, which does, so debugger-bridge.ts carries that into the namespace.
 */

/**
 * Writes a program to `folder` that runs `executable` in the namespace; for `executablePath` of
 * Playwright's `chromium.launch`.
 */
export function browserInNamespace(folder: string, systemName: string, executable: string): string {
  return writeProgram(folder, `browser-${systemName}`, [
    ...['ip', 'netns', 'exec', systemName, executable],
  ]);
}

/** The same for `executablePath` of Playwright's `_electron.launch`. */
export function electronInNamespace(
  folder: string,
  systemName: string,
  executable: string,
): string {
  return writeProgram(folder, `electron-${systemName}`, [
    ...[process.execPath, join(import.meta.dirname, 'debugger-bridge.ts')],
    ...[systemName, executable],
  ]);
}

function writeProgram(folder: string, name: string, command: string[]): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  const words = command.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  writeFileSync(path, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}
