import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { CoturnEvent } from './turn/coturn-log.ts';
import { processUse } from './turn/program.ts';
import type { TurnSupervisor } from './turn/supervisor.ts';

/** What Prometheus reads. No metric carries a room, a person or an address. */
export class ProxyMetrics {
  readonly registry = new Registry();

  readonly discovery = this.#counter(
    'discovery_requests_total',
    'Discovery requests by result',
    'result',
  );
  readonly refused = this.#counter(
    'refused_total',
    'Connections and requests refused before they were looked at',
    'reason',
  );
  readonly signalingOpen = this.#gauge('signaling_connections', 'Signaling connections now');
  readonly signalingOpened = this.#counter(
    'signaling_opened_total',
    'Signaling connections relayed',
  );
  readonly signalingClosed = this.#counter(
    'signaling_closed_total',
    'Signaling connections ended, by close code',
    'code',
  );
  readonly signalingBytes = this.#counter(
    'signaling_bytes_total',
    'Signaling payload relayed',
    'direction',
  );
  readonly signalingMessages = this.#counter(
    'signaling_messages_total',
    'Signaling messages relayed',
    'direction',
  );
  readonly originFailures = this.#counter(
    'origin_failures_total',
    'Room servers that could not be reached',
  );

  readonly #turnRestarts = this.#counter('turn_restarts_total', 'Times coturn was started again');
  readonly #allocations = this.#gauge('turn_allocations', 'Relay allocations now');
  readonly #allocated = this.#counter('turn_allocations_total', 'Relay allocations made');
  readonly #turnBytes = this.#counter(
    'turn_bytes_total',
    'Relayed traffic: leg client or peer (room server), direction as coturn sees it',
    'leg',
    'direction',
  );
  readonly #turnRefused = this.#counter(
    'turn_refused_total',
    'TURN requests refused, by error code (401 is also every first request)',
    'code',
  );
  readonly #peersDenied = this.#counter(
    'turn_peers_denied_total',
    'Attempts to be relayed to an address that is no room server',
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry, prefix: 'causeway_proxy_' });
  }

  /** @param up Asked at each scrape. */
  watchRelay(up: () => boolean): void {
    new Gauge({
      name: 'causeway_proxy_turn_up',
      help: 'Whether the media relay answers (1) or not (0)',
      registers: [this.registry],
      collect() {
        this.set(up() ? 1 : 0);
      },
    });
  }

  watchCoturn(supervisor: TurnSupervisor): void {
    const sessions = new Set<string>();
    supervisor.on('event', (event) => this.#takeCoturnEvent(event, sessions));
    supervisor.on('restart', () => this.#turnRestarts.inc());
    supervisor.on('ended', () => {
      sessions.clear();
      this.#allocations.set(0);
    });
    const use = async () =>
      supervisor.pid === undefined ? undefined : await processUse(supervisor.pid);
    const registers = [this.registry];
    new Gauge({
      name: 'causeway_proxy_turn_cpu_seconds',
      help: 'CPU time of the running coturn process',
      registers,
      async collect() {
        this.set((await use())?.cpuSeconds ?? 0);
      },
    });
    new Gauge({
      name: 'causeway_proxy_turn_resident_bytes',
      help: 'Memory of the running coturn process',
      registers,
      async collect() {
        this.set((await use())?.residentBytes ?? 0);
      },
    });
  }

  #takeCoturnEvent(event: CoturnEvent, sessions: Set<string>): void {
    switch (event.type) {
      case 'allocated':
        sessions.add(event.session);
        this.#allocations.set(sessions.size);
        this.#allocated.inc();
        return;
      case 'ended':
        sessions.delete(event.session);
        this.#allocations.set(sessions.size);
        return;
      case 'traffic':
        this.#turnBytes.inc({ leg: event.leg, direction: 'received' }, event.receivedBytes);
        this.#turnBytes.inc({ leg: event.leg, direction: 'sent' }, event.sentBytes);
        return;
      case 'refused':
        this.#turnRefused.inc({ code: String(event.code) });
        return;
      case 'peer-denied':
        this.#peersDenied.inc();
        return;
    }
  }

  #counter<Label extends string>(name: string, help: string, ...labelNames: Label[]) {
    return new Counter<Label>({
      name: `causeway_proxy_${name}`,
      help,
      labelNames,
      registers: [this.registry],
    });
  }

  #gauge(name: string, help: string) {
    return new Gauge({ name: `causeway_proxy_${name}`, help, registers: [this.registry] });
  }
}
