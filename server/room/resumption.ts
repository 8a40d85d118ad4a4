import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { CLOSE, type CloseCode } from '../../src/shared/close-codes.ts';
import { TokenBucket } from '../shared/rate-limit.ts';
import type { ConnectionEnd, SignalingConnection } from './connection.ts';

/** How a peer that lost its connection gets its place back: its key, and its absence. */

/** Longer than anybody can guess, however many try. */
const KEY_BYTES = 32;

/**
 * Returns of one peer: a network that flaps causes one every few seconds for a while. Each makes
 * the server offer again what was not accepted, so they are not free.
 */
const RETURNS = { capacity: 10, perSecond: 0.5 };

/**
 * Close codes with which a client says that it leaves: normal closure, page or app closed, a close
 * frame without a code (RFC 6455 §7.4.1), and protoo's own. All others are lost connections, so a
 * client that gives a connection up and means to come back closes it with another code.
 */
const LEAVING: ReadonlySet<number> = new Set([1000, 1001, 1005, CLOSE.CLOSED_BY_SERVER]);

/** Whether somebody whose connection ended so may come back. */
export function mayComeBack({ code, by }: ConnectionEnd): boolean {
  // Of this server's own reasons one is a lost connection: no sign of life, or nothing read.
  return by === 'server' ? code === CLOSE.IDLE : !LEAVING.has(code);
}

/** A peer's secret, of which only the hash is kept. */
export class ResumeKey {
  readonly #hash: Buffer;
  readonly #returns = new TokenBucket(RETURNS);

  private constructor(key: string) {
    this.#hash = hashOf(key);
  }

  /** @returns the secret for the client, base64url, and what to know it by. */
  static issue(): { secret: string; key: ResumeKey } {
    const secret = randomBytes(KEY_BYTES).toString('base64url');
    return { secret, key: new ResumeKey(secret) };
  }

  /** Takes as long for any wrong one. */
  matches(offered: string): boolean {
    return timingSafeEqual(hashOf(offered), this.#hash);
  }

  /** Whether its owner comes back no more often than networks make people do. */
  tryReturn(): boolean {
    return this.#returns.tryTake();
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The time in which a peer has no connection and its place is kept. */
export class Absence {
  readonly #expiry: NodeJS.Timeout;
  /** The connection that showed the key, and has not asked what stands yet. */
  #returning: SignalingConnection | undefined;

  constructor(graceMs: number, onExpired: () => void) {
    this.#expiry = setTimeout(onExpired, graceMs);
  }

  /** The newest connection counts; what was to come back over an older one does not. */
  expectOver(connection: SignalingConnection): void {
    this.turnAway(CLOSE.PEER_REPLACED, 'A newer connection takes this place.');
    this.#returning = connection;
  }

  /** Closes the connection that is on its way back, if there is one. */
  turnAway(code: CloseCode, reason: string): void {
    const returning = this.#returning;
    this.#returning = undefined;
    returning?.close(code, reason);
  }

  end(): void {
    clearTimeout(this.#expiry);
  }
}
