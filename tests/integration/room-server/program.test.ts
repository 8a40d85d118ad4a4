import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { mkdtemp } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { TestAuthority } from '../../fixtures/certificates.ts';
import { TEST_TOKEN_SECRET, testToken } from '../../fixtures/tokens.ts';
import { refusal, SignalingClient } from './signaling-client.ts';

/** The server as a program: what it prints, how it ends. */

const PROGRAM = join(import.meta.dirname, '../../../server/room/main.ts');
const FREE_PORTS = ['--port', '0', '--media-port', '0', '--workers', '1'];

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

function start(flags: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [PROGRAM, ...flags], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, as a terminal gives to what it starts.
    detached: true,
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function runToEnd(flags: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = start(flags, env);
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

/** Starts with `--dev` and reads lines until the one that says it is ready. */
async function startReady(flags: string[] = [], env: Record<string, string> = {}) {
  const child = start([...FREE_PORTS, ...flags], env);
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${lines.join('\n')}`)));
    reader.on('line', (line) => {
      lines.push(line);
      const ready = /room server ready at (\S+),/.exec(line)?.[1];
      if (ready !== undefined) resolve(ready);
    });
  });
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, url, lines, reader, closed };
}

const withSecret = { CAUSEWAY_TOKEN_SECRET: TEST_TOKEN_SECRET };

describe('starting', () => {
  it('prints one JSON line with the address and the ports', async () => {
    const { child, url, lines, closed } = await startReady(['--dev']);
    const ready = lines
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find(({ event }) => event === 'ready');
    expect(ready).toMatchObject({
      url,
      mediaPorts: [expect.any(Number)],
      auth: 'token',
      dev: true,
    });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
  });

  it('prints plain lines with --log-format pretty', async () => {
    const { child, lines, closed } = await startReady(['--dev', '--log-format', 'pretty']);
    expect(lines.find((line) => line.includes('room server ready'))).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: room server ready at http:/,
    );
    child.kill('SIGTERM');
    await closed;
  });

  it('--help explains every flag and ends with 0', async () => {
    const { code, stdout, stderr } = await runToEnd(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const flag of ['--port', '--media-port', '--tls-cert', '--max-peers-per-room', '--dev']) {
      expect(stdout).toContain(flag);
    }
    expect(stdout).toContain('CAUSEWAY_ROOM_PORT');
  });

  // Every other bad value: see the unit tests of the configuration.
  it.each([
    [['--port', 'http'], {}, '--port: “http” is not allowed'],
    [['--token-secret-file', '/nowhere'], {}, '/nowhere cannot be read (ENOENT).'],
    [['--dev'], { CAUSEWAY_TOKEN_SECRET: 'short' }, 'CAUSEWAY_TOKEN_SECRET has 5 bytes'],
  ])('with %j %j stops with 2 and a sentence', async (flags, env, sentence) => {
    const ended = await runToEnd(flags, env);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('The room server cannot start.\n');
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr).not.toMatch(/^ {4}at /m);
  });

  it('reads flags before variables, and lists from variables', async () => {
    const { child, lines, closed } = await startReady(['--workers', '2'], {
      ...withSecret,
      CAUSEWAY_ROOM_WORKERS: '1',
      CAUSEWAY_ROOM_LISTEN_IP: '127.0.0.1,127.0.0.2',
    });
    expect(lines.filter((line) => line.includes('media worker up'))).toHaveLength(2);
    child.kill('SIGTERM');
    await closed;
  });
});

describe('a port in use', () => {
  it('is named, with the flag to change: HTTP', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const ended = await runToEnd([
      '--dev',
      '--workers',
      '1',
      '--media-port',
      '0',
      '--port',
      String(port),
    ]);
    taken.close();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toBe(
      `The room server cannot start.\nTCP port ${port} on 127.0.0.1 is in use by another program. End it, or choose another port with --port.\n`,
    );
  });

  it('is named, with the flag to change: media', async () => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    const ended = await runToEnd([
      '--dev',
      '--workers',
      '1',
      '--port',
      '0',
      '--media-port',
      String(port),
    ]);
    taken.close();
    expect(ended.code).toBe(2);
    expect(ended.stderr).toBe(
      `The room server cannot start.\nUDP port ${port} on 127.0.0.1 is in use by another program. End it, or choose another port with --media-port.\n`,
    );
  });

  it('an address that this computer lacks is named too', async () => {
    const ended = await runToEnd([...FREE_PORTS, '--dev', '--listen-ip', '192.0.2.1']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('this computer does not have all of the addresses 192.0.2.1');
  });

  it('a missing media worker program is named with the way out', async () => {
    const ended = await runToEnd([...FREE_PORTS, '--dev'], { MEDIASOUP_WORKER_BIN: '/nowhere' });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('/nowhere is not there or cannot be run');
  });
});

describe('ending', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s says goodbye and ends with 0', async (signal) => {
    const { child, url, closed } = await startReady([], withSecret);
    const client = await SignalingClient.connect(url, { token: await testToken({ room: 'room' }) });
    child.kill(signal);
    expect((await client.closed).code).toBe(4503);
    expect(await closed).toEqual([0, null]);
  });

  it('Ctrl-C, which reaches the media workers too, is an orderly end', async () => {
    const { child, url, lines, closed } = await startReady([], withSecret);
    const client = await SignalingClient.connect(url, { token: await testToken({ room: 'room' }) });
    // A terminal sends the signal to the whole group of processes.
    process.kill(-(child.pid ?? Number.NaN), 'SIGINT');
    expect((await client.closed).code).toBe(4503);
    expect(await closed).toEqual([0, null]);
    expect(lines.filter((line) => /"level":"(warn|error)"/.test(line))).toEqual([]);
  });

  it('a second signal ends it at once', async () => {
    const { child, url, closed } = await startReady([], withSecret);
    const client = await SignalingClient.connect(url, { token: await testToken({ room: 'room' }) });
    // It does not answer the close frame, so an orderly end would wait for it.
    client.socket.pause();
    child.kill('SIGTERM');
    // Newcomers are refused as soon as the first signal has arrived.
    const token = await testToken({ room: 'room' });
    let code = 0;
    do {
      const newcomer = new SignalingClient(url, { token });
      newcomer.socket.on('error', () => undefined);
      ({ code } = await newcomer.closed);
    } while (code !== 4503 && code !== 1006);
    child.kill('SIGTERM');
    expect((await closed)[0]).toBe(143);
    client.socket.terminate();
  });
});

it('SIGHUP loads the certificate again', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'causeway-sighup-'));
  const authority = await TestAuthority.create(folder);
  const { certificate, key } = await authority.issue(['127.0.0.1']);
  const { child, reader, closed } = await startReady(
    ['--tls-cert', certificate, '--tls-key', key],
    withSecret,
  );
  const loaded = new Promise<void>((resolve) => {
    reader.on('line', (line) => {
      if (line.includes('TLS certificate loaded again')) resolve();
    });
  });
  child.kill('SIGHUP');
  await loaded;
  child.kill('SIGTERM');
  expect(await closed).toEqual([0, null]);
});

it('prints no token, whatever happens to it', async () => {
  const { child, url, lines, closed } = await startReady(['--log-level', 'trace'], withSecret);
  const good = await testToken({ room: 'room' });
  const wrong = await testToken({ room: 'other' });
  const client = await SignalingClient.connect(url, { token: good });
  await refusal(url, { token: wrong });
  await refusal(url, { target: `/?roomId=room&peerId=x&access_token=${good}`, token: wrong });
  await fetch(`${url}/join/room?token=${good}`);
  await client.leave();
  child.kill('SIGTERM');
  await closed;
  const log = lines.join('\n');
  expect(log).toContain('connection refused');
  expect(log).toContain('/join/room');
  for (const token of [good, wrong]) {
    for (const part of token.split('.').slice(1)) expect(log).not.toContain(part);
  }
  expect(log).not.toContain(TEST_TOKEN_SECRET);
});
