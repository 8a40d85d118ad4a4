import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * Linux network namespaces for tests: hosts that can reach each other only by the links a test
 * makes, and nothing else. Needs root, `ip` (iproute2) and `nft` (nftables).
 *
 * Every namespace carries the prefix `cw<pid>x<n>-`: test processes running side by side cannot
 * meet, and what a killed process left behind is recognised and removed by the next one.
 */

/** Time limit of one command inside a namespace, ms: all of them are local and take milliseconds. */
const EXEC_TIMEOUT_MS = 15_000;
/** How long a process may take to end after SIGTERM, ms, before it gets SIGKILL. */
const STOP_GRACE_MS = 3_000;
/** Interface names have at most 15 characters (IFNAMSIZ - 1). */
const MAX_INTERFACE_NAME = 15;
const NAME = /^[a-z][a-z0-9]{0,11}$/;
const PREFIX = /^cw(\d+)x\d+-/;
const RESOLVER_FOLDER = '/etc/netns';

export interface ExecResult {
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** Text for the command's standard input. */
  input?: string;
  timeoutMs?: number;
  env?: NodeJS.ProcessEnv;
}

export interface Counter {
  packets: number;
  bytes: number;
}

export interface LinkAddresses {
  /** Addresses with prefix length, such as `10.0.0.1/24` or `fd00::1/64`. */
  a: string[];
  b: string[];
}

export interface Link {
  /** Interface name at the first end (the same name is used for its nft rules). */
  a: string;
  b: string;
}

/** A command inside a namespace that ended with an error or not in time. */
class NamespaceCommandError extends Error {
  override readonly name = 'NamespaceCommandError';
  readonly exitCode: number | null;
  readonly stderr: string;
  constructor(message: string, exitCode: number | null, stderr: string) {
    super(message);
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/** Why namespaces cannot be made here, or undefined when they can. For a test's skip message. */
export function namespacesUnavailable(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces exist on Linux only';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const [program, argument] of [
    ['ip', '-V'],
    ['nft', '--version'],
  ] as const) {
    if (spawnSync(program, [argument]).error) return `the program ${program} is not installed`;
  }
  const name = `cw${process.pid}x0-probe`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (made.status !== 0) return `ip netns add failed: ${made.stderr.trim()}`;
  spawnSync('ip', ['netns', 'del', name]);
  return undefined;
}

const NftCounters = z.object({
  nftables: z.array(
    z.looseObject({
      counter: z
        .object({
          name: z.string(),
          packets: z.number().int(),
          bytes: z.number().int(),
        })
        .optional(),
    }),
  ),
});

let instances = 0;
const live = new Set<Namespaces>();
let exitHookSet = false;

/** A group of namespaces that is made and removed together. */
export class Namespaces {
  readonly #prefix: string;
  readonly #names = new Set<string>();
  readonly #children = new Set<ChildProcess>();
  #links = 0;

  constructor() {
    instances += 1;
    this.#prefix = `cw${process.pid}x${instances}-`;
    removeLeftovers();
    live.add(this);
    if (!exitHookSet) {
      exitHookSet = true;
      process.once('exit', () => {
        for (const group of live) group.#removeNow();
      });
    }
  }

  /** Makes a namespace with nothing but its loopback interface. `name`: a letter, then letters or digits. */
  async create(name: string): Promise<void> {
    if (!NAME.test(name)) throw new TypeError(`“${name}” is no namespace name: ${NAME.source}`);
    if (this.#names.has(name)) throw new TypeError(`namespace ${name} exists already`);
    await run('ip', ['netns', 'add', this.systemName(name)], {});
    this.#names.add(name);
    await this.exec(name, ['ip', 'link', 'set', 'lo', 'up']);
    // Without it an IPv6 address is "tentative" and unusable for its first second.
    await this.exec(name, ['sysctl', '-qw', 'net.ipv6.conf.default.accept_dad=0']);
  }

  /** The name that `ip netns` knows, for messages and for programs that take one. */
  systemName(name: string): string {
    return `${this.#prefix}${name}`;
  }

  /** Joins two namespaces by a veth pair, each end with its addresses. */
  async link(a: string, b: string, addresses: LinkAddresses): Promise<Link> {
    this.#require(a);
    this.#require(b);
    const index = this.#links++;
    const ends = { a: interfaceName(b, index), b: interfaceName(a, index) };
    await run(
      'ip',
      [
        ['link', 'add', ends.a, 'netns', this.systemName(a)],
        ['type', 'veth', 'peer', 'name', ends.b, 'netns', this.systemName(b)],
      ].flat(),
      {},
    );
    for (const [name, end, list] of [
      [a, ends.a, addresses.a],
      [b, ends.b, addresses.b],
    ] as const) {
      await this.exec(name, ['ip', 'link', 'set', end, 'up']);
      for (const address of list) {
        await this.exec(name, [
          'ip',
          'address',
          'add',
          address,
          'dev',
          end,
          ...(address.includes(':') ? ['nodad'] : []),
        ]);
      }
    }
    return ends;
  }

  /** Adds an address that belongs to the host itself, reachable from wherever it is routed. */
  async addAddress(name: string, address: string, device = 'lo'): Promise<void> {
    await this.exec(name, ['ip', 'address', 'add', address, 'dev', device]);
  }

  /** Adds a route, `destination` being `default` or an address with prefix length. */
  async route(name: string, destination: string, via: string): Promise<void> {
    const family = via.includes(':') ? '-6' : '-4';
    await this.exec(name, ['ip', family, 'route', 'add', destination, 'via', via]);
  }

  /** Lets a namespace pass packets on between its links. */
  async forward(name: string): Promise<void> {
    await this.exec(name, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
    await this.exec(name, ['sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1']);
  }

  /** Names the resolver of everything that is later run in the namespace by `exec` or `spawn`. */
  resolver(name: string, address: string): void {
    this.#require(name);
    const folder = `${RESOLVER_FOLDER}/${this.systemName(name)}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/resolv.conf`, `nameserver ${address}\noptions timeout:1 attempts:1\n`);
  }

  /**
   * Runs a command to its end.
   * @throws {NamespaceCommandError} it could not start, ended with another code than 0, or took too long.
   */
  async exec(name: string, command: string[], options: ExecOptions = {}): Promise<ExecResult> {
    this.#require(name);
    return await run('ip', ['netns', 'exec', this.systemName(name), ...command], options);
  }

  /** Starts a command that goes on; it is stopped by `destroy` at the latest. */
  spawn(name: string, command: string[], options: SpawnOptions = {}): ChildProcess {
    this.#require(name);
    // `ip netns exec` replaces itself by the command, so the child's pid is the command's.
    const child = spawn('ip', ['netns', 'exec', this.systemName(name), ...command], options);
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** Runs an nft script (`nft -f`), all or nothing. It adds to what is there: begin with `flush ruleset` to replace. */
  async nft(name: string, script: string): Promise<void> {
    await this.exec(name, ['nft', '-f', '-'], { input: script });
  }

  /** The named counters (`counter NAME {}` in a table) of a namespace, by name. */
  async counters(name: string): Promise<Record<string, Counter>> {
    const { stdout } = await this.exec(name, ['nft', '-j', 'list', 'counters']);
    const { nftables } = NftCounters.parse(JSON.parse(stdout));
    const found: Record<string, Counter> = {};
    for (const { counter } of nftables) {
      if (counter) found[counter.name] = { packets: counter.packets, bytes: counter.bytes };
    }
    return found;
  }

  async resetCounters(name: string): Promise<void> {
    await this.exec(name, ['nft', 'reset', 'counters']);
  }

  /** Stops everything that was started here, then removes the namespaces and their links. */
  async destroy(): Promise<void> {
    await Promise.all([...this.#children].map(stop));
    this.#removeNow();
    live.delete(this);
  }

  #require(name: string): void {
    if (!this.#names.has(name)) throw new TypeError(`there is no namespace ${name}`);
  }

  #removeNow(): void {
    for (const name of this.#names) removeNamespace(this.systemName(name));
    this.#names.clear();
  }
}

/** Ends a child and waits for it: SIGTERM, after a grace SIGKILL. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await ended;
  clearTimeout(timer);
}

function interfaceName(peer: string, index: number): string {
  return `${peer.slice(0, MAX_INTERFACE_NAME - 1 - String(index).length)}-${index}`;
}

/** Removes a namespace; a process still in it would keep its links alive, so it is ended first. */
function removeNamespace(systemName: string): void {
  const pids = spawnSync('ip', ['netns', 'pids', systemName], { encoding: 'utf8' });
  for (const pid of pids.stdout.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
  spawnSync('ip', ['netns', 'del', systemName]);
  rmSync(`${RESOLVER_FOLDER}/${systemName}`, { recursive: true, force: true });
}

/** Removes the namespaces of test processes that no longer run. */
function removeLeftovers(): void {
  const listed = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' });
  const names = listed.stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
  const folders = listFolder(RESOLVER_FOLDER);
  for (const name of new Set([...names, ...folders])) {
    const pid = Number(PREFIX.exec(name)?.[1] ?? Number.NaN);
    if (Number.isInteger(pid) && !isRunning(pid)) removeNamespace(name);
  }
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function run(file: string, args: string[], options: ExecOptions): Promise<ExecResult> {
  const timeoutMs = options.timeoutMs ?? EXEC_TIMEOUT_MS;
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.env ? { env: options.env } : {}),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that reads no input may close it before we have written.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const shown = `${file} ${args.join(' ')}`;
  return await new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new NamespaceCommandError(`${shown}: ${error.message}`, null, stderr));
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      if (late) {
        reject(new NamespaceCommandError(`${shown}: not done in ${timeoutMs} ms`, code, stderr));
      } else if (code !== 0) {
        reject(
          new NamespaceCommandError(
            `${shown}: ended with code ${code}: ${stderr.trim()}`,
            code,
            stderr,
          ),
        );
      } else resolve({ stdout, stderr });
    });
  });
}
