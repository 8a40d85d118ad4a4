import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processUse } from '../../server/proxy/turn/program.ts';
import { TestAuthority } from '../../tests/fixtures/certificates.ts';
import type { Benchmark, BenchOptions, BenchOutcome } from '../benchmark.ts';
import { summarise } from '../statistics.ts';
import { directThroughput, relayThroughput } from './relay-load.ts';
import { startEchoOrigin, startGateway } from './servers.ts';
import type { EchoOrigin, Gateway } from './servers.ts';
import { converse, openConnections } from './signaling-load.ts';

/** What the Cloud Proxy costs: signaling through the gateway against straight to the origin. */

const IDLE = 1_000;
const ACTIVE = 200;
const TALK_SECONDS = 5;
const MEDIA_SECONDS = 3;
/** Connections opened before memory is looked at: what the first ones load is nobody's in particular. */
const WARM_UP = 50;
const AIM_ADDED_MEDIAN_MS = 1;
const AIM_ADDED_P99_MS = 5;
const AIM_KILOBYTES = 50;

interface Samples {
  median: { app: number[]; baseline: number[] };
  p99: { app: number[]; baseline: number[] };
  kilobytes: { app: number[]; baseline: number[] };
  media: { app: number[]; baseline: number[] };
  cpu: number[];
}

export const proxyBenchmark: Benchmark = {
  name: 'proxy',
  description: `${IDLE} idle and ${ACTIVE} active signaling connections through the gateway, and media through coturn`,
  needs: ['proxy', 'e2e'],
  minimumRuns: 10,
  run,
};

async function run({ runs, log }: BenchOptions): Promise<BenchOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-bench-proxy-'));
  const samples: Samples = {
    median: { app: [], baseline: [] },
    p99: { app: [], baseline: [] },
    kilobytes: { app: [], baseline: [] },
    media: { app: [], baseline: [] },
    cpu: [],
  };
  try {
    const authority = await TestAuthority.create(folder);
    const files = await authority.issue(['127.0.0.1']);
    const ca = readFileSync(authority.certificatePath, 'utf8');
    for (let index = 1; index <= runs; index += 1) {
      // Fresh processes each time: memory that was used once is not given back.
      const started: { stop(): Promise<void> }[] = [];
      const keep = <T extends { stop(): Promise<void> }>(server: T): T => {
        started.push(server);
        return server;
      };
      try {
        const behind = keep(await startEchoOrigin(files));
        const gateway = keep(await startGateway(behind.url, files, authority.certificatePath));
        const straight = keep(await startEchoOrigin(files));
        await measure(gateway, straight, ca, samples);
      } finally {
        await Promise.all(started.map((server) => server.stop()));
      }
      log(
        `${index}/${runs}: median ${last(samples.median.app)} ms (straight ${last(samples.median.baseline)}), ` +
          `p99 ${last(samples.p99.app)} ms (${last(samples.p99.baseline)}), ` +
          `${last(samples.kilobytes.app)} KB each (${last(samples.kilobytes.baseline)}), ` +
          `media ${last(samples.media.app)} Mbit/s, ${last(samples.cpu)} ms CPU per Mbit`,
      );
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return outcome(samples);
}

async function measure(
  gateway: Gateway,
  origin: EchoOrigin,
  ca: string,
  samples: Samples,
): Promise<void> {
  const app = await load(gateway.url, gateway.pid, ca);
  const baseline = await load(origin.url.replace(/^http/, 'ws'), origin.pid, ca);
  samples.kilobytes.app.push(app.kilobytes);
  samples.kilobytes.baseline.push(baseline.kilobytes);
  samples.median.app.push(summarise(app.roundTrips).median);
  samples.median.baseline.push(summarise(baseline.roundTrips).median);
  samples.p99.app.push(percentile99(app.roundTrips));
  samples.p99.baseline.push(percentile99(baseline.roundTrips));

  const relayed = await relayThroughput(gateway, MEDIA_SECONDS);
  samples.media.app.push(relayed.mbitPerSecond);
  samples.cpu.push(relayed.cpuMsPerMbit);
  samples.media.baseline.push((await directThroughput(MEDIA_SECONDS)).mbitPerSecond);
}

/** Opens all connections, looks at what they cost the process `pid`, and talks on some of them. */
async function load(
  url: string,
  pid: number,
  ca: string,
): Promise<{ roundTrips: number[]; kilobytes: number }> {
  const warm = await openConnections(url, WARM_UP, ca);
  const before = await residentBytes(pid);
  const connections = await openConnections(url, IDLE + ACTIVE, ca);
  const kilobytes = ((await residentBytes(pid)) - before) / (IDLE + ACTIVE) / 1024;
  const roundTrips = await converse(connections.sockets.slice(0, ACTIVE), TALK_SECONDS);
  await connections.close();
  await warm.close();
  return { roundTrips, kilobytes };
}

function outcome(samples: Samples): BenchOutcome {
  const added = (pair: { app: number[]; baseline: number[] }) =>
    summarise(pair.app).median - summarise(pair.baseline).median;
  const addedMedian = added(samples.median);
  const addedP99 = added(samples.p99);
  const kilobytes = summarise(samples.kilobytes.app).median;
  return {
    cases: [
      { case: 'signaling round trip, median', unit: 'ms', ...samples.median },
      { case: 'signaling round trip, p99', unit: 'ms', ...samples.p99 },
      // The baseline is the room server's own: one TLS connection where the gateway has two.
      { case: 'memory per connection', unit: 'KB', ...samples.kilobytes },
      { case: 'media, 4 senders as fast as they can', unit: 'Mbit/s', ...samples.media },
      { case: 'coturn CPU time per Mbit', unit: 'ms', app: samples.cpu, baseline: null },
    ],
    aims: [
      {
        text: `the gateway adds ${addedMedian.toFixed(2)} ms to the median round trip (aim: under ${AIM_ADDED_MEDIAN_MS})`,
        met: addedMedian < AIM_ADDED_MEDIAN_MS,
      },
      {
        text: `the gateway adds ${addedP99.toFixed(2)} ms to its 99th percentile (aim: under ${AIM_ADDED_P99_MS})`,
        met: addedP99 < AIM_ADDED_P99_MS,
      },
      {
        text: `${kilobytes.toFixed(0)} KB of memory per connection (aim: under ${AIM_KILOBYTES})`,
        met: kilobytes < AIM_KILOBYTES,
      },
    ],
    skipped: [],
  };
}

async function residentBytes(pid: number): Promise<number> {
  const use = await processUse(pid);
  if (!use) throw new Error('the gateway’s memory cannot be read: there is no /proc');
  return use.residentBytes;
}

/** Nearest rank. */
function percentile99(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

function last(samples: readonly number[]): string {
  return (samples.at(-1) ?? Number.NaN).toFixed(2);
}
