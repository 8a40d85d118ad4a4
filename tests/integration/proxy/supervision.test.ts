import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE } from '../../../src/shared/close-codes.ts';
import { testToken } from '../../fixtures/tokens.ts';
import { TurnClient } from '../../turn-client/client.ts';
import {
  closeOf,
  connectThrough,
  discover,
  eventually,
  nextMessage,
  openSignaling,
  relayCredentials,
  startProxyProcess,
  startTestOrigin,
  startTestProxy,
  TURN_SECRET,
} from './test-proxy.ts';
import type { TestOrigin, TestProxy } from './test-proxy.ts';

let folder = '';
let origin: TestOrigin;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'causeway-supervision-'));
  origin = await startTestOrigin();
});
afterAll(async () => {
  await origin.stop();
  await rm(folder, { recursive: true });
});

const health = async (proxy: { origin: string }) => {
  const response = await fetch(`${proxy.origin}/healthz`);
  return { status: response.status, body: (await response.json()) as object };
};

async function allocate(proxy: TestProxy): Promise<TurnClient> {
  const credentials = await relayCredentials(proxy);
  const client = await TurnClient.open('udp', { host: '127.0.0.1', port: proxy.turn?.port ?? 0 });
  await client.allocate(credentials);
  return client;
}

describe('coturn as a child', () => {
  test('killed: health is false, credentials stop, then it is back and they work', async () => {
    const proxy = await startTestProxy({ origin: [origin.url] });
    expect(await health(proxy)).toEqual({ status: 200, body: { status: 'ok', relay: 'up' } });
    const { client, server } = await connectThrough(proxy, origin);

    const killed = proxy.turn?.pid() ?? 0;
    process.kill(killed, 'SIGKILL');
    await expect
      .poll(() => health(proxy), { interval: 5, timeout: 10_000 })
      .toEqual({
        status: 503,
        body: { status: 'relay-down', relay: 'down' },
      });
    const { status, body } = await discover(proxy, await testToken({ room: 'demo' }));
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('iceServers');
    // Signaling does not suffer.
    const echoed = nextMessage(server);
    client.send('still here');
    expect(await echoed).toBe('still here');

    await expect.poll(async () => (await health(proxy)).status, { timeout: 20_000 }).toBe(200);
    expect(proxy.turn?.pid()).not.toBe(killed);
    expect(await proxy.metric('causeway_proxy_turn_restarts_total')).toBeGreaterThanOrEqual(1);
    (await allocate(proxy)).close();
    client.close();
    await proxy.close();
  });

  test('hung: it is noticed, ended and started again', { timeout: 60_000 }, async () => {
    const proxy = await startTestProxy({ origin: [origin.url] });
    const hung = proxy.turn?.pid() ?? 0;
    process.kill(hung, 'SIGSTOP');
    await expect.poll(async () => (await health(proxy)).status, { timeout: 30_000 }).toBe(503);
    await expect.poll(async () => (await health(proxy)).status, { timeout: 30_000 }).toBe(200);
    expect(proxy.turn?.pid()).not.toBe(hung);
    await proxy.close();
  });

  test('its secret is on no command line, in no configuration file, and gone afterwards', async () => {
    const before = new Set(await readdir(tmpdir()));
    const proxy = await startTestProxy({ origin: [origin.url] });
    const pid = proxy.turn?.pid() ?? 0;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
    expect(commandLine).toContain('turnserver');
    expect(commandLine + environment).not.toContain(TURN_SECRET);
    const made = (await readdir(tmpdir())).find(
      (name) => name.startsWith('causeway-turn-') && !before.has(name),
    );
    const working = join(tmpdir(), made ?? '');
    expect(await readFile(join(working, 'turnserver.conf'), 'utf8')).not.toContain(TURN_SECRET);
    const { mode } = await import('node:fs').then((fs) => fs.statSync(working));
    expect(mode & 0o777).toBe(0o700);
    await proxy.close();
    expect(await readdir(tmpdir())).not.toContain(made);
    await eventually('coturn has ended', () => !isRunning(pid));
  });

  test('ends with a gateway that was killed without warning', async () => {
    const gateway = await startProxyProcess(
      [`--origin=${origin.url}`, ...FREE_PORTS, '--turn-peer=127.0.0.1'],
      { CAUSEWAY_PROXY_TURN_SECRET: TURN_SECRET },
    );
    const coturn = await coturnOf(gateway);
    expect(isRunning(coturn)).toBe(true);
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    await eventually('coturn has ended', () => !isRunning(coturn));
    // Its folder, with the secrets, goes when the next gateway starts.
    const left = (await readdir(tmpdir())).filter((name) =>
      name.startsWith(`causeway-turn-${gateway.child.pid}-`),
    );
    expect(left).toHaveLength(1);
    const next = await startTestProxy({ origin: [origin.url] });
    expect(await readdir(tmpdir())).not.toContain(left[0]);
    await next.close();
  });
});

describe('rotation of the relay secret', () => {
  test('in two steps loses no call and no credentials', async () => {
    const file = join(folder, 'turn.secret');
    const OLD = 'old-'.repeat(10);
    const NEW = 'new-'.repeat(10);
    await writeFile(file, `${OLD}\n`);
    const proxy = await startTestProxy({ origin: [origin.url], turnSecretFile: file });
    const running = await allocate(proxy);
    const heldByClient = await relayCredentials(proxy);
    const coturn = proxy.turn?.pid();

    // Step 1: the new one first. It signs at once; what the old one has signed stays good.
    await writeFile(file, `${NEW}\n${OLD}\n`);
    await proxy.reload();
    (await allocate(proxy)).close();
    const late = await TurnClient.open('udp', { host: '127.0.0.1', port: proxy.turn?.port ?? 0 });
    await late.allocate(heldByClient);

    // Step 2, a credential lifetime later: the old one is taken out.
    await writeFile(file, `${NEW}\n`);
    await proxy.reload();
    const tooLate = await TurnClient.open('udp', {
      host: '127.0.0.1',
      port: proxy.turn?.port ?? 0,
    });
    await expect(tooLate.allocate(heldByClient)).rejects.toMatchObject({ code: 401 });
    expect(await running.refresh(600)).toBe(600);
    expect(await late.refresh(600)).toBe(600);
    (await allocate(proxy)).close();
    expect(proxy.turn?.pid(), 'coturn was not restarted').toBe(coturn);

    // A mistake changes nothing.
    await writeFile(file, 'short\n');
    await proxy.reload();
    (await allocate(proxy)).close();
    expect(proxy.log.join('\n')).toContain('relay secrets not changed');
    for (const client of [running, late, tooLate]) client.close();
    await proxy.close();
  });
});

describe('an orderly end', () => {
  test('SIGTERM: no new sessions, calls go on, then 4503; a second signal ends at once', async () => {
    const gateway = await startProxyProcess([
      `--origin=${origin.url}`,
      ...FREE_PORTS,
      '--turn=off',
      '--drain-seconds=3',
    ]);
    const { client, server } = await connectThrough(gateway, origin);
    gateway.child.kill('SIGTERM');
    await expect.poll(async () => (await health(gateway)).status).toBe(503);
    expect((await health(gateway)).body).toMatchObject({ status: 'draining' });

    const newcomer = await openSignaling(gateway, { peer: 'p2' });
    expect((await closeOf(newcomer)).code).toBe(CLOSE.SERVER_SHUTTING_DOWN);
    expect((await discover(gateway)).status).toBe(503);
    const echoed = nextMessage(server);
    client.send('the call goes on');
    expect(await echoed).toBe('the call goes on');

    const [atClient, atServer] = await Promise.all([closeOf(client), closeOf(server)]);
    expect(atClient.code).toBe(CLOSE.SERVER_SHUTTING_DOWN);
    // To the room server it is a lost connection: the peer keeps its place and comes back.
    expect(atServer.code).toBe(1006);
    expect(await gateway.ended).toBe(0);

    const other = await startProxyProcess([
      `--origin=${origin.url}`,
      ...FREE_PORTS,
      '--turn=off',
      '--drain-seconds=600',
    ]);
    const held = await connectThrough(other, origin);
    other.child.kill('SIGTERM');
    await expect.poll(async () => (await health(other)).status).toBe(503);
    other.child.kill('SIGTERM');
    expect(await other.ended).toBe(143);
    held.client.terminate();
  });

  test('Ctrl-C in a terminal: coturn goes on while calls do, and ends with the gateway', async () => {
    const gateway = await startProxyProcess(
      [`--origin=${origin.url}`, ...FREE_PORTS, '--turn-peer=127.0.0.1', '--drain-seconds=600'],
      { CAUSEWAY_PROXY_TURN_SECRET: TURN_SECRET },
      // A process group of its own, as a terminal makes one for each program.
      (command, options) =>
        spawn(command[0] ?? '', command.slice(1), { ...options, detached: true }),
    );
    const { client } = await connectThrough(gateway, origin);
    const coturn = await coturnOf(gateway);
    const credentials = await relayCredentials(gateway);
    const port = Number(credentials.urls[0]?.split(/[:?]/)[2]);
    const relayed = await TurnClient.open('udp', { host: '127.0.0.1', port });
    await relayed.allocate(credentials);

    process.kill(-(gateway.child.pid ?? 0), 'SIGINT');
    await expect
      .poll(async () => (await health(gateway)).body)
      .toMatchObject({
        status: 'draining',
        relay: 'up',
      });
    expect(await relayed.refresh(600)).toBe(600);

    relayed.close();
    client.close(1000);
    expect(await gateway.ended).toBe(0);
    expect(isRunning(coturn)).toBe(false);
    expect(gateway.said.join('\n')).not.toContain('started again');
  });

  test('ends as soon as the last call has ended', async () => {
    const proxy = await startTestProxy({ origin: [origin.url], turn: 'off', drainSeconds: 600 });
    const { client } = await connectThrough(proxy, origin);
    const drained = proxy.drain();
    client.close(1000);
    await drained;
    await proxy.close();
  });
});

describe('refuses to start, with one sentence and exit code 2', () => {
  const run = (flags: string[], env: Record<string, string> = {}) => {
    const program = join(import.meta.dirname, '../../../server/proxy/main.ts');
    const { status, stderr } = spawnSync(process.execPath, [program, ...flags], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], CAUSEWAY_TOKEN_SECRET: 't'.repeat(32), ...env },
      timeout: 30_000,
    });
    return { status, stderr };
  };
  const SECRET = { CAUSEWAY_PROXY_TURN_SECRET: TURN_SECRET };
  const RELAY = () => [`--origin=${origin.url}`, ...FREE_PORTS, '--turn-peer=127.0.0.1'];

  test.each<[string, () => string[], Record<string, string>, RegExp]>([
    ['without a relay secret', RELAY, {}, /No secret for relay credentials/],
    [
      'with a short one',
      RELAY,
      { CAUSEWAY_PROXY_TURN_SECRET: 'short' },
      /the secret has 5 bytes; 32 to 256 are allowed/,
    ],
    [
      'without a token secret',
      RELAY,
      { ...SECRET, CAUSEWAY_TOKEN_SECRET: '' },
      /No key to check join tokens with\. Set CAUSEWAY_TOKEN_SECRET/,
    ],
    [
      'with a short token secret',
      RELAY,
      { ...SECRET, CAUSEWAY_TOKEN_SECRET: 'short' },
      /CAUSEWAY_TOKEN_SECRET has 5 bytes; it needs at least 32/,
    ],
    [
      'without coturn',
      () => [...RELAY(), '--turnserver=/no/such/turnserver'],
      SECRET,
      /coturn’s program “\/no\/such\/turnserver” was not found/,
    ],
    [
      'with a program that is no coturn',
      () => [...RELAY(), '--turnserver=false'],
      SECRET,
      /coturn did not come up/,
    ],
    [
      'on an address of another host',
      () => [...RELAY(), '--turn-relay-ip=192.0.2.77'],
      SECRET,
      /--turn-relay-ip: 192\.0\.2\.77 is not an address of this host/,
    ],
    [
      'with a missing certificate',
      () => [...RELAY(), '--tls-cert=/no/cert.pem', '--tls-key=/no/key.pem'],
      SECRET,
      /--tls-cert: \/no\/cert\.pem cannot be read \(ENOENT\)/,
    ],
    [
      'with an unknown flag',
      () => [...RELAY(), '--allow-everything'],
      SECRET,
      /unknown option '--allow-everything'/,
    ],
  ])('%s', (_what, flags, env, sentence) => {
    const { status, stderr } = run(flags(), env);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(status).toBe(2);
  });

  test('when a port is taken: the gateway’s, the admin’s, the relay’s', async () => {
    const proxy = await startTestProxy({ origin: [origin.url] });
    const flags = (changes: string[]) => [...RELAY(), ...changes];
    for (const [flag, problem] of [
      [`--port=${proxy.port}`, `--port: 127.0.0.1:${proxy.port} is already in use`],
      [`--admin-port=${proxy.adminPort}`, `--admin-port: 127.0.0.1:${proxy.adminPort} is already`],
      [`--turn-port=${proxy.turn?.port}`, `--turn-port: UDP port ${proxy.turn?.port} on 127.0.0.1`],
    ] as const) {
      const { status, stderr } = run(flags([flag]), SECRET);
      expect(stderr).toContain(problem);
      expect(status).toBe(2);
    }
    await proxy.close();
  });
});

describe('a coturn that runs elsewhere', () => {
  test('is probed, and its ports are told', async () => {
    const owner = await startTestProxy({ origin: [origin.url] });
    const front = await startTestProxy({
      origin: [origin.url],
      turn: 'external',
      turnExternal: `127.0.0.1:${owner.turn?.port}`,
      turnAdvertise: [`udp:${owner.turn?.port}`, 'tls:443'],
      turnPeer: [],
    });
    expect((await health(front)).status).toBe(200);
    const credentials = await relayCredentials(front);
    expect(credentials.urls).toEqual([
      `turn:127.0.0.1:${owner.turn?.port}?transport=udp`,
      'turns:127.0.0.1:443?transport=tcp',
    ]);
    const client = await TurnClient.open('udp', {
      host: '127.0.0.1',
      port: owner.turn?.port ?? 0,
    });
    await client.allocate(credentials);
    client.close();
    await owner.close();
    await expect.poll(async () => (await health(front)).status, { timeout: 20_000 }).toBe(503);
    await front.close();
  });

  test('something else on that port is not taken for it', async () => {
    const impostor = createSocket('udp4');
    impostor.on('message', (data, from) => impostor.send(data, from.port, from.address));
    impostor.bind(0, '127.0.0.1');
    await once(impostor, 'listening');
    const front = await startTestProxy({
      origin: [origin.url],
      turn: 'external',
      turnExternal: `127.0.0.1:${impostor.address().port}`,
      turnAdvertise: ['udp:443'],
      turnPeer: [],
    });
    expect((await health(front)).status).toBe(503);
    await front.close();
    impostor.close();
  });
});

const FREE_PORTS = ['--port=0', '--admin-port=0', '--turn-port=0'];

/** Process id of the only child that a gateway has. */
async function coturnOf({ child }: { child: ChildProcess }): Promise<number> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return Number(children.trim().split(' ')[0]);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
