import { longestGap } from '../../tests/fixtures/continuity.ts';
import { CLIENT_ADDRESS } from '../../tests/network/edge-network.ts';
import type { FirewallPolicy } from '../../tests/network/edge-network.ts';
import { UDP_BLACK_HOLE } from '../../tests/network/policies.ts';
import { scenarioBenchmark } from '../call/scenario.ts';
import type { Run, Scenario } from '../call/scenario.ts';
import { logTrace } from '../call/trace.ts';
import { ALL_FLOWS, FREEZE_LIMIT_MS } from '../call/watch.ts';

/** What a cut stops, and what the baseline needs so many runs for. */
const CUTS: { name: string; policy: FirewallPolicy; baselineRuns?: number }[] = [
  { name: 'UDP cut both ways', policy: UDP_BLACK_HOLE },
  {
    name: 'outgoing UDP cut',
    policy: [`ip saddr ${CLIENT_ADDRESS} meta l4proto udp drop`],
    // It waits until the limit, or nearly.
    baselineRuns: 3,
  },
  {
    name: 'incoming UDP cut',
    policy: [`ip daddr ${CLIENT_ADDRESS} meta l4proto udp drop`],
    baselineRuns: 3,
  },
];

/** Through the proxy only TURN over UDP is cut: TURN over TCP and TLS stay open. */
const ROUTES = [
  { name: 'direct', proxies: [], baseline: {} },
  { name: 'proxied', proxies: ['all'], baseline: { relay: 'all' } },
] as const;

const METRICS = {
  noticed: { name: 'until the app says that it moves', unit: 'ms' },
  picture: {
    name: 'freeze of received video',
    unit: 'ms',
    aims: [
      { of: 'p50', atMost: 400 },
      { of: 'p95', atMost: 800 },
    ],
  },
  sound: {
    name: 'gap in received audio',
    unit: 'ms',
    aims: [{ of: 'p50', atMost: 350 }],
  },
  otherMoves: {
    name: 'moves of the other, whose path is well',
    unit: 'times',
    aims: [{ of: 'max', atMost: 0 }],
  },
  others: {
    name: 'freeze that the other sees',
    unit: 'ms',
    aims: [
      { of: 'p50', atMost: 600 },
      { of: 'p95', atMost: 1_000 },
    ],
  },
} as const;

/** UDP is cut in mid-call: how long both stand still. */
export const cutBenchmark = scenarioBenchmark(
  'cut',
  'UDP cut in mid-call: how long picture and sound stand still',
  CUTS.flatMap(({ name, policy, baselineRuns }) =>
    ROUTES.map((route): Scenario => ({
      name: `${name}, ${route.name}`,
      app: { mode: 'UDP_OVER_TCP', proxies: route.proxies },
      baseline: route.baseline,
      metrics: METRICS,
      ...(baselineRuns !== undefined && { atMost: { baseline: baselineRuns } }),
      measure: async (run) => await measureCut(run, policy),
    })),
  ),
);

async function measureCut(
  run: Run,
  policy: FirewallPolicy,
): Promise<Record<keyof typeof METRICS, number | undefined>> {
  const { client, situation, watch } = run;
  const before = await client.protocol();
  if (before !== 'udp') throw new Error(`the call is on “${before}” before UDP is cut`);
  const cutAt = Date.now();
  await situation.site.network.setPolicy(policy);
  await watch.untilFlowing({
    flows: ALL_FLOWS,
    limitMs: FREEZE_LIMIT_MS,
    // One direction may outlive the other: it is over when nothing is left on UDP.
    also: async () => ['tcp', 'tls'].includes(await client.protocol()),
  });
  const seen = await watch.read();
  if (client.who === 'app') await logTrace(run, cutAt, seen);
  const told = seen.client.phases.find(({ at, phase }) => at > cutAt && phase === 'migrating');
  return {
    noticed: told && told.at - cutAt,
    otherMoves: (await situation.peerTimeline(cutAt)).filter(({ kind }) => kind === 'fallback')
      .length,
    picture: longestGap(seen.client.frames, cutAt, seen.client.until),
    sound: longestGap(seen.client.notes, cutAt, seen.client.until),
    others: longestGap(seen.peer.frames, cutAt, seen.peer.until),
  };
}
