import { flowsSince, longestGap } from '../../tests/fixtures/continuity.ts';
import {
  readContinuity,
  startContinuityProbe,
  stopContinuityProbe,
} from '../../tests/fixtures/continuity-probe.ts';
import type { Continuity } from '../../tests/fixtures/continuity-probe.ts';
import type { CallClient } from './clients.ts';
import { PEER_TARGETS } from './situation.ts';
import type { CallSituation } from './situation.ts';

/** How often is looked whether a call has recovered, ms. */
const LOOK_MS = 250;
/** Frames and notes that follow each other like this are a call that goes on. */
const FLOWING = { forMs: 1_500, gapMs: 300 };
/** Longest time until a call that was joined goes on evenly, ms. */
const STEADY_LIMIT_MS = 20_000;
/** A standstill ends here, ms: who has not come back by then has not come back. */
export const FREEZE_LIMIT_MS = 25_000;

/** What both sides of a call saw. Times are ms since the epoch. */
export interface Seen {
  /** The measured client. */
  client: Continuity;
  /** The other participant, who sees the measured client. */
  peer: Continuity;
}

/** Which of a call's flows a case is about. */
export interface Flows {
  picture: boolean;
  sound: boolean;
  /** The picture that the other participant sees. */
  othersPicture: boolean;
}
export const ALL_FLOWS: Flows = { picture: true, sound: true, othersPicture: true };

/** Watches one call from both sides, from `begin` to `end`. */
export class CallWatch {
  readonly #client: CallClient;
  readonly #situation: CallSituation;

  private constructor(client: CallClient, situation: CallSituation) {
    this.#client = client;
    this.#situation = situation;
  }

  static async begin(client: CallClient, situation: CallSituation): Promise<CallWatch> {
    await startContinuityProbe(client.page, client.targets);
    await startContinuityProbe(situation.peer.window, PEER_TARGETS);
    return new CallWatch(client, situation);
  }

  async end(): Promise<void> {
    await stopContinuityProbe(this.#client.page);
    await stopContinuityProbe(this.#situation.peer.window);
  }

  async read(): Promise<Seen> {
    const [client, peer] = await Promise.all([
      readContinuity(this.#client.page),
      readContinuity(this.#situation.peer.window),
    ]);
    return { client, peer };
  }

  /** @throws when the call does not go on evenly before anything was done to it. */
  async untilSteady(): Promise<void> {
    if (!(await this.untilFlowing({ flows: ALL_FLOWS, limitMs: STEADY_LIMIT_MS }))) {
      const seen = await this.read();
      throw new Error(
        `${this.#client.who}: the call did not become steady: ${describeFlows(seen)}`,
      );
    }
  }

  /**
   * Waits until everything of `flows` goes on evenly and `also` holds.
   * @returns whether it did within the limit
   */
  async untilFlowing(wanted: {
    flows: Flows;
    limitMs: number;
    also?: () => Promise<boolean>;
  }): Promise<boolean> {
    const { flows, limitMs, also } = wanted;
    const deadline = performance.now() + limitMs;
    for (;;) {
      const seen = await this.read();
      if (isFlowing(seen, flows) && ((await also?.()) ?? true)) return true;
      if (performance.now() >= deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}

function isFlowing({ client, peer }: Seen, flows: Flows): boolean {
  return (
    (!flows.picture || flowsSince(client.frames, client.until, FLOWING)) &&
    (!flows.sound || flowsSince(client.notes, client.until, FLOWING)) &&
    (!flows.othersPicture || flowsSince(peer.frames, peer.until, FLOWING))
  );
}

function describeFlows({ client, peer }: Seen): string {
  const of = (times: number[], until: number): string =>
    `${times.length}, longest gap ${longestGap(times, until - FLOWING.forMs, until).toFixed(0)} ms`;
  return [
    `frames ${of(client.frames, client.until)}`,
    `notes ${of(client.notes, client.until)}`,
    `frames at the other ${of(peer.frames, peer.until)}`,
  ].join('; ');
}
