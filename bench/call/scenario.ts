import { electronExecutable } from '../../tools/runtime.ts';
import { namespacesUnavailable } from '../../tests/network/namespaces.ts';
import { existsSync } from 'node:fs';
import type { Benchmark, BenchOptions, BenchOutcome } from '../benchmark.ts';
import type { Aim, BenchCase } from '../results.ts';
import type { AppOptions, ProxyName } from '../site.ts';
import { summarise } from '../statistics.ts';
import type { CallClient } from './clients.ts';
import { CallSituation } from './situation.ts';
import { CallWatch } from './watch.ts';

/** A call stands for so long before anything is done to it, ms: standbys are up, encoders at speed. */
const MID_CALL_MS = 4_000;
/** Runs of a scenario that may go wrong by themselves before it is given up. */
const TOLERATED_FAILURES = 2;

/** Of the samples of one metric. */
interface MetricAim {
  of: 'p50' | 'p95' | 'max';
  atMost: number;
}

export interface Metric {
  /** What is measured, in words; part of the case's name. */
  name: string;
  unit: string;
  aims?: readonly MetricAim[];
}

/** One client in one call, steady, at the moment when something can be done to it. */
export interface Run {
  client: CallClient;
  situation: CallSituation;
  watch: CallWatch;
  /** Long waits are cut short: the result will not be kept. */
  quick: boolean;
  log: (line: string) => void;
}

/** Something that is done to a call, and what is measured of it, by key of `metrics`. */
export interface Scenario {
  name: string;
  app: AppOptions;
  /** Null: there is nothing to compare with. With `relay`: through the relays of a Cloud Proxy. */
  baseline: { relay?: ProxyName } | null;
  metrics: Readonly<Record<string, Metric>>;
  /** Where a run takes minutes, fewer of them: at most so many of each client. */
  atMost?: { app?: number; baseline?: number };
  /** What has to be so before a run joins. */
  prepare?(situation: CallSituation): Promise<void>;
  /** Undefined values are no samples: a client may have nothing to say of a metric. */
  measure(run: Run): Promise<Record<string, number | undefined>>;
}

/** A benchmark of scenarios. */
export function scenarioBenchmark(
  name: string,
  description: string,
  scenarios: readonly Scenario[],
): Benchmark {
  return {
    name,
    description,
    needs: ['worker', 'app', 'e2e', 'proxy', 'firewall'],
    minimumRuns: 10,
    cases: scenarios.map((scenario) => scenario.name),
    run: async (options) => await runScenarios(scenarios, options),
  };
}

async function runScenarios(
  all: readonly Scenario[],
  options: BenchOptions,
): Promise<BenchOutcome> {
  const reason = namespacesUnavailable();
  if (reason !== undefined) return { cases: [], aims: [], skipped: [`all cases: ${reason}`] };
  const noProxy = ['/usr/sbin/nginx', '/usr/bin/turnserver'].find((path) => !existsSync(path));
  const asked = all.filter(({ name: scenario }) => options.only?.includes(scenario) ?? true);
  const scenarios = asked.filter((scenario) => !noProxy || proxiesOf(scenario).length === 0);
  const skipped = asked
    .filter((scenario) => !scenarios.includes(scenario))
    .map((scenario) => `${scenario.name}: ${noProxy} is not installed`);
  if (scenarios.length === 0) return { cases: [], aims: [], skipped };

  const situation = await CallSituation.open([...new Set(scenarios.flatMap(proxiesOf))]);
  try {
    const cases: BenchCase[] = [];
    const aims: Aim[] = [];
    for (const scenario of scenarios) {
      const measured = await runScenario(scenario, situation, options);
      cases.push(...measured.cases);
      aims.push(...measured.aims);
      skipped.push(...measured.failures);
    }
    return { cases, aims, skipped, machine: { appRuntime: electronExecutable().kind } };
  } finally {
    await situation.close();
  }
}

function proxiesOf({ app, baseline }: Scenario): ProxyName[] {
  return [...app.proxies, ...(baseline?.relay === undefined ? [] : [baseline.relay])];
}

type Samples = Record<'app' | 'baseline', Map<string, number[]>>;

/** App and baseline in turn, so that whatever else this machine does hits both alike. */
async function runScenario(
  scenario: Scenario,
  situation: CallSituation,
  options: BenchOptions,
): Promise<{ cases: BenchCase[]; aims: Aim[]; failures: string[] }> {
  const { app, baseline, atMost } = scenario;
  const samples: Samples = { app: new Map(), baseline: new Map() };
  const failures: string[] = [];
  for (let run = 1; run <= options.runs; run += 1) {
    const turns: (() => Promise<CallClient>)[] = [];
    if (run <= (atMost?.app ?? options.runs)) turns.push(async () => await situation.app(app));
    if (baseline && run <= (atMost?.baseline ?? options.runs)) {
      turns.push(() => Promise.resolve(situation.baseline(baseline.relay)));
    }
    for (const turn of turns) {
      const client = await turn();
      try {
        const measured = await runOnce(scenario, client, situation, options);
        options.log(`${scenario.name} ${run}: ${client.who} ${describe(scenario, measured)}`);
        keep(samples[client.who], measured);
      } catch (error) {
        const what = `${scenario.name}, run ${run} of the ${client.who}: ${String(error)}`;
        options.log(`FAILED ${what}`);
        failures.push(what);
        if (failures.length > TOLERATED_FAILURES) throw error;
        await client.leave().catch(() => undefined);
      }
    }
  }
  return { ...judge(scenario, samples), failures };
}

async function runOnce(
  scenario: Scenario,
  client: CallClient,
  situation: CallSituation,
  { quick, log }: BenchOptions,
): Promise<Record<string, number | undefined>> {
  await situation.openFirewall();
  await scenario.prepare?.(situation);
  await client.join();
  const watch = await CallWatch.begin(client, situation);
  try {
    await watch.untilSteady();
    await new Promise((resolve) => setTimeout(resolve, MID_CALL_MS));
    // What stands still before anything was done is not counted with what was done.
    await watch.untilSteady();
    await situation.takeMovements();
    return await scenario.measure({ client, situation, watch, quick, log });
  } finally {
    await watch.end();
    await situation.openFirewall();
    await client.leave();
  }
}

function keep(samples: Map<string, number[]>, measured: Record<string, number | undefined>): void {
  for (const [key, value] of Object.entries(measured)) {
    if (value !== undefined) samples.set(key, [...(samples.get(key) ?? []), value]);
  }
}

function describe(scenario: Scenario, measured: Record<string, number | undefined>): string {
  return Object.entries(scenario.metrics)
    .flatMap(([key, { name, unit }]) => {
      const value = measured[key];
      return value === undefined ? [] : [`${name} ${Number(value.toPrecision(4))} ${unit}`];
    })
    .join(', ');
}

function judge(scenario: Scenario, samples: Samples): { cases: BenchCase[]; aims: Aim[] } {
  const cases: BenchCase[] = [];
  const aims: Aim[] = [];
  for (const [key, metric] of Object.entries(scenario.metrics)) {
    const app = samples.app.get(key);
    if (!app) continue;
    const name = `${scenario.name}: ${metric.name}`;
    cases.push({
      case: name,
      unit: metric.unit,
      app,
      baseline: samples.baseline.get(key) ?? null,
    });
    const { median, p95, max } = summarise(app);
    const found = { p50: median, p95, max };
    for (const { of, atMost } of metric.aims ?? []) {
      aims.push({
        text: `${name}: ${of} ${Number(found[of].toPrecision(4))} (aim: at most ${atMost} ${metric.unit})`,
        met: found[of] <= atMost,
      });
    }
  }
  return { cases, aims };
}
