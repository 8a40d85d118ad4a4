import { randomBytes } from 'node:crypto';

/** A secret for this run only, known to the servers that are started together. */
export function newSecret(): string {
  return randomBytes(48).toString('base64');
}
