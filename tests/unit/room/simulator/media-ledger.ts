import { LINK_ROLES, type LinkRole } from '../../../../src/renderer/room/call-state.ts';
import type { Network } from './network.ts';

/** A stretch in which media did not come though somebody sent some, is noted from this length, ms. */
const GAP_MS = 150;

export interface Gap {
  readonly role: LinkRole;
  readonly from: number;
  readonly ms: number;
}

/** Keeps account of media that came: to the client, and from it to the server. */
export class MediaLedger {
  readonly gaps: Gap[] = [];
  readonly #network: Network;
  readonly #cameAt: Record<LinkRole, number> = { send: 0, receive: 0 };

  constructor(network: Network) {
    this.#network = network;
  }

  /** Media came, first and last in the time that has just passed. */
  came(role: LinkRole, first: number, last: number): void {
    this.#end(role, first);
    this.#cameAt[role] = Math.max(this.#cameAt[role], last);
  }

  /** Nothing came until now. Nobody misses what nobody sends, or who sleeps. */
  nothingCame(role: LinkRole, now: number): void {
    if (!this.#isMissed(role)) this.#cameAt[role] = Math.max(this.#cameAt[role], now);
  }

  /** The trace ends, and with it what lasts. */
  close(now: number): void {
    for (const role of LINK_ROLES) this.#end(role, now);
  }

  #end(role: LinkRole, until: number): void {
    const from = this.#cameAt[role];
    if (this.#isMissed(role) && until - from >= GAP_MS) {
      this.gaps.push({ role, from, ms: until - from });
    }
    this.#cameAt[role] = Math.max(from, until);
  }

  #isMissed(role: LinkRole): boolean {
    const { remote, local, asleepUntil } = this.#network;
    if (asleepUntil > this.#cameAt[role]) {
      this.#cameAt[role] = asleepUntil;
      return false;
    }
    return role === 'receive' ? remote === 'media' : local === 'media';
  }
}
