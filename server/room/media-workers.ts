import { access, constants } from 'node:fs/promises';
import { createWorker, setLogEventListeners, type types, workerBin } from 'mediasoup';
import type { Logger } from '../shared/logger.ts';
import { StartupError } from '../shared/startup-error.ts';
import { listenInfos } from './media-addresses.ts';
import { MEDIA_CODECS } from './media-codecs.ts';
import { findFreePort } from './media-ports.ts';

/**
 * The mediasoup worker processes: one per core, each with one `WebRtcServer` on a UDP and TCP port
 * of its own (two processes cannot share one). A worker that dies is replaced.
 */

/** First pause before a worker that died young is replaced, ms; doubles up to the longest. */
const FIRST_RESTART_PAUSE_MS = 250;
const LONGEST_RESTART_PAUSE_MS = 10_000;

/** A worker that lived this long, ms, died by chance and is replaced at once. */
const HEALTHY_LIFETIME_MS = 60_000;

/** How long a new room waits for a worker that is being replaced, ms; a start takes about 50. */
const WAIT_FOR_WORKER_MS = 3_000;

export interface MediaWorkersOptions {
  count: number;
  listenIps: readonly string[];
  announcedAddresses: readonly string[];
  /** Port of the first worker, +1 for each further; 0 = free ones. */
  basePort: number;
  logger: Logger;
  onDied(): void;
}

/** One place for a worker: port and number stay when the process is replaced. */
interface Slot {
  readonly index: number;
  port: number;
  current:
    { worker: types.Worker; webRtcServer: types.WebRtcServer; startedAt: number } | undefined;
  /** Open transports, the measure of load. */
  transports: number;
  /** Deaths in a row, each within {@link HEALTHY_LIFETIME_MS}. */
  earlyDeaths: number;
  restart: NodeJS.Timeout | undefined;
}

/** What a room gets: its router and the server that its transports listen with. */
export interface RoomMedia {
  router: types.Router;
  webRtcServer: types.WebRtcServer;
}

/** No worker is alive and none came up in time. */
export class NoMediaWorker extends Error {
  override readonly name = 'NoMediaWorker';
}

export class MediaWorkers {
  readonly #options: MediaWorkersOptions;
  readonly #slots: Slot[];
  readonly #waiting = new Set<() => void>();
  #stopped = false;

  private constructor(options: MediaWorkersOptions) {
    this.#options = options;
    this.#slots = Array.from({ length: options.count }, (_, index) => ({
      index,
      port: options.basePort === 0 ? 0 : options.basePort + index,
      current: undefined,
      transports: 0,
      earlyDeaths: 0,
      restart: undefined,
    }));
  }

  /** @throws {StartupError} the worker program is missing, or a port cannot be used. */
  static async start(options: MediaWorkersOptions): Promise<MediaWorkers> {
    await checkWorkerProgram();
    forwardMediasoupLogs(options.logger);
    const workers = new MediaWorkers(options);
    try {
      // One after the other: with free ports, two at once could find the same.
      for (const slot of workers.#slots) await workers.#startSlot(slot);
    } catch (error) {
      workers.stop();
      throw error;
    }
    return workers;
  }

  get ports(): number[] {
    return this.#slots.map((slot) => slot.port);
  }

  /** The living workers, by number. */
  get living(): { index: number; worker: types.Worker }[] {
    return this.#slots.flatMap(({ index, current }) =>
      current ? [{ index, worker: current.worker }] : [],
    );
  }

  get expected(): number {
    return this.#slots.length;
  }

  /**
   * Makes a router on the worker with the fewest transports.
   * @throws {NoMediaWorker}
   */
  async createRoomMedia(): Promise<RoomMedia> {
    const slot = this.#leastLoaded() ?? (await this.#nextLiving());
    const current = slot?.current;
    if (!slot || !current) throw new NoMediaWorker('no media worker is running');
    const router = await current.worker.createRouter({ mediaCodecs: MEDIA_CODECS });
    router.observer.on('newtransport', (transport) => {
      slot.transports += 1;
      transport.observer.once('close', () => {
        slot.transports -= 1;
      });
    });
    return { router, webRtcServer: current.webRtcServer };
  }

  /**
   * From now on workers may end without being missed: Ctrl-C in a terminal reaches them as well as
   * this process.
   */
  expectEnd(): void {
    this.#stopped = true;
    setLogEventListeners();
  }

  stop(): void {
    this.expectEnd();
    for (const slot of this.#slots) {
      clearTimeout(slot.restart);
      slot.current?.worker.close();
      slot.current = undefined;
    }
    this.#wakeWaiting();
  }

  #leastLoaded(): Slot | undefined {
    return this.#slots
      .filter((slot) => slot.current)
      .toSorted((a, b) => a.transports - b.transports)[0];
  }

  async #nextLiving(): Promise<Slot | undefined> {
    if (this.#stopped) return undefined;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, WAIT_FOR_WORKER_MS);
      this.#waiting.add(done);
    });
    return this.#leastLoaded();
  }

  #wakeWaiting(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  async #startSlot(slot: Slot): Promise<void> {
    const { listenIps, announcedAddresses, logger } = this.#options;
    if (slot.port === 0) slot.port = await findFreePort(listenIps);
    const worker = await createWorker({ logLevel: 'warn' });
    let webRtcServer: types.WebRtcServer;
    try {
      webRtcServer = await worker.createWebRtcServer({
        listenInfos: listenInfos(listenIps, announcedAddresses, slot.port),
      });
    } catch (error) {
      worker.close();
      throw new StartupError(explainBindFailure(error, slot.port));
    }
    if (this.#stopped) {
      worker.close();
      return;
    }
    slot.current = { worker, webRtcServer, startedAt: performance.now() };
    worker.once('died', (error) => this.#died(slot, error));
    logger.info({ worker: slot.index, workerPid: worker.pid, port: slot.port }, 'media worker up');
    this.#wakeWaiting();
  }

  #died(slot: Slot, error: Error): void {
    const lifetimeMs = performance.now() - (slot.current?.startedAt ?? 0);
    slot.current = undefined;
    if (this.#stopped) return;
    slot.earlyDeaths = lifetimeMs < HEALTHY_LIFETIME_MS ? slot.earlyDeaths + 1 : 0;
    this.#options.logger.error(
      { worker: slot.index, cause: error.message, lifetimeMs: Math.round(lifetimeMs) },
      'media worker died; its rooms are closed',
    );
    this.#options.onDied();
    this.#scheduleRestart(slot);
  }

  #scheduleRestart(slot: Slot): void {
    if (this.#stopped) return;
    // The first early death may be chance: replaced at once. From the second on it is a pattern.
    const pauses = slot.earlyDeaths - 2;
    const pause =
      pauses < 0 ? 0 : Math.min(FIRST_RESTART_PAUSE_MS * 2 ** pauses, LONGEST_RESTART_PAUSE_MS);
    slot.restart = setTimeout(() => {
      this.#startSlot(slot).catch((error: unknown) => {
        slot.earlyDeaths += 1;
        this.#options.logger.error(
          { worker: slot.index, err: error },
          'media worker does not start',
        );
        this.#scheduleRestart(slot);
      });
    }, pause);
  }
}

async function checkWorkerProgram(): Promise<void> {
  try {
    await access(workerBin, constants.X_OK);
  } catch {
    throw new StartupError(
      `The media worker program is missing: ${workerBin} is not there or cannot be run. Run the set-up, or set MEDIASOUP_WORKER_BIN to the program.`,
    );
  }
}

function explainBindFailure(error: unknown, port: number): string {
  const text = error instanceof Error ? error.message : String(error);
  const where = /protocol:(\w+), ip:'([^']*)'/.exec(text);
  const what = `${where?.[1]?.toUpperCase() ?? 'UDP or TCP'} port ${port} on ${where?.[2] ?? 'the media address'}`;
  if (text.includes('address already in use')) {
    return `${what} is in use by another program. End it, or choose another port with --media-port.`;
  }
  if (text.includes('address not available')) {
    return `${what} cannot be opened: this computer does not have that address. Correct --listen-ip.`;
  }
  if (text.includes('permission denied')) {
    return `${what} may not be opened by this user. Choose a port of 1024 or more with --media-port.`;
  }
  return `${what} cannot be opened: ${text}`;
}

function forwardMediasoupLogs(logger: Logger): void {
  setLogEventListeners({
    onwarn: (namespace, log) => logger.warn({ namespace }, log),
    onerror: (namespace, log, error) =>
      logger.error({ namespace, ...(error ? { err: error } : {}) }, log),
  });
}
