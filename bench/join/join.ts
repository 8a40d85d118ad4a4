import { existsSync } from 'node:fs';
import type { App } from '../../tests/fixtures/app.ts';
import { namespacesUnavailable } from '../../tests/network/namespaces.ts';
import { electronExecutable } from '../../tools/runtime.ts';
import type { Benchmark } from '../benchmark.ts';
import type { Aim, BenchCase } from '../results.ts';
import { summarise } from '../statistics.ts';
import { measureAppJoin } from './app-client.ts';
import { measureBaselineJoin } from './baseline-client.ts';
import { BLACK_HOLE_NETWORK, DIRECT_NETWORKS, OPEN_NETWORK, PROXIED_NETWORKS } from './networks.ts';
import type { JoinNetwork } from './networks.ts';
import { CLIENT_MEDIA } from '../site.ts';
import { openJoinSituation } from './situation.ts';
import type { JoinSituation } from './situation.ts';

/** Joins of each client before the first that counts: connections and code caches get warm. */
const WARM_UP_JOINS = 2;

/** The app may take this many times as long as the baseline where nothing is in the way. */
const OPEN_AIM_RATIO = 1.1;
/** What a network that swallows UDP may cost the app over an open one, ms. */
const BLACK_HOLE_AIM_MS = 200;
/** A join through the proxy may take this many times as long as a direct one. */
const PROXIED_AIM_RATIO = 1.3;

export const joinBenchmark: Benchmark = {
  name: 'join',
  description: 'from Join to the first frame of somebody else',
  needs: ['worker', 'app', 'e2e', 'proxy', 'firewall'],
  minimumRuns: 10,
  run: async ({ runs, log }) => {
    const reason = namespacesUnavailable();
    if (reason !== undefined) return { cases: [], aims: [], skipped: [`all networks: ${reason}`] };
    const noProxy = ['/usr/sbin/nginx', '/usr/bin/turnserver'].find((path) => !existsSync(path));
    const networks = [...DIRECT_NETWORKS, ...(noProxy === undefined ? PROXIED_NETWORKS : [])];
    const situation = await openJoinSituation([
      ...new Set(networks.flatMap(({ proxy }) => proxy ?? [])),
    ]);
    try {
      const cases: BenchCase[] = [];
      for (const network of networks) cases.push(await measure(situation, network, runs, log));
      return {
        cases,
        aims: judge(cases),
        machine: { appRuntime: electronExecutable().kind },
        skipped: noProxy === undefined ? [] : [`proxied networks: ${noProxy} is not installed`],
      };
    } finally {
      await situation.close();
    }
  },
};

/** App and baseline in turn, so that whatever else this machine does hits both alike. */
async function measure(
  situation: JoinSituation,
  network: JoinNetwork,
  runs: number,
  log: (line: string) => void,
): Promise<BenchCase> {
  const { baseline } = situation;
  await situation.network.setPolicy(network.policy);
  const app = await situation.openApp({ mode: network.mode, proxy: network.proxy });
  const samples = { app: [] as number[], baseline: [] as number[] };
  for (let run = 1 - WARM_UP_JOINS; run <= runs; run += 1) {
    await situation.network.setPolicy(network.policy);
    const ofApp = await appSample(app, network);
    await situation.network.setPolicy(network.baselinePolicy);
    const ofBaseline = await measureBaselineJoin(
      baseline.window,
      CLIENT_MEDIA,
      situation.baselineJoin(),
    );
    expectProtocol(network, 'baseline', ofBaseline.protocol, [network.baselineOn]);
    const count = run < 1 ? 'warm-up' : `${run}/${runs}`;
    log(
      `${network.name} ${count}: app ${ofApp.toFixed(0)} ms, baseline ${ofBaseline.firstFrameMs.toFixed(0)} ms`,
    );
    if (run < 1) continue;
    samples.app.push(ofApp);
    samples.baseline.push(ofBaseline.firstFrameMs);
  }
  await app.close();
  return { case: network.name, unit: 'ms', ...samples };
}

async function appSample(app: App, network: JoinNetwork): Promise<number> {
  const sample = await measureAppJoin(app.window);
  expectProtocol(network, 'app', sample.protocol, network.appOn);
  return sample.firstFrameMs;
}

/** @throws when the media took another way than the case is about. */
function expectProtocol(
  network: JoinNetwork,
  who: string,
  found: string,
  expected: readonly string[],
): void {
  if (expected.includes(found)) return;
  throw new Error(
    `${network.name}: the ${who}'s media is on “${found}”, expected ${expected.join(' or ')}`,
  );
}

function judge(cases: readonly BenchCase[]): Aim[] {
  const medianOf = (network: JoinNetwork, who: 'app' | 'baseline'): number =>
    summarise(cases.find((entry) => entry.case === network.name)?.[who] ?? []).median;
  const ratioOf = (network: JoinNetwork): number =>
    medianOf(network, 'app') / medianOf(network, 'baseline');
  const cost = medianOf(BLACK_HOLE_NETWORK, 'app') - medianOf(OPEN_NETWORK, 'app');
  const proxied = PROXIED_NETWORKS.filter(({ name }) => cases.some((entry) => entry.case === name));
  return [
    {
      text: `${OPEN_NETWORK.name}: ${ratioOf(OPEN_NETWORK).toFixed(2)} × baseline (aim: at most ${OPEN_AIM_RATIO})`,
      met: ratioOf(OPEN_NETWORK) <= OPEN_AIM_RATIO,
    },
    {
      text: `${BLACK_HOLE_NETWORK.name}: ${cost.toFixed(0)} ms over the open network (aim: at most ${BLACK_HOLE_AIM_MS} ms)`,
      met: cost <= BLACK_HOLE_AIM_MS,
    },
    ...proxied.map((network) => ({
      text: `${network.name}: ${ratioOf(network).toFixed(2)} × the direct baseline (aim: at most ${PROXIED_AIM_RATIO})`,
      met: ratioOf(network) <= PROXIED_AIM_RATIO,
    })),
  ];
}
