import { longestGap, totalFreeze } from '../../tests/fixtures/continuity.ts';
import { OPEN, UDP_BLACK_HOLE } from '../../tests/network/policies.ts';
import { scenarioBenchmark } from '../call/scenario.ts';
import type { Run, Scenario } from '../call/scenario.ts';
import { logTrace } from '../call/trace.ts';
import { ALL_FLOWS, FREEZE_LIMIT_MS } from '../call/watch.ts';

/** On the lesser path for so long before UDP is opened again, ms. */
const ON_TCP_MS = 3_000;
/** Who is not back on UDP by then does not come back, ms. */
const RETURN_LIMIT_MS = 60_000;
/** How often is looked what media is on, ms. */
const LOOK_MS = 100;
/** After the return, what comes of it, ms. */
const AFTERMATH_MS = 3_000;

const FLAP_MS = 5_000;
const FLAPPING_MS = 60_000;
const QUICK_FLAPPING_MS = 20_000;

const LONGEST_SEEN = [{ of: 'p50', atMost: 150 }] as const;
const RETURN_METRICS = {
  back: { name: 'back on UDP', unit: 'ms', aims: [{ of: 'p50', atMost: 20_000 }] },
  picture: { name: 'longest time without a new frame', unit: 'ms', aims: LONGEST_SEEN },
  sound: { name: 'longest gap in received audio', unit: 'ms', aims: LONGEST_SEEN },
  others: { name: 'longest time without a new frame, as the other sees', unit: 'ms' },
} as const;

const FLAP_METRICS = {
  picture: {
    name: 'all freezes of received video',
    unit: 'ms',
    aims: [{ of: 'p50', atMost: 4_000 }],
  },
  others: { name: 'all freezes that the other sees', unit: 'ms' },
  migrations: { name: 'migrations', unit: 'times', aims: [{ of: 'max', atMost: 4 }] },
  reconnections: { name: 'joins anew', unit: 'times' },
  lost: { name: 'call not alive after it', unit: 'times', aims: [{ of: 'max', atMost: 0 }] },
} as const;

const DIRECT = { app: { mode: 'UDP_OVER_TCP', proxies: [] }, baseline: {} } as const;
const PROXIED = {
  app: { mode: 'UDP_OVER_TCP', proxies: ['all'] },
  baseline: { relay: 'all' },
} as const;

const SCENARIOS: readonly Scenario[] = [
  {
    ...DIRECT,
    name: 'UDP reopened, direct',
    metrics: RETURN_METRICS,
    measure: measureReturn,
  },
  {
    ...PROXIED,
    name: 'UDP reopened, proxied',
    metrics: RETURN_METRICS,
    // It stays on TCP, until the limit.
    atMost: { baseline: 3 },
    measure: measureReturn,
  },
  {
    ...DIRECT,
    name: 'UDP flapping, direct',
    metrics: FLAP_METRICS,
    // Each takes more than a minute.
    atMost: { app: 5, baseline: 2 },
    measure: measureFlapping,
  },
];

/** UDP works again: how long until it is used, and what is seen of that. */
export const returnBenchmark = scenarioBenchmark(
  'return',
  'UDP reopened after a cut: time until it is used again, and what is seen of it',
  SCENARIOS,
);

async function measureReturn(run: Run): Promise<Record<keyof typeof RETURN_METRICS, number>> {
  const { client, situation, watch } = run;
  const { network } = situation.site;
  await network.setPolicy(UDP_BLACK_HOLE);
  const isOnTcp = await watch.untilFlowing({
    flows: ALL_FLOWS,
    limitMs: FREEZE_LIMIT_MS,
    also: async () => ['tcp', 'tls'].includes(await client.protocol()),
  });
  if (!isOnTcp) throw new Error(`the call did not go on over TCP within ${FREEZE_LIMIT_MS} ms`);
  await wait(ON_TCP_MS);

  const openedAt = Date.now();
  await network.setPolicy(OPEN);
  const deadline = openedAt + RETURN_LIMIT_MS;
  while ((await client.protocol()) !== 'udp' && Date.now() < deadline) await wait(LOOK_MS);
  const back = Math.min(Date.now(), deadline) - openedAt;
  await wait(AFTERMATH_MS);
  const seen = await watch.read();
  if (client.who === 'app') await logTrace(run, openedAt, seen);
  return {
    back,
    picture: longestGap(seen.client.frames, openedAt, seen.client.until),
    sound: longestGap(seen.client.notes, openedAt, seen.client.until),
    others: longestGap(seen.peer.frames, openedAt, seen.peer.until),
  };
}

async function measureFlapping(
  run: Run,
): Promise<Record<keyof typeof FLAP_METRICS, number | undefined>> {
  const { client, situation, watch, quick } = run;
  const { network } = situation.site;
  const startedAt = Date.now();
  const endsAt = startedAt + (quick ? QUICK_FLAPPING_MS : FLAPPING_MS);
  for (let isOpen = false; Date.now() < endsAt; isOpen = !isOpen) {
    await network.setPolicy(isOpen ? OPEN : UDP_BLACK_HOLE);
    await wait(FLAP_MS);
  }
  await network.setPolicy(OPEN);
  const isAlive = await watch.untilFlowing({ flows: ALL_FLOWS, limitMs: FREEZE_LIMIT_MS });
  const seen = await watch.read();
  const isApp = client.who === 'app';
  if (isApp) await logTrace(run, startedAt, seen);
  const { migrations, reconnections } = client.moves();
  return {
    picture: totalFreeze(seen.client.frames, startedAt, seen.client.until),
    others: totalFreeze(seen.peer.frames, startedAt, seen.peer.until),
    migrations: isApp ? migrations : undefined,
    reconnections: isApp ? reconnections : undefined,
    lost: isAlive ? 0 : 1,
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
