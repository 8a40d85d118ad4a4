import { OPEN, UDP_BLACK_HOLE, UDP_REJECTED } from '../../tests/network/policies.ts';
import type { FirewallPolicy } from '../../tests/network/edge-network.ts';
import { namespacesUnavailable } from '../../tests/network/namespaces.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Aim, BenchCase } from '../results.ts';
import { summarise } from '../statistics.ts';
import { measureAppJoin } from './app-client.ts';
import type { JoinSample } from './app-client.ts';
import { measureBaselineJoin } from './baseline-client.ts';
import { openJoinSituation } from './situation.ts';
import type { JoinSituation } from './situation.ts';

interface Network {
  name: string;
  policy: FirewallPolicy;
  /** What media has to be on there; anything else makes the sample worthless. */
  protocol: 'udp' | 'tcp';
}

const NETWORKS: readonly Network[] = [
  { name: 'open network', policy: OPEN, protocol: 'udp' },
  { name: 'UDP black hole', policy: UDP_BLACK_HOLE, protocol: 'tcp' },
  { name: 'UDP rejected', policy: UDP_REJECTED, protocol: 'tcp' },
];

/** Joins of each client before the first that counts: connections and code caches get warm. */
const WARM_UP_JOINS = 2;

/** The app may take this many times as long as the baseline where nothing is in the way. */
const OPEN_AIM_RATIO = 1.1;
/** What a network that swallows UDP may cost the app over an open one, ms. */
const BLACK_HOLE_AIM_MS = 200;

export const joinBenchmark: Benchmark = {
  name: 'join',
  description: 'from Join to the first frame of somebody else',
  minimumRuns: 10,
  run: async ({ runs, log }) => {
    const reason = namespacesUnavailable();
    if (reason !== undefined) return { cases: [], aims: [], skipped: [`all networks: ${reason}`] };
    const situation = await openJoinSituation();
    try {
      const cases: BenchCase[] = [];
      for (const network of NETWORKS) {
        cases.push(await measure(situation, network, runs, log));
      }
      return { cases, aims: judge(cases), skipped: [] };
    } finally {
      await situation.close();
    }
  },
};

/** App and baseline in turn, so that whatever else this machine does hits both alike. */
async function measure(
  situation: JoinSituation,
  network: Network,
  runs: number,
  log: (line: string) => void,
): Promise<BenchCase> {
  await situation.network.setPolicy(network.policy);
  const app: number[] = [];
  const baseline: number[] = [];
  for (let run = 1 - WARM_UP_JOINS; run <= runs; run += 1) {
    const ofApp = check(await measureAppJoin(situation.app.window), network, 'app');
    const ofBaseline = check(
      await measureBaselineJoin(situation.baseline.window, situation.baselineJoin()),
      network,
      'baseline',
    );
    log(
      `${network.name} ${run < 1 ? 'warm-up' : `${run}/${runs}`}: app ${ofApp.toFixed(0)} ms, baseline ${ofBaseline.toFixed(0)} ms`,
    );
    if (run < 1) continue;
    app.push(ofApp);
    baseline.push(ofBaseline);
  }
  return { case: network.name, unit: 'ms', app, baseline };
}

function check(sample: JoinSample, network: Network, who: string): number {
  if (sample.protocol !== network.protocol) {
    throw new Error(
      `${network.name}: the ${who}'s media is on “${sample.protocol}”, expected ${network.protocol}`,
    );
  }
  return sample.firstFrameMs;
}

function judge(cases: readonly BenchCase[]): Aim[] {
  const [open, blackHole] = cases;
  if (!open?.baseline || !blackHole) return [];
  const appOpen = summarise(open.app).median;
  const ratio = appOpen / summarise(open.baseline).median;
  const cost = summarise(blackHole.app).median - appOpen;
  return [
    {
      text: `open network: ${ratio.toFixed(2)} × baseline (aim: at most ${OPEN_AIM_RATIO})`,
      met: ratio <= OPEN_AIM_RATIO,
    },
    {
      text: `UDP black hole: ${cost.toFixed(0)} ms over the open network (aim: at most ${BLACK_HOLE_AIM_MS} ms)`,
      met: cost <= BLACK_HOLE_AIM_MS,
    },
  ];
}
