import { once } from 'node:events';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateFiles } from '../fixtures/certificates.ts';
import { stop, type Namespaces } from './namespaces.ts';

/** A company's HTTP proxy: squid, in a namespace. */

const run = promisify(execFile);
const SQUID = '/usr/sbin/squid';
const HELPERS = '/usr/lib/squid';
/** squid gives root up for this user, and opens its logs as it. */
const USER = 'proxy';
const START_TIMEOUT_MS = 20_000;
/** Both lead to the same squid; a PAC file can tell them apart. */
export const SQUID_PORTS = [3128, 3129] as const;

export interface SquidOptions {
  namespaces: Namespaces;
  /** The namespace of the HTTP proxy. */
  name: string;
  /** Of this one squid: certificates, passwords, logs. Every folder above may be entered by anybody. */
  folder: string;
  /** Destination ports that CONNECT may lead to; absent: any. */
  connectPorts?: readonly number[];
  /** Basic authentication, with this one user. */
  login?: { user: string; password: string };
  /** TLS is opened and looked into, under certificates of this authority. */
  inspection?: { authority: CertificateFiles; trusted: string };
}

export interface Squid {
  /** What it was asked for: `3128 CONNECT proxy.example.com:443 200`, in the order of the ends. */
  log(): Promise<string[]>;
  /** Dies at once, its connections with it. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Why squid cannot run here, or undefined. */
export function squidUnavailable(): string | undefined {
  return existsSync(SQUID) && existsSync(join(HELPERS, 'security_file_certgen'))
    ? undefined
    : 'squid-openssl is not installed';
}

/** @throws when squid does not come up: with what it said. */
export async function startSquid(options: SquidOptions): Promise<Squid> {
  const { namespaces, name, folder } = options;
  await mkdir(folder, { recursive: true });
  const [uid, gid] = await Promise.all(['-u', '-g'].map((what) => idOf(what)));
  const log = join(folder, 'access.log');
  const configuration = join(folder, 'squid.conf');
  await writeFile(log, '');
  await writeFile(configuration, await configurationOf(options, log));
  await chmod(folder, 0o755);
  for (const path of [folder, log]) await chown(path, uid ?? 0, gid ?? 0);
  const child = namespaces.spawn(name, [SQUID, '-N', '-d', '1', '-f', configuration], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  const { stderr } = child;
  if (!stderr) throw new Error('squid has no standard error');
  const giveUp = AbortSignal.timeout(START_TIMEOUT_MS);
  try {
    await Promise.race([
      new Promise<void>((resolve) => {
        createInterface({ input: stderr }).on('line', (line) => {
          said.push(line);
          if (/Accepting .*HTTP Socket connections/.test(line)) resolve();
        });
      }),
      once(child, 'close', { signal: giveUp }).then(() => {
        throw new Error('it ended');
      }),
    ]);
  } catch (error) {
    await stop(child);
    throw new Error(`squid did not come up: ${said.slice(-15).join('\n')}`, { cause: error });
  }
  return {
    log: async () => (await readFile(log, 'utf8')).split('\n').filter((line) => line !== ''),
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    stop: () => stop(child),
  };
}

async function idOf(what: string): Promise<number> {
  return Number((await run('id', [what, USER])).stdout);
}

async function configurationOf(options: SquidOptions, log: string): Promise<string> {
  const { folder, connectPorts, login, inspection } = options;
  const lines = [
    'visible_hostname http-proxy.test',
    'pid_filename none',
    'cache deny all',
    'cache_log /dev/null',
    'shutdown_lifetime 0 seconds',
    'connect_timeout 3 seconds',
    // Its own requests and its loopback services are nobody's here.
    'pinger_enable off',
    'logformat asked %>lp %rm %ru %>Hs',
    `access_log stdio:${log} asked`,
    'logfile_rotate 0',
    'acl CONNECT method CONNECT',
  ];
  if (login) {
    const passwords = join(folder, 'passwords');
    const { stdout } = await run('openssl', ['passwd', '-apr1', login.password]);
    await writeFile(passwords, `${login.user}:${stdout.trim()}\n`);
    lines.push(
      `auth_param basic program ${HELPERS}/basic_ncsa_auth ${passwords}`,
      'auth_param basic children 1',
      'auth_param basic realm Company network',
      'acl signed_in proxy_auth REQUIRED',
      'http_access deny !signed_in',
    );
  }
  if (connectPorts) {
    lines.push(`acl allowed port ${connectPorts.join(' ')}`, 'http_access deny CONNECT !allowed');
  }
  lines.push('http_access allow all');
  if (inspection) {
    lines.push(...(await inspectionLines(folder, inspection)));
  } else {
    lines.push(...SQUID_PORTS.map((port) => `http_port ${port}`));
  }
  return `${lines.join('\n')}\n`;
}

async function inspectionLines(
  folder: string,
  { authority, trusted }: NonNullable<SquidOptions['inspection']>,
): Promise<string[]> {
  const files = {
    certificate: join(folder, 'inspection.pem'),
    key: join(folder, 'inspection.key'),
  };
  await copyFile(authority.certificate, files.certificate);
  await copyFile(authority.key, files.key);
  const database = join(folder, 'certificates');
  await run(`${HELPERS}/security_file_certgen`, ['-c', '-s', database, '-M', '4MB']);
  await run('chown', ['-R', `${USER}:`, database]);
  return [
    `http_port ${SQUID_PORTS[0]} ssl-bump cert=${files.certificate} key=${files.key} generate-host-certificates=on dynamic_cert_mem_cache_size=4MB`,
    `sslcrtd_program ${HELPERS}/security_file_certgen -s ${database} -M 4MB`,
    'sslcrtd_children 1',
    `tls_outgoing_options cafile=${trusted}`,
    'acl first_step at_step SslBump1',
    'ssl_bump peek first_step',
    'ssl_bump bump all',
    // What is no HTTP, TURN above all, is carried on as it is.
    'on_unsupported_protocol tunnel all',
    'http_upgrade_request_protocols websocket allow all',
  ];
}
