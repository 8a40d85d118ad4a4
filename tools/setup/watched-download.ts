import fs from 'node:fs';
import path from 'node:path';
import type { Progress } from '../bootstrap/progress.mjs';
import { runProgram, type ProgramRun } from './run-program.ts';

/** A download that brings no byte for this long is given up: the host is blocked or gone. In ms. */
const STALLED_AFTER_MS = 15_000;
/** How often the folder is measured. In ms. */
const MEASURE_EVERY_MS = 500;
const BYTES_PER_MB = 1_000_000;

/**
 * Runs a package's own installer, which downloads into `folder`, for as long as the download grows.
 *
 * A slow line may take its time; a blocked one costs seconds.
 * @throws Error with the installer's last lines, or that the download stalled
 */
export async function runWatchedDownload(
  run: Omit<ProgramRun, 'signal'>,
  folder: string,
  progress: Progress,
): Promise<void> {
  const stalled = new AbortController();
  let size = 0;
  let grewAt = Date.now();
  const timer = setInterval(() => {
    const now = sizeOf(folder);
    if (now !== size) {
      size = now;
      grewAt = Date.now();
      progress.update(`downloading, ${(size / BYTES_PER_MB).toFixed(1)} MB`);
    } else if (Date.now() - grewAt > STALLED_AFTER_MS) {
      stalled.abort(`no data for ${STALLED_AFTER_MS / 1000} s`);
    }
  }, MEASURE_EVERY_MS);
  try {
    await runProgram({ ...run, signal: stalled.signal });
  } finally {
    clearInterval(timer);
  }
}

/** Codes of failed connections in Node's errors, with what follows: mostly the host's name. */
const CONNECTION_ERROR =
  /\bE(?:NOTFOUND|AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|HOSTUNREACH|NETUNREACH)\b[^\n)]*/;
const OTHER_ERROR = /(?:Response code|no data for|does not run|fetch failed)[^\n]*/;

/**
 * The reason a download failed, in a few words: the installers print stack traces.
 * @param error what {@link runWatchedDownload} threw
 */
export function downloadFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const reason = CONNECTION_ERROR.exec(text) ?? OTHER_ERROR.exec(text);
  return reason?.[0].trim() ?? text.trim().split('\n').at(-1) ?? 'unknown';
}

function sizeOf(folder: string): number {
  let total = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    // The installer moves and removes files meanwhile.
    total +=
      fs.statSync(path.join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return total;
}
