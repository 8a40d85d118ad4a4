import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import type { AppIdentity } from './api/app-identity.ts';

export interface AppPackage extends AppIdentity {
  /** The file to run. */
  main: string;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * The app at a path, by Electron's rules: a folder's package.json gives name, version and main; a
 * file has no package, and runs under Electron's own name. Throws when there is nothing to run.
 */
export function readAppPackage(path: string, electronVersion: string): AppPackage {
  const target = resolve(path);
  const packageFile = join(target, 'package.json');
  let description: Record<string, unknown> = {};
  const hasPackage = existsSync(packageFile);
  if (hasPackage) {
    try {
      description = JSON.parse(readFileSync(packageFile, 'utf8')) as Record<string, unknown>;
    } catch (error) {
      throw new Error(`Unable to parse ${packageFile}: ${String(error)}`);
    }
  }
  let main: string;
  try {
    main = createRequire(import.meta.url).resolve(target);
  } catch {
    const missing = text(description['main']);
    throw new Error(
      `Unable to find Electron app at ${target}${missing ? `: its main, ${missing}, does not exist. Has the app been built?` : ''}`,
    );
  }
  return {
    main,
    path: hasPackage ? target : dirname(main),
    name: text(description['productName']) ?? text(description['name']) ?? 'Electron',
    version: text(description['version']) ?? electronVersion,
  };
}
