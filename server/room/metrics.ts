import type { types } from 'mediasoup';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { MediaWorkers } from './media-workers.ts';

/** What Prometheus reads at /metrics. Labels name kinds, never people, rooms or addresses. */

/** Most requests take 1 to 20 ms; what takes over a second is a fault. */
const REQUEST_SECONDS_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

export type RequestOutcome = 'ok' | 'refused' | 'error';

/** Gauges that are read when asked for, from the things themselves. */
export interface MetricsSources {
  rooms(): number;
  peers(): number;
  /** Of which without a connection. */
  absentPeers(): number;
  /** Open transports by the protocol of their selected ICE pair; `none` before there is one. */
  transports(): Record<'udp' | 'tcp' | 'none', number>;
  mediaWorkers: MediaWorkers;
}

export class Metrics {
  readonly #registry = new Registry();
  readonly #refused: Counter<'reason'>;
  readonly #closed: Counter<'code'>;
  readonly #requests: Counter<'method' | 'outcome'>;
  readonly #requestSeconds: Histogram<'method'>;
  readonly #workersDied: Counter;
  readonly #iceConnected: Counter<'protocol'>;
  readonly #resumed: Counter;
  readonly #expired: Counter;

  constructor(sources: MetricsSources) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#refused = new Counter({
      name: 'causeway_room_connects_refused_total',
      help: 'WebSocket connections refused, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.#closed = new Counter({
      name: 'causeway_room_connections_closed_total',
      help: 'WebSocket connections of admitted peers that ended, by close code',
      labelNames: ['code'],
      registers,
    });
    this.#requests = new Counter({
      name: 'causeway_room_requests_total',
      help: 'Requests of clients, by method and outcome',
      labelNames: ['method', 'outcome'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'causeway_room_request_duration_seconds',
      help: 'Time to answer requests of clients',
      labelNames: ['method'],
      buckets: REQUEST_SECONDS_BUCKETS,
      registers,
    });
    this.#workersDied = new Counter({
      name: 'causeway_room_media_workers_died_total',
      help: 'Media workers that ended by themselves and were replaced',
      registers,
    });
    this.#iceConnected = new Counter({
      name: 'causeway_room_ice_connected_total',
      help: 'Times a transport selected an ICE pair, by protocol',
      labelNames: ['protocol'],
      registers,
    });
    this.#resumed = new Counter({
      name: 'causeway_room_peers_resumed_total',
      help: 'Peers that took their place again after they lost their connection',
      registers,
    });
    this.#expired = new Counter({
      name: 'causeway_room_peers_expired_total',
      help: 'Peers that lost their connection and did not come back in time',
      registers,
    });
    this.#addGauges(sources);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return await this.#registry.metrics();
  }

  refused(reason: string): void {
    this.#refused.inc({ reason });
  }

  connectionClosed(code: number): void {
    this.#closed.inc({ code });
  }

  request(method: string, outcome: RequestOutcome, seconds: number): void {
    this.#requests.inc({ method, outcome });
    this.#requestSeconds.observe({ method }, seconds);
  }

  workerDied(): void {
    this.#workersDied.inc();
  }

  iceConnected(protocol: 'udp' | 'tcp'): void {
    this.#iceConnected.inc({ protocol });
  }

  peerResumed(): void {
    this.#resumed.inc();
  }

  peerExpired(): void {
    this.#expired.inc();
  }

  #addGauges(sources: MetricsSources): void {
    const registers = [this.#registry];
    new Gauge({
      name: 'causeway_room_rooms',
      help: 'Open rooms',
      registers,
      collect() {
        this.set(sources.rooms());
      },
    });
    new Gauge({
      name: 'causeway_room_peers',
      help: 'Peers in rooms',
      registers,
      collect() {
        this.set(sources.peers());
      },
    });
    new Gauge({
      name: 'causeway_room_peers_absent',
      help: 'Peers in rooms that lost their connection and may come back',
      registers,
      collect() {
        this.set(sources.absentPeers());
      },
    });
    new Gauge({
      name: 'causeway_room_transports',
      help: 'Open WebRTC transports by the protocol of the selected ICE pair',
      labelNames: ['protocol'],
      registers,
      collect() {
        for (const [protocol, count] of Object.entries(sources.transports())) {
          this.set({ protocol }, count);
        }
      },
    });
    new Gauge({
      name: 'causeway_room_media_workers',
      help: 'Living media workers',
      registers,
      collect() {
        this.set(sources.mediaWorkers.living.length);
      },
    });
    new Gauge({
      name: 'causeway_room_media_worker_cpu_seconds',
      help: 'CPU time that the present process of a media worker has used',
      labelNames: ['worker'],
      registers,
      async collect() {
        this.reset();
        for (const { index, usage } of await usageOf(sources.mediaWorkers)) {
          this.set({ worker: index }, (usage.ru_utime + usage.ru_stime) / 1000);
        }
      },
    });
    new Gauge({
      name: 'causeway_room_media_worker_max_resident_bytes',
      help: 'Most memory that the present process of a media worker has held',
      labelNames: ['worker'],
      registers,
      async collect() {
        this.reset();
        for (const { index, usage } of await usageOf(sources.mediaWorkers)) {
          this.set({ worker: index }, usage.ru_maxrss * 1024);
        }
      },
    });
  }
}

/** What the living workers use; one that dies while being asked is left out. */
async function usageOf(
  mediaWorkers: MediaWorkers,
): Promise<{ index: number; usage: types.WorkerResourceUsage }[]> {
  const answers = await Promise.allSettled(
    mediaWorkers.living.map(async ({ index, worker }) => ({
      index,
      usage: await worker.getResourceUsage(),
    })),
  );
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}
