import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { CertificateFiles } from '../../tests/fixtures/certificates.ts';
import { TEST_TOKEN_SECRET } from '../../tests/fixtures/tokens.ts';

/** The processes that are measured. Each on its own, as in real life. */

const GATEWAY = join(import.meta.dirname, '../../server/proxy/main.ts');
const ORIGIN = join(import.meta.dirname, 'echo-origin.ts');
export const BENCH_TURN_SECRET = 'a-relay-secret-of-the-benchmark-and-of-nothing-else';

const Ready = z.looseObject({
  event: z.literal('ready'),
  url: z.string(),
  adminPort: z.number(),
  turn: z.looseObject({ port: z.number() }),
});

export interface Gateway {
  pid: number;
  /** `wss://host:port`. */
  url: string;
  turnPort: number;
  /** The running coturn's CPU time, s, as the gateway's metrics tell it. */
  coturnCpuSeconds(): Promise<number>;
  stop(): Promise<void>;
}

export async function startGateway(
  originUrl: string,
  files: CertificateFiles,
  originCa: string,
): Promise<Gateway> {
  const child = spawn(
    process.execPath,
    [
      GATEWAY,
      ...['--port=0', '--admin-port=0', '--turn-port=0', '--turn-tls-port=0'],
      ...[`--origin=${originUrl}`, `--origin-ca=${originCa}`, '--turn-peer=127.0.0.1'],
      ...[`--tls-cert=${files.certificate}`, `--tls-key=${files.key}`],
      // The load comes from one address, all at once, and is meant.
      ...['--max-requests-per-second=10000', '--max-connections-per-address=0'],
      ...['--turn-max-bitrate=10000000000', '--drain-seconds=0'],
    ],
    {
      env: {
        ...process.env,
        CAUSEWAY_TOKEN_SECRET: TEST_TOKEN_SECRET,
        CAUSEWAY_PROXY_TURN_SECRET: BENCH_TURN_SECRET,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const line = await firstLine(child, (text) => text.includes('"event":"ready"'));
  const { url, adminPort, turn } = Ready.parse(JSON.parse(line));
  return {
    pid: child.pid ?? 0,
    url: url.replace(/^http/, 'ws'),
    turnPort: turn.port,
    async coturnCpuSeconds() {
      const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
      const found = /^causeway_proxy_turn_cpu_seconds (\S+)$/m.exec(await response.text());
      return Number(found?.[1]);
    },
    stop: async () => await stop(child),
  };
}

export interface EchoOrigin {
  pid: number;
  /** `https://host:port`. */
  url: string;
  stop(): Promise<void>;
}

export async function startEchoOrigin(files: CertificateFiles): Promise<EchoOrigin> {
  const child = spawn(process.execPath, [ORIGIN, files.certificate, files.key], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await firstLine(child, () => true);
  return {
    pid: child.pid ?? 0,
    url: `https://127.0.0.1:${port}`,
    stop: async () => await stop(child),
  };
}

async function firstLine(child: ChildProcess, wanted: (line: string) => boolean): Promise<string> {
  const { stdout } = child;
  if (!stdout) throw new Error('the process has no output to read');
  return await new Promise((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`a server ended with code ${code}`)));
    createInterface({ input: stdout }).on('line', (line) => {
      if (wanted(line)) resolve(line);
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
}
