import {
  MOVE_REQUEST_BUDGET_MS,
  RESUME_OPEN_BUDGET_MS,
} from '../../../../src/renderer/room/limits.ts';
import type { Network } from './network.ts';

/** Runs something later, unless the session that it belongs to is over by then. */
export type Later = (ms: number, run: () => void) => void;

/** The signaling of one stay in the room: one connection after the other to the same server. */
export class SignalingModel {
  readonly #network: Network;
  readonly #later: Later;
  /** The life of the server that knows this stay. */
  readonly #life: number;
  #address: number;
  #isBroken = false;

  constructor(network: Network, later: Later) {
    this.#network = network;
    this.#later = later;
    this.#life = network.serverLife;
    this.#address = network.address;
  }

  /** @returns false where it was broken already. */
  break(): boolean {
    const stood = !this.#isBroken;
    this.#isBroken = true;
    return stood;
  }

  /** @param failed Told whether it was not answered in time. */
  request(done: () => void, failed: (isSilence: boolean) => void): void {
    const { rttMs } = this.#network;
    // A connection from an address that is gone looks open, and brings nothing.
    const isHeard = this.#network.isOpen('signaling') && this.#address === this.#network.address;
    if (this.#isBroken) this.#later(0, () => failed(false));
    else if (isHeard) this.#later(rttMs, done);
    else this.#later(MOVE_REQUEST_BUDGET_MS, () => failed(true));
  }

  /** @param failed Told whether the place is gone. */
  resume(resumed: () => void, failed: (isFinal: boolean) => void): void {
    const network = this.#network;
    this.#isBroken = true;
    if (!network.isOpen('signaling')) this.#later(RESUME_OPEN_BUDGET_MS, () => failed(false));
    else if (!network.isServerUp(network.now)) {
      this.#later(network.rttMs + 5, () => failed(false));
    } else if (this.#isGone()) this.#later(3 * network.rttMs, () => failed(true));
    else {
      this.#later(4 * network.rttMs + 30, () => {
        if (this.#isGone() || !network.isOpen('signaling')) {
          failed(this.#isGone());
          return;
        }
        this.#isBroken = false;
        this.#address = network.address;
        resumed();
      });
    }
  }

  #isGone(): boolean {
    return this.#life !== this.#network.serverLife;
  }
}
