import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import { TEST_TOKEN_SECRET } from '../fixtures/tokens.ts';
import type { Namespaces } from './namespaces.ts';

/**
 * A Cloud Proxy as IT sets it up: nginx, nftables and the environment file of `deploy/`, as they
 * are, in a namespace. Only what the environment file itself asks to be changed is changed.
 */

const DEPLOY = join(import.meta.dirname, '../../deploy');
const PROGRAM = join(import.meta.dirname, '../../server/proxy/main.ts');
/** The values in the example that a site replaces; in a test these stand for the test's own. */
const SITE_SETTINGS = [
  'CAUSEWAY_PROXY_PUBLIC_HOST',
  'CAUSEWAY_PUBLIC_IPV4',
  'CAUSEWAY_PROXY_TURN_LISTEN_IP',
  'CAUSEWAY_PROXY_TURN_RELAY_IP',
  'CAUSEWAY_PROXY_ORIGIN',
  'CAUSEWAY_PROXY_TURN_PEER',
  'CAUSEWAY_PROXY_TLS_CERT',
  'CAUSEWAY_PROXY_TLS_KEY',
] as const;
const START_TIMEOUT_MS = 20_000;

const ONE_PORT_TURN_SECRET = 'a-relay-secret-of-the-tests-and-of-nothing-else';

export interface OnePortProxyOptions {
  namespaces: Namespaces;
  /** The namespace of the proxy. */
  name: string;
  /** The proxy's address. */
  address: string;
  /** Names and addresses by which clients may reach it. */
  publicHosts: string[];
  /** `https://…` of the room servers. */
  origins: string[];
  /** Media addresses of the room servers. */
  peers: string[];
  /** Certificate of the proxy, and the authority of the room servers' certificates. */
  certificate: string;
  key: string;
  originCa: string;
  /** Further settings. */
  settings?: Record<string, string>;
  /** A folder for nginx's pid file. */
  folder: string;
}

export interface OnePortProxy {
  /** Everything the gateway has logged. */
  readonly said: string[];
  /** Everything nginx has logged. */
  readonly nginxSaid: string[];
  readonly gatewayPid: number;
  readonly nginxPid: number;
  /** Answers the gateway's health, asked inside the namespace. */
  health(): Promise<unknown>;
}

/** @throws when the gateway or nginx does not come up: with what they said. */
export async function startOnePortProxy(options: OnePortProxyOptions): Promise<OnePortProxy> {
  const { namespaces, name, address } = options;
  await namespaces.exec(name, [
    ...['nft', '-D', `public_ipv4=${address}`, '-f', join(DEPLOY, 'nftables/udp-443.nft')],
  ]);
  const settings = await environment(options);
  const gateway = namespaces.spawn(name, [process.execPath, PROGRAM], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  await untilSaid(gateway, 'the gateway', said, (line) => line.includes('"event":"ready"'));

  const nginxSaid: string[] = [];
  const nginx = namespaces.spawn(
    name,
    [
      ...['nginx', '-c', join(DEPLOY, 'nginx/nginx.conf')],
      // What Debian's unit sets in its own way: where the pid goes, and that systemd watches it.
      ...['-g', `daemon off; pid ${join(options.folder, 'nginx.pid')}; error_log stderr notice;`],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await untilSaid(nginx, 'nginx', nginxSaid, (line) => line.includes('start worker process'));
  return {
    said,
    nginxSaid,
    gatewayPid: gateway.pid ?? 0,
    nginxPid: nginx.pid ?? 0,
    async health() {
      const { stdout } = await namespaces.exec(name, [
        process.execPath,
        '-e',
        `fetch('http://127.0.0.1:9465/healthz').then((r) => r.text()).then((t) => console.log(t))`,
      ]);
      return JSON.parse(stdout) as unknown;
    },
  };
}

async function environment(options: OnePortProxyOptions): Promise<Record<string, string>> {
  const example = parseEnv(await readFile(join(DEPLOY, 'proxy.env.example'), 'utf8'));
  const own: Record<(typeof SITE_SETTINGS)[number], string> = {
    CAUSEWAY_PROXY_PUBLIC_HOST: options.publicHosts.join(','),
    CAUSEWAY_PUBLIC_IPV4: options.address,
    CAUSEWAY_PROXY_TURN_LISTEN_IP: `${options.address},127.0.0.1`,
    CAUSEWAY_PROXY_TURN_RELAY_IP: options.address,
    CAUSEWAY_PROXY_ORIGIN: options.origins.join(','),
    CAUSEWAY_PROXY_TURN_PEER: options.peers.join(','),
    CAUSEWAY_PROXY_TLS_CERT: options.certificate,
    CAUSEWAY_PROXY_TLS_KEY: options.key,
  };
  for (const setting of SITE_SETTINGS) {
    if (example[setting] === undefined) throw new Error(`proxy.env.example has no ${setting}`);
  }
  // The secrets of the tests come by the environment instead.
  const kept = Object.entries(example).filter(([setting]) => !setting.endsWith('_SECRET_FILE'));
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    ...own,
    CAUSEWAY_PROXY_ORIGIN_CA: options.originCa,
    CAUSEWAY_PROXY_TURN_SECRET: ONE_PORT_TURN_SECRET,
    CAUSEWAY_TOKEN_SECRET: TEST_TOKEN_SECRET,
    CAUSEWAY_PROXY_DRAIN_SECONDS: '0',
    ...options.settings,
  };
}

async function untilSaid(
  child: ReturnType<Namespaces['spawn']>,
  what: string,
  said: string[],
  isReady: (line: string) => boolean,
): Promise<void> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error(`${what} has no output to read`);
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), START_TIMEOUT_MS);
  try {
    await Promise.race([
      new Promise<void>((resolve) => {
        for (const stream of [stdout, stderr]) {
          createInterface({ input: stream }).on('line', (line) => {
            said.push(line);
            if (isReady(line)) resolve();
          });
        }
      }),
      once(child, 'close', { signal: giveUp.signal }).then(() => {
        throw new Error('it ended');
      }),
    ]);
  } catch (error) {
    throw new Error(`${what} did not come up: ${said.slice(-10).join('\n')}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
