import { expect, test } from 'vitest';
import { LINK_ROLES } from '../../../../src/renderer/room/call-state.ts';
import { MOVES_PER_MINUTE } from '../../../../src/renderer/room/limits.ts';
import { badHour, NOISE, type BadHour, type Fault } from './generate.ts';
import type { Outcome } from './outcome.ts';
import { simulate } from './virtual-call.ts';

/**
 * Hours of calls, each with some ten faults, one after another and a few at once. Fewer of them hold
 * too few clean cuts for a 95th percentile that means something.
 */
const HOURS = Number(process.env['CAUSEWAY_SIMULATED_HOURS'] ?? 2_000);
/** A busy machine takes its time, ms. */
const TIMEOUT_MS = 600_000;

/** How long after a fault what it caused may still be dealt with, ms. */
const AFTERMATH_MS = 20_000;
/** Once all is in order again, media is there after this, ms: a try under way, a wait, a join. */
const RECOVERY_MS = 8_000;

interface Findings {
  needless: string[];
  late: string[];
  restless: string[];
  wrong: string[];
  /** The longest gap after each cut that came in peace, ms. */
  freezes: number[];
}

test(
  `${HOURS} bad hours: always progress, bounded migrations, none that was not needed`,
  { timeout: TIMEOUT_MS },
  () => {
    const found: Findings = { needless: [], late: [], restless: [], wrong: [], freezes: [] };
    for (let seed = 1; seed <= HOURS; seed++) {
      const hour = badHour(seed);
      examine(hour, simulate(hour.trace, seed), found);
    }
    const { freezes, ...complaints } = found;
    expect(complaints).toEqual({ needless: [], late: [], restless: [], wrong: [] });
    expect(freezes.length).toBeGreaterThan(HOURS / 10);
    const sorted = freezes.toSorted((a, b) => a - b);
    expect(sorted[Math.floor(sorted.length * 0.5)]).toBeLessThanOrEqual(400);
    expect(sorted[Math.floor(sorted.length * 0.95)]).toBeLessThanOrEqual(800);
  },
);

function examine({ trace, faults }: BadHour, outcome: Outcome, found: Findings): void {
  const { migrations, rejoins, gaps, violations, state } = outcome;
  const where = `${trace.name}, ${trace.preferredProtocol}${trace.able ? '' : ', plain server'}`;
  const isOnlyNoise = (at: number): boolean =>
    faults
      .filter(({ from, to }) => from <= at && at <= to + AFTERMATH_MS)
      .every(({ kind }) => NOISE.includes(kind));

  for (const violation of violations) found.wrong.push(`${where}: ${violation}`);
  if (state.phase !== 'connected') found.late.push(`${where}: ${state.phase} at the end`);
  for (const { at, on, role } of migrations) {
    if (on === 'standby' && isOnlyNoise(at)) found.needless.push(`${where}: ${role} at ${at}`);
  }
  for (const { at } of rejoins) if (isOnlyNoise(at)) found.needless.push(`${where}: join at ${at}`);
  for (const role of LINK_ROLES) {
    const moves = migrations.filter((move) => move.role === role).map(({ at }) => at);
    const isRestless = moves.some(
      (at, index) => (moves[index + MOVES_PER_MINUTE] ?? Infinity) - at < 60_000,
    );
    if (isRestless) found.restless.push(`${where}: ${role}`);
  }
  for (const { from, ms, role } of gaps) {
    const until = from + ms;
    const troubles = faults.filter((fault) => !NOISE.includes(fault.kind) && fault.from < until);
    const orderAt = Math.max(from, ...troubles.map(({ to }) => to));
    if (until - orderAt > RECOVERY_MS)
      found.late.push(`${where}: ${role} from ${from} for ${ms} ms`);
  }
  if (!trace.able || !trace.standby || trace.preferredProtocol !== 'UDP_OVER_TCP') return;
  for (const fault of faults) {
    if (fault.kind !== 'cut' || !cameInPeace(fault, faults)) continue;
    const after = gaps.filter(({ from }) => Math.abs(from - fault.from) < 3_000);
    found.freezes.push(Math.max(0, ...after.map(({ ms }) => ms)));
  }
}

/** The call stood on its best path with its standby ready, and nothing else happens. */
function cameInPeace(fault: Fault, faults: readonly Fault[]): boolean {
  return faults.every(
    (other) => other === fault || other.to < fault.from - 60_000 || other.from > fault.from + 4_000,
  );
}
