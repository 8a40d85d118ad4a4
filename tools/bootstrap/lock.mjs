import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How often a waiting set-up looks whether the other one has ended. In ms. */
const POLL_MS = 500;

/**
 * Runs `action` while holding a lock file, so that two set-ups do not do the same work in one place.
 *
 * The file holds the owner's process ID. A lock whose owner has ended, for example because it was
 * killed, is taken over.
 * @template T
 * @param {string} file
 * @param {(line: string) => void} onWait called once when another process holds the lock
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function withLock(file, onWait, action) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  let told = false;
  while (!tryTake(file)) {
    const owner = readOwner(file);
    if (owner !== null && isAlive(owner)) {
      if (!told) {
        onWait(`another set-up is running (process ${owner}); waiting for it. Lock: ${file}`);
        told = true;
      }
      await delay(POLL_MS);
    } else {
      fs.rmSync(file, { force: true });
    }
  }
  try {
    return await action();
  } finally {
    fs.rmSync(file, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {boolean}
 */
function tryTake(file) {
  // Written aside and linked into place: a lock never exists without its owner's number in it.
  const own = `${file}.${process.pid}`;
  fs.writeFileSync(own, String(process.pid));
  try {
    fs.linkSync(own, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/**
 * @param {string} file
 * @returns {number | null} null when the lock is gone or unreadable
 */
function readOwner(file) {
  try {
    const owner = Number(fs.readFileSync(file, 'utf8'));
    return Number.isInteger(owner) && owner > 0 ? owner : null;
  } catch {
    return null;
  }
}

/**
 * @param {number} pid
 * @returns {boolean}
 */
function isAlive(pid) {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, under another user.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
