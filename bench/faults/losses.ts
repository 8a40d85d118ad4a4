import { longestFreeze, longestGap } from '../../tests/fixtures/continuity.ts';
import { readBadge } from '../../tests/fixtures/screens.ts';
import { changeAddress } from '../../tests/network/change-address.ts';
import { breakConnections, connectionsTo } from '../../tests/network/connections.ts';
import { hostBlocked } from '../../tests/network/policies.ts';
import type { Metric, Run, Scenario } from '../call/scenario.ts';
import { logTrace } from '../call/trace.ts';
import { ALL_FLOWS, FREEZE_LIMIT_MS } from '../call/watch.ts';
import type { Seen } from '../call/watch.ts';
import { ORIGIN, PROXIES, SIGNALING_PORT } from '../site.ts';
import { killMediaWorker } from './processes.ts';

/** Something that a call stands on is lost. */

/** The baseline does not come back from these; it is watched until the limit. */
const FEW_BASELINES = { baseline: 3 };
/** How often is looked for a signaling connection, ms. */
const LOOK_MS = 100;
/** How long the consequences of a lost signaling connection may take to show, ms. */
const AFTERMATH_MS = 8_000;
/** A restart of the room server takes at least this long, ms. */
const DOWN_MS = 1_000;

const DIRECT = { mode: 'UDP_OVER_TCP', proxies: [] } as const;

function freezeMetrics(aims: Metric['aims']): Record<'picture' | 'sound' | 'others', Metric> {
  return {
    picture: { name: 'freeze of received video', unit: 'ms', ...(aims && { aims }) },
    sound: { name: 'gap in received audio', unit: 'ms' },
    others: { name: 'freeze that the other sees', unit: 'ms', ...(aims && { aims }) },
  };
}

const NONE = [{ of: 'p50', atMost: 0 }] as const;

export const LOSS_SCENARIOS: readonly Scenario[] = [
  {
    name: 'signaling connection killed',
    app: DIRECT,
    baseline: {},
    atMost: FEW_BASELINES,
    metrics: {
      ...freezeMetrics(NONE),
      movements: { name: 'leaves and joins that the other sees', unit: 'times', aims: NONE },
      signaling: { name: 'signaling back', unit: 'ms' },
    },
    measure: measureSignalingLoss,
  },
  {
    name: 'proxy gone, a second one listed',
    app: { mode: 'UDP_OVER_TCP', proxies: ['all', 'second'] },
    // It knows no second one.
    baseline: null,
    metrics: freezeMetrics([{ of: 'p50', atMost: 2_500 }]),
    measure: async (run) => await measureLoss(run, async () => await loseProxy(run)),
  },
  {
    name: 'media worker killed',
    app: DIRECT,
    baseline: {},
    atMost: FEW_BASELINES,
    metrics: freezeMetrics([{ of: 'p50', atMost: 3_000 }]),
    // A worker that dies again and again is kept waiting, so each run has a fresh server.
    prepare: async ({ site }) => {
      await site.stopServer();
      await site.startServer();
    },
    measure: async (run) =>
      await measureLoss(run, async () => await killMediaWorker(run.situation.site.serverPid)),
  },
  {
    name: 'room server restarted',
    app: DIRECT,
    baseline: {},
    atMost: FEW_BASELINES,
    metrics: {
      picture: {
        name: 'picture back after it listens again',
        unit: 'ms',
        aims: [{ of: 'p50', atMost: 3_000 }],
      },
      sound: { name: 'sound back after it listens again', unit: 'ms' },
      others: {
        name: 'picture back at the other after it listens again',
        unit: 'ms',
        aims: [{ of: 'p50', atMost: 3_000 }],
      },
    },
    measure: measureRestart,
  },
  {
    name: 'IP address changed',
    app: DIRECT,
    baseline: {},
    atMost: FEW_BASELINES,
    metrics: freezeMetrics([{ of: 'p50', atMost: 2_000 }]),
    measure: async (run) =>
      await measureLoss(run, async () => await changeAddress(run.situation.site.network)),
  },
];

/** How long everything stands still after a loss, until it goes on or the limit is reached. */
async function measureLoss(
  run: Run,
  lose: () => Promise<void>,
): Promise<Record<'picture' | 'sound' | 'others', number>> {
  const { client, watch } = run;
  const lostAt = Date.now();
  await lose();
  await watch.untilFlowing({
    flows: ALL_FLOWS,
    limitMs: FREEZE_LIMIT_MS,
    // What flowed before the loss was noticed says nothing.
    also: () => Promise.resolve(Date.now() - lostAt > AFTERMATH_MS),
  });
  const seen = await watch.read();
  if (client.who === 'app') await logTrace(run, lostAt, seen);
  return {
    picture: longestGap(seen.client.frames, lostAt, seen.client.until),
    sound: longestGap(seen.client.notes, lostAt, seen.client.until),
    others: longestGap(seen.peer.frames, lostAt, seen.peer.until),
  };
}

async function measureSignalingLoss(run: Run): Promise<Record<string, number | undefined>> {
  const { client, situation, watch } = run;
  const { network } = situation.site;
  const killedAt = Date.now();
  await breakConnections(network, ORIGIN.address, SIGNALING_PORT);
  const isApp = client.who === 'app';
  let backAt: number | undefined;
  // The baseline makes no new one.
  while (isApp && backAt === undefined && Date.now() - killedAt < FREEZE_LIMIT_MS) {
    const back = await connectionsTo(network, ORIGIN.address, SIGNALING_PORT);
    if (back.length > 0) backAt = Date.now();
    else await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
  await watch.untilFlowing({
    flows: ALL_FLOWS,
    limitMs: FREEZE_LIMIT_MS - (Date.now() - killedAt),
  });
  const seen = await watch.read();
  if (isApp) await logTrace(run, killedAt, seen);
  return {
    picture: longestFreeze(seen.client.frames, killedAt, seen.client.until),
    sound: longestFreeze(seen.client.notes, killedAt, seen.client.until),
    others: longestFreeze(seen.peer.frames, killedAt, seen.peer.until),
    movements: (await situation.takeMovements()).length,
    signaling: isApp ? (backAt ?? killedAt + FREEZE_LIMIT_MS) - killedAt : undefined,
  };
}

/** The proxy in use answers nothing any more. Which one that is, the app remembers from the last call. */
async function loseProxy({ client, situation }: Run): Promise<void> {
  const [, route = ''] = await readBadge(client.page);
  const used = Object.values(PROXIES).find(({ address }) => route === `proxy ${address}`);
  if (!used) throw new Error(`the call is on “${route}”, which is none of the proxies`);
  await situation.site.network.setPolicy(hostBlocked(used.address));
}

async function measureRestart(run: Run): Promise<Record<'picture' | 'sound' | 'others', number>> {
  const { client, situation, watch } = run;
  const { site } = situation;
  await site.stopServer();
  await new Promise((resolve) => setTimeout(resolve, DOWN_MS));
  await site.startServer();
  const listensAt = Date.now();
  await watch.untilFlowing({
    flows: ALL_FLOWS,
    limitMs: FREEZE_LIMIT_MS,
    also: () => Promise.resolve(Date.now() - listensAt > LOOK_MS),
  });
  const seen = await watch.read();
  if (client.who === 'app') await logTrace(run, listensAt, seen);
  return backAfter(seen, listensAt);
}

/** The first that came of each, ms after `since`; the limit, where nothing did. */
export function backAfter(
  { client, peer }: Seen,
  since: number,
): Record<'picture' | 'sound' | 'others', number> {
  const firstOf = (times: readonly number[]): number =>
    (times.find((time) => time > since) ?? since + FREEZE_LIMIT_MS) - since;
  return {
    picture: firstOf(client.frames),
    sound: firstOf(client.notes),
    others: firstOf(peer.frames),
  };
}
