import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../shared/logger.ts';
import { TokenBucket } from '../../shared/rate-limit.ts';
import { StartupError } from '../../shared/startup-error.ts';
import type { TlsFiles } from '../../shared/tls.ts';
import {
  TURN_LOG_TAIL_LINES,
  TURN_PROBE_INTERVAL_MS,
  TURN_PROBES_UNTIL_DOWN,
  TURN_RESTART_MAX_MS,
  TURN_RESTART_MIN_MS,
  TURN_STABLE_MS,
  TURN_START_PROBE_MS,
  TURN_START_TIMEOUT_MS,
  TURN_STOP_TIMEOUT_MS,
} from '../limits.ts';
import { renderCoturnConfig } from './coturn-config.ts';
import { readCoturnLine } from './coturn-log.ts';
import type { CoturnEvent } from './coturn-log.ts';
import { settlePorts } from './ports.ts';
import { probeTurn } from './probe.ts';
import { findProgram } from './program.ts';
import type { TurnSecrets } from './secrets.ts';
import type { OwnTurn } from './settings.ts';
import { TurnWorkingFolder } from './working-folder.ts';

/** Lines of coturn's own warnings that reach our log, at once and per second. */
const WARNING_RATE = { capacity: 20, perSecond: 2 };
/** A wrong user name is an everyday thing (expired credentials) and counted, not logged. */
const EVERYDAY = /check_stun_auth|A peer IP/;

export interface SupervisorEvents {
  state: [up: boolean];
  event: [event: CoturnEvent];
  /** coturn ended; its allocations are gone. */
  ended: [];
  restart: [];
}

/** Keeps one coturn running: starts it, probes it, starts it again when it dies or hangs. */
export class TurnSupervisor extends EventEmitter<SupervisorEvents> {
  /** With real port numbers. */
  readonly settings: OwnTurn;
  readonly #logger: Logger;
  readonly #folder: TurnWorkingFolder;
  readonly #command: [string, ...string[]];
  readonly #warnings = new TokenBucket(WARNING_RATE);
  readonly #tail: string[] = [];
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #up = false;
  #finished: Promise<void> = Promise.resolve();

  private constructor(
    settings: OwnTurn,
    folder: TurnWorkingFolder,
    command: [string, ...string[]],
    logger: Logger,
  ) {
    super();
    this.settings = settings;
    this.#folder = folder;
    this.#command = command;
    this.#logger = logger;
  }

  /**
   * Starts coturn and waits until it answers.
   * @throws {StartupError} program missing, port taken, or coturn does not come up (with its words).
   */
  static async start(
    wanted: OwnTurn,
    secrets: TurnSecrets,
    tls: TlsFiles | undefined,
    logger: Logger,
    watch: (supervisor: TurnSupervisor) => void,
  ): Promise<TurnSupervisor> {
    const program = await findProgram(wanted.program);
    if (program === undefined) {
      throw new StartupError(
        `coturn’s program “${wanted.program}” was not found. Install coturn, name the program by --turnserver, or use --turn off.`,
      );
    }
    const settings = await settlePorts(wanted);
    const folder = await TurnWorkingFolder.create(settings.realm, secrets);
    try {
      const text = renderCoturnConfig(settings, {
        folder: folder.path,
        databaseFile: folder.databaseFile,
        tls,
      });
      const file = await folder.write('turnserver.conf', text);
      const command = await endWithParent([program, '-c', file]);
      const supervisor = new TurnSupervisor(settings, folder, command, logger);
      watch(supervisor);
      await supervisor.#begin();
      return supervisor;
    } catch (error) {
      await folder.remove();
      throw error;
    }
  }

  get up(): boolean {
    return this.#up;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** The next allocation is checked against these. */
  setSecrets(secrets: TurnSecrets): void {
    this.#folder.setSecrets(secrets);
  }

  /** coturn reads certificate and key again; TLS connections that exist go on. */
  reloadCertificate(): void {
    this.#child?.kill('SIGUSR2');
  }

  /** Ends coturn, and with it every allocation. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#child) await end(this.#child);
    await this.#finished;
    await this.#folder.remove();
  }

  async #begin(): Promise<void> {
    const child = this.#spawn();
    const came = await this.#untilUp(child);
    if (!came) {
      await end(child);
      const words = this.#tail.at(-1);
      throw new StartupError(
        `coturn did not come up within ${TURN_START_TIMEOUT_MS / 1000} s${words ? `; its last words: ${words}` : ''}.`,
      );
    }
    this.#setUp(true);
    this.#finished = this.#superviseFrom(child);
  }

  async #superviseFrom(first: ChildProcess): Promise<void> {
    let child = first;
    let wait = TURN_RESTART_MIN_MS;
    for (;;) {
      const startedAt = performance.now();
      await this.#watchUntilEnd(child);
      this.#setUp(false);
      this.emit('ended');
      if (this.#isStopping()) return;
      if (performance.now() - startedAt > TURN_STABLE_MS) wait = TURN_RESTART_MIN_MS;
      this.#logger.error(
        { exitCode: child.exitCode, signal: child.signalCode, restartInMs: wait },
        'coturn ended; it is started again',
      );
      await delay(wait, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      if (this.#isStopping()) return;
      wait = Math.min(wait * 2, TURN_RESTART_MAX_MS);
      this.emit('restart');
      child = this.#spawn();
      if (await this.#untilUp(child)) {
        this.#setUp(true);
        this.#logger.info({ pid: child.pid }, 'coturn is up again');
      } else if (!hasEnded(child)) {
        await end(child);
      }
    }
  }

  /** Resolves when the process has ended, by itself or because it no longer answered. */
  async #watchUntilEnd(child: ChildProcess): Promise<void> {
    const ended = hasEnded(child) ? Promise.resolve() : once(child, 'close');
    let failed = 0;
    for (;;) {
      const timer = new AbortController();
      const next = delay(TURN_PROBE_INTERVAL_MS, 'probe', { signal: timer.signal }).catch(
        () => undefined,
      );
      if ((await Promise.race([ended, next])) !== 'probe') {
        timer.abort();
        return;
      }
      failed = (await this.#probe()) ? 0 : failed + 1;
      if (failed >= TURN_PROBES_UNTIL_DOWN && !hasEnded(child)) {
        this.#logger.error('coturn runs but does not answer; it is ended');
        this.#setUp(false);
        await end(child);
      }
    }
  }

  async #untilUp(child: ChildProcess): Promise<boolean> {
    const deadline = performance.now() + TURN_START_TIMEOUT_MS;
    while (performance.now() < deadline && !hasEnded(child) && !this.#isStopping()) {
      if (await this.#probe()) return !hasEnded(child);
      await delay(TURN_START_PROBE_MS);
    }
    return false;
  }

  async #probe(): Promise<boolean> {
    return await probeTurn(this.settings.listenIps[0] ?? '127.0.0.1', this.settings.port);
  }

  #spawn(): ChildProcess {
    const [program, ...args] = this.#command;
    const child = spawn(program, args, {
      cwd: this.#folder.path,
      // coturn needs nothing of our environment, which may hold secrets.
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C goes to the whole process group, but calls go on until the gateway ends coturn.
      detached: true,
    });
    this.#child = child;
    child.on('error', (error) => this.#logger.error({ err: error }, 'coturn cannot be run'));
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => this.#takeLine(line));
    }
    return child;
  }

  #takeLine(line: string): void {
    // "12: : text", or "12: : ERROR: text": seconds since its start.
    const text = line.replace(/^\d+: : /, '').trim();
    if (text === '') return;
    const event = readCoturnLine(text);
    if (event) this.emit('event', event);
    if (this.#logger.isLevelEnabled('debug')) this.#logger.debug({ coturn: text }, 'coturn');
    if (text.startsWith('session ')) return;
    this.#tail.push(text);
    if (this.#tail.length > TURN_LOG_TAIL_LINES) this.#tail.shift();
    if (text.startsWith('ERROR') && !EVERYDAY.test(text) && this.#warnings.tryTake()) {
      this.#logger.warn({ coturn: text }, 'coturn reports an error');
    }
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #setUp(up: boolean): void {
    if (this.#up === up) return;
    this.#up = up;
    this.emit('state', up);
  }
}

/**
 * Lets the kernel end coturn when the gateway is killed without a chance to do it: an orphan would
 * hold the ports, with secrets that nobody can change any more.
 */
async function endWithParent(command: [string, ...string[]]): Promise<[string, ...string[]]> {
  const setpriv = process.platform === 'linux' ? await findProgram('setpriv') : undefined;
  return setpriv === undefined ? command : [setpriv, '--pdeathsig', 'TERM', '--', ...command];
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), TURN_STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}
