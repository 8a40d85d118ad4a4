import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { cacheFolder } from '../bootstrap/cache-folder.mjs';

/** A download that failed is not tried again for this long: no waiting at every start. In ms. */
export const RETRY_AFTER_MS = 24 * 60 * 60 * 1000;

const attemptsSchema = z.record(z.string(), z.object({ failedAt: z.number(), reason: z.string() }));
type Attempts = z.infer<typeof attemptsSchema>;

const attemptsFile = (): string => path.join(cacheFolder(), 'failed-downloads.json');

/** Tells whether the download of `what` (a name with a version) failed within the last day. */
export function failedLately(what: string, now = Date.now()): boolean {
  const attempt = read()[what];
  // A time in the future comes from a clock that was set back: it says nothing.
  return (
    attempt !== undefined && attempt.failedAt <= now && now - attempt.failedAt < RETRY_AFTER_MS
  );
}

export function rememberFailure(what: string, reason: string, now = Date.now()): void {
  write({ ...read(), [what]: { failedAt: now, reason } });
}

export function forgetFailure(what: string): void {
  const { [what]: forgotten, ...others } = read();
  if (forgotten) write(others);
}

function read(): Attempts {
  try {
    return attemptsSchema.parse(JSON.parse(fs.readFileSync(attemptsFile(), 'utf8')));
  } catch {
    // Missing or unreadable: nothing is known, so the download is tried.
    return {};
  }
}

function write(attempts: Attempts): void {
  fs.mkdirSync(cacheFolder(), { recursive: true });
  fs.writeFileSync(`${attemptsFile()}.new`, JSON.stringify(attempts, null, 2));
  fs.renameSync(`${attemptsFile()}.new`, attemptsFile());
}
