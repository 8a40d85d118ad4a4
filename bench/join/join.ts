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
  cases: [...DIRECT_NETWORKS, ...PROXIED_NETWORKS].map(({ name }) => name),
  run: async ({ runs, only, log }) => {
    const reason = namespacesUnavailable();
    if (reason !== undefined) return { cases: [], aims: [], skipped: [`all networks: ${reason}`] };
    const noProxy = ['/usr/sbin/nginx', '/usr/bin/turnserver'].find((path) => !existsSync(path));
    const networks = [
      ...DIRECT_NETWORKS,
      ...(noProxy === undefined ? PROXIED_NETWORKS : []),
    ].filter(({ name }) => only?.includes(name) ?? true);
    const situation = await openJoinSituation([
      ...new Set(networks.flatMap(({ proxy }) => proxy ?? [])),
    ]);
    try {
      const cases: BenchCase[] = [];
      for (const network of networks) cases.push(await measure(situation, network, runs, log));
      return {
        cases,
        aims: judge(new Map(cases.map((entry) => [entry.case, entry]))),
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

/** Of what was run. */
function judge(cases: ReadonlyMap<string, BenchCase>): Aim[] {
  const medianOf = (entry: BenchCase, who: 'app' | 'baseline'): number =>
    summarise(entry[who] ?? []).median;
  const ratio = ({ name }: JoinNetwork, to: string, aim: number): Aim[] => {
    const entry = cases.get(name);
    if (!entry) return [];
    const found = medianOf(entry, 'app') / medianOf(entry, 'baseline');
    const text = `${name}: ${found.toFixed(2)} × ${to} (aim: at most ${aim})`;
    return [{ text, met: found <= aim }];
  };
  return [
    ...ratio(OPEN_NETWORK, 'baseline', OPEN_AIM_RATIO),
    ...costOfBlackHole(cases.get(BLACK_HOLE_NETWORK.name), cases.get(OPEN_NETWORK.name)),
    ...PROXIED_NETWORKS.flatMap((network) =>
      ratio(network, 'the direct baseline', PROXIED_AIM_RATIO),
    ),
  ];
}

function costOfBlackHole(blackHole: BenchCase | undefined, open: BenchCase | undefined): Aim[] {
  if (!blackHole || !open) return [];
  const cost = summarise(blackHole.app).median - summarise(open.app).median;
  const text = `${blackHole.case}: ${cost.toFixed(0)} ms over the open network (aim: at most ${BLACK_HOLE_AIM_MS} ms)`;
  return [{ text, met: cost <= BLACK_HOLE_AIM_MS }];
}
