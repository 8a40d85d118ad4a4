import type { Run, Scenario } from '../call/scenario.ts';
import { MEDIA_PORT, ORIGIN } from '../site.ts';
import { muteBoth } from './false-alarms.ts';
import { countTcp } from './network.ts';
import { processorMs, rendererPid } from './processes.ts';

/** What watching over a call costs while nothing happens. */

/** Long enough for several of ICE's checks on a silent path, which come every 2.5 s or more, ms. */
const COUNTED_MS = 60_000;
const QUICK_MS = 15_000;
/** With and without further looks in turn, so often and so long, ms. */
const TURNS = 3;
const MONITORED_MS = 15_000;
/** Further looks at each connection, ms: enough of them to stand out from a call's ups and downs. */
const EXTRA_LOOK_MS = 50;
/** After the last media, what was on its way is through, ms. */
const QUIET_AFTER_MS = 3_000;

export const COST_SCENARIOS: readonly Scenario[] = [
  {
    name: 'idle standby',
    app: { mode: 'UDP_OVER_TCP', proxies: [] },
    baseline: null,
    atMost: { app: 3 },
    metrics: {
      traffic: {
        name: 'traffic on TCP, both ways',
        unit: 'kbit/s',
        aims: [{ of: 'p50', atMost: 3 }],
      },
    },
    measure: measureStandbyTraffic,
  },
  {
    name: 'monitoring',
    app: { mode: 'UDP_OVER_TCP', proxies: [] },
    baseline: null,
    atMost: { app: 3 },
    metrics: {
      processor: {
        name: 'processor time of the renderer',
        unit: '% of a core',
        aims: [{ of: 'p50', atMost: 1 }],
      },
      looks: { name: 'looks at statistics', unit: 'per second' },
      eachLook: { name: 'processor time of each', unit: 'ms' },
    },
    measure: measureMonitoring,
  },
];

/** Counted at the edge: IP packets to and from the media port by TCP, while media, if any, is on UDP. */
async function measureStandbyTraffic(run: Run): Promise<{ traffic: number }> {
  const { client, situation, quick } = run;
  await muteBoth(run, true);
  await wait(QUIET_AFTER_MS);
  if ((await client.protocol()) !== 'udp') throw new Error('the idle call is not on UDP');
  const read = await countTcp(situation.site.network, ORIGIN.address, MEDIA_PORT);
  const countedMs = quick ? QUICK_MS : COUNTED_MS;
  await wait(countedMs);
  const bytes = await read();
  await muteBoth(run, false);
  return { traffic: (bytes * 8) / countedMs };
}

/**
 * A monitor cannot be taken out of the app, so it is measured the other way round: its looks at the
 * statistics of its connections are counted, and then many more of the same are made by this
 * benchmark. What those use more tells what each costs.
 */
async function measureMonitoring({
  client,
  quick,
}: Run): Promise<Record<'processor' | 'looks' | 'eachLook', number>> {
  const { page, program } = client;
  const root = program.electron.process().pid;
  if (root === undefined) throw new Error('the app is not running');
  const renderer = await rendererPid(root);
  const windowMs = quick ? QUICK_MS / 3 : MONITORED_MS;
  await page.evaluate(countLooks);
  const looks = async (extraEveryMs: number): Promise<{ own: number; extra: number }> =>
    await page.evaluate(
      (everyMs) => (window as unknown as LookWindow).looks.take(everyMs),
      extraEveryMs,
    );
  const sums = { own: 0, extra: 0, without: 0, with: 0 };
  try {
    for (let turn = 0; turn < TURNS; turn += 1) {
      for (const [which, everyMs] of [
        ['without', 0],
        ['with', EXTRA_LOOK_MS],
      ] as const) {
        await looks(everyMs);
        const before = await processorMs(renderer);
        await wait(windowMs);
        sums[which] += (await processorMs(renderer)) - before;
        const made = await looks(0);
        if (which === 'without') sums.own += made.own;
        sums.extra += made.extra;
      }
    }
  } finally {
    await page.evaluate(() => (window as unknown as LookWindow).looks.stop());
  }
  if (sums.own === 0) throw new Error('the app did not look at its statistics');
  const eachLook = Math.max(0, (sums.with - sums.without) / sums.extra);
  const perSecond = (sums.own / (windowMs * TURNS)) * 1000;
  return { processor: (perSecond * eachLook) / 10, looks: perSecond, eachLook };
}

type LookWindow = typeof globalThis & {
  looks: {
    /** Looks since the last call of this; from now on there are extra ones, or (0) none. */
    take(extraEveryMs: number): { own: number; extra: number };
    stop(): void;
  };
};

/** Runs in the page: counts looks, and remembers at what. */
function countLooks(): void {
  const connections = new Set<RTCPeerConnection>();
  const { prototype } = RTCPeerConnection;
  const look = Object.getOwnPropertyDescriptor(prototype, 'getStats')?.value as (
    this: RTCPeerConnection,
    selector?: MediaStreamTrack | null,
  ) => Promise<RTCStatsReport>;
  let own = 0;
  let extra = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  prototype.getStats = function getStats(selector?: MediaStreamTrack | null) {
    own += 1;
    connections.add(this);
    return look.call(this, selector);
  };
  (window as unknown as LookWindow).looks = {
    take: (everyMs) => {
      clearInterval(timer);
      if (everyMs > 0) {
        timer = setInterval(() => {
          for (const connection of connections) {
            if (connection.connectionState === 'closed') continue;
            extra += 1;
            void look.call(connection);
          }
        }, everyMs);
      }
      const made = { own, extra };
      own = 0;
      extra = 0;
      return made;
    },
    stop: () => {
      clearInterval(timer);
      prototype.getStats = look;
    },
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
