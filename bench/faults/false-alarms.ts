import { callScreen } from '../../tests/fixtures/screens.ts';
import type { Metric, Run, Scenario } from '../call/scenario.ts';
import { logTrace } from '../call/trace.ts';
import { ALL_FLOWS, FREEZE_LIMIT_MS } from '../call/watch.ts';
import { backAfter } from './losses.ts';
import { keepBusy, suspend } from './processes.ts';

/** What looks like a dead path and is none: nobody moves. */

const IDLE_MS = 600_000;
const LOSS_MS = 60_000;
const SUSPENDED_MS = 60_000;
const BUSY_MS = 30_000;
const STALLED_MS = 3_000;
/** Of any of them in a quick run. */
const QUICK_MS = 15_000;
/** When it is over, what comes of it may come late, ms. */
const AFTERMATH_MS = 4_000;
const LOSS_PERCENT = 20;
const PROCESSORS = 2;

const ZERO = [{ of: 'max', atMost: 0 }] as const;
const ALARMS: Record<'migrations' | 'reconnections', Metric> = {
  migrations: { name: 'migrations', unit: 'times', aims: ZERO },
  reconnections: { name: 'joins anew', unit: 'times', aims: ZERO },
};

const APP = { mode: 'UDP_OVER_TCP', proxies: [] } as const;

interface FalseAlarm {
  name: string;
  runs?: number;
  disturb: (run: Run) => Promise<void>;
}

const FALSE_ALARMS: readonly FalseAlarm[] = [
  {
    name: 'muted and idle',
    runs: 1,
    disturb: async (run) => {
      await muteBoth(run, true);
      await wait(lasting(run, IDLE_MS));
      await muteBoth(run, false);
    },
  },
  {
    name: 'processor busy',
    runs: 3,
    disturb: async (run) => await keepBusy(PROCESSORS, lasting(run, BUSY_MS)),
  },
  {
    name: 'renderer stalled',
    disturb: async ({ client }) =>
      await client.page.evaluate((forMs) => {
        const end = performance.now() + forMs;
        while (performance.now() < end);
      }, STALLED_MS),
  },
  {
    name: `${LOSS_PERCENT} % random loss`,
    runs: 3,
    disturb: async (run) => {
      await run.situation.site.network.setPolicy([`numgen random mod 100 < ${LOSS_PERCENT} drop`]);
      await wait(lasting(run, LOSS_MS));
      await run.situation.openFirewall();
    },
  },
];

export const FALSE_ALARM_SCENARIOS: readonly Scenario[] = [
  ...FALSE_ALARMS.map(({ name, runs, disturb }): Scenario => ({
    name,
    app: APP,
    baseline: null,
    metrics: ALARMS,
    ...(runs !== undefined && { atMost: { app: runs } }),
    measure: async (run) => {
      const beganAt = Date.now();
      await disturb(run);
      await wait(AFTERMATH_MS);
      await run.watch.untilFlowing({ flows: ALL_FLOWS, limitMs: FREEZE_LIMIT_MS });
      const { client } = run;
      const moves = client.moves();
      // What alarmed it, and nothing where nothing did.
      if (moves.migrations + moves.reconnections > 0) {
        await logTrace(run, beganAt, await run.watch.read());
      }
      return { ...moves };
    },
  })),
  {
    name: 'suspended and resumed',
    app: APP,
    baseline: null,
    atMost: { app: 3 },
    metrics: {
      ...ALARMS,
      // A server may have given somebody up who was silent for so long.
      reconnections: { name: 'joins anew', unit: 'times' },
      picture: { name: 'picture back after it', unit: 'ms' },
      sound: { name: 'sound back after it', unit: 'ms' },
      others: { name: 'picture back at the other after it', unit: 'ms' },
    },
    measure: measureSuspension,
  },
];

async function measureSuspension(run: Run): Promise<Record<string, number>> {
  const { client, watch } = run;
  const { pid } = client.program.electron.process();
  if (pid === undefined) throw new Error('the app is not running');
  const resume = await suspend(pid);
  await wait(lasting(run, SUSPENDED_MS)).finally(resume);
  const resumedAt = Date.now();
  await watch.untilFlowing({ flows: ALL_FLOWS, limitMs: FREEZE_LIMIT_MS });
  await wait(AFTERMATH_MS);
  const seen = await watch.read();
  await logTrace(run, resumedAt, seen);
  return { ...client.moves(), ...backAfter(seen, resumedAt) };
}

/** Nobody sends anything: microphones and cameras are off on both sides, or on again. */
export async function muteBoth({ client, situation }: Run, muted: boolean): Promise<void> {
  const { microphone, camera } = callScreen(client.page);
  await microphone.click();
  await camera.click();
  await situation.muteThePeer(muted);
}

function lasting({ quick }: Run, ms: number): number {
  return quick ? Math.min(ms, QUICK_MS) : ms;
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
