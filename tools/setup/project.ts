import { fileURLToPath } from 'node:url';
import path from 'node:path';

/** The project's folder. */
export const PROJECT_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** An absolute path inside the project. */
export function inProject(...parts: string[]): string {
  return path.join(PROJECT_ROOT, ...parts);
}
