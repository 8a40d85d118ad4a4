import { expect, test as base } from '@playwright/test';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Namespaces, namespacesUnavailable } from '../network/namespaces.ts';
import { isRunning, type ProcessId } from './processes.ts';
import { makeCache, StartedProgram } from './started-program.ts';

/** The aim for a second start on a quiet machine is 8 s; this is what a busy one stays below. */
const WINDOW_BOUND_MS = 20_000;

/** Chromium's last processes are gone a moment after the one that ends them, ms. */
const LAST_GASP_MS = 2_000;

const FREE_PORTS = ['--port', '0', '--media-port', '0', '--turn-port', '0'];

/** Why processes cannot be listed here. */
const NO_PROC =
  process.platform === 'linux' ? undefined : 'processes are listed in /proc, on Linux only';

type Start = (
  flags: readonly string[],
  launch?: ConstructorParameters<typeof StartedProgram>[0]['launch'],
) => StartedProgram;

const test = base.extend<{ folder: string; start: Start }>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'causeway-start-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  },
  start: async ({ folder }, use, info) => {
    const programs: StartedProgram[] = [];
    const cache = makeCache(folder);
    await use((flags, launch) => {
      const program = new StartedProgram({ flags, cache, ...(launch ? { launch } : {}) });
      programs.push(program);
      return program;
    });
    for (const program of programs) {
      await program[Symbol.asyncDispose]();
      await info.attach('what it said', { body: program.said });
    }
  },
});

async function expectNoneLeft(program: StartedProgram, before: ProcessId[]): Promise<void> {
  const left = (): string[] =>
    [...before.filter(isRunning), ...program.processes()].map(({ command }) => command);
  await expect.poll(left, { timeout: LAST_GASP_MS, intervals: [50] }).toEqual([]);
}

test('tells the story of a direct call, quickly, and Ctrl-C ends everything', async ({ start }) => {
  const program = start(FREE_PORTS);
  const { text } = await program.line(/ server +up · /);
  const [, url, media] =
    /up · (http:\/\/127\.0\.0\.1:\d+) · media on UDP and TCP ([\d, ]+)$/.exec(text) ?? [];
  expect(url).toBeDefined();
  await program.line(/ start +no display here: using a virtual one/);
  await program.line(/ start +the app runs on (Electron|the stand-in)/);
  const window = await program.line(/ app +connecting/);
  const { text: joined } = await program.line(/ demo +joined “demo” · UDP · direct · /);
  const { text: connected } = await program.line(/ app +connected · /);
  await program.line(/ app +Demo participant joined/);
  const port = media?.split(', ')[0];
  for (const line of [joined, connected])
    expect(line).toContain(` · UDP · direct · 127.0.0.1:${port}`);
  expect(connected).toMatch(/ · (< 1|\d+) ms$/);
  expect(program.said).not.toContain('setup ·');
  console.log(`  the app’s page was up and joining after ${(window.afterMs / 1000).toFixed(1)} s`);
  expect(window.afterMs).toBeLessThan(WINDOW_BOUND_MS);

  const running = NO_PROC === undefined ? program.processes() : [];
  if (NO_PROC === undefined) {
    const commands = running.map(({ command }) => command).join('\n');
    for (const part of ['mediasoup-worker', 'Xvfb', 'demo-participant']) {
      expect(commands).toContain(part);
    }
  }
  program.pressControlC();
  expect(await program.ended, program.said).toBe(130);
  expect(program.said.split('\n').at(-1)).toMatch(/ start +ending everything$/);
  if (NO_PROC === undefined) await expectNoneLeft(program, running);
});

test('makes the call through a Cloud Proxy, and leaves no relay behind', async ({ start }) => {
  test.skip(NO_PROC !== undefined, NO_PROC);
  const program = start([...FREE_PORTS, '--proxy']);
  await program.line(/ proxy +up · http:\/\/127\.0\.0\.1:\d+ · relay \(TURN\) on UDP and TCP \d+$/);
  await program.line(/ app +connected · UDP · proxy 127\.0\.0\.1 · (< 1|\d+) ms$/);
  await program.line(/ app +Demo participant joined/);
  expect(program.said).not.toMatch(/ app .*direct/);

  const running = program.processes();
  const turnserver = running.find(({ command }) => command.includes('turnserver'));
  expect(turnserver).toBeDefined();
  // A join token on a command line could be read by every user of the computer.
  expect(running.filter(({ command }) => /eyJ[\w-]+\.[\w-]+\.[\w-]+/.test(command))).toEqual([]);

  program.pressControlC();
  expect(await program.ended, program.said).toBe(130);
  expect(program.said.split('\n').at(-1)).toMatch(/ start +ending everything$/);
  await expectNoneLeft(program, running);
});

test('ended by its process id alone, it takes everything with it', async ({ start }) => {
  test.skip(NO_PROC !== undefined, NO_PROC);
  const program = start([...FREE_PORTS, '--proxy', '--no-demo']);
  await program.line(/ app +connected · /);
  const running = program.processes();
  program.kill('SIGTERM');
  expect(await program.ended, program.said).toBe(143);
  await expectNoneLeft(program, running);
});

for (const [way, flags, badge] of [
  ['direct', [], /UDP.*direct/i],
  ['through a Cloud Proxy', ['--proxy'], /UDP.*proxy/i],
] as const) {
  test(`saves a picture of a call, ${way}, and ends`, async ({ start, folder }) => {
    const file = join(folder, 'call.png');
    const program = start([...FREE_PORTS, ...flags, '--screenshot', file]);
    expect(await program.ended, program.said).toBe(0);
    expect(program.said).toMatch(badge);
    expect(program.said).toContain(`picture saved to ${file}`);
    const picture = await readFile(file);
    expect(picture.subarray(1, 4).toString()).toBe('PNG');
    // IHDR: width and height of the app's window.
    expect(picture.readUInt32BE(16)).toBeGreaterThan(800);
    expect(picture.readUInt32BE(20)).toBeGreaterThan(500);
    if (NO_PROC === undefined) await expectNoneLeft(program, []);
  });
}

test('a port in use is named, with what to do', async ({ start }) => {
  const occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  const { port } = occupant.address() as AddressInfo;
  const program = start([...FREE_PORTS, '--port', String(port)]);
  expect(await program.ended, program.said).toBe(1);
  expect(program.said).toMatch(new RegExp(`port ${port} .*in use.*--port`));
  expect(program.said).not.toMatch(/\n {4}at |EADDRINUSE/);
  if (NO_PROC === undefined) await expectNoneLeft(program, []);
  occupant.close();
});

test('a server that is not there is named, with what to do', async ({ start }) => {
  const gone = createServer().listen(0, '127.0.0.1');
  await once(gone, 'listening');
  const origin = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
  gone.close();
  await once(gone, 'close');
  const program = start(['--server', origin]);
  expect(await program.ended, program.said).toBe(1);
  expect(program.said).toContain(
    `The server at ${origin} does not answer (ECONNREFUSED). Check the address`,
  );
  if (NO_PROC === undefined) await expectNoneLeft(program, []);
});

test('works without any network, once set-up is done', async ({ start }) => {
  const unavailable = namespacesUnavailable();
  test.skip(unavailable !== undefined, unavailable);
  const nets = new Namespaces();
  try {
    await nets.create('offline');
    expect((await nets.exec('offline', ['ip', 'route', 'show', 'table', 'main'])).stdout).toBe('');
    const program = start(FREE_PORTS, (command, options) =>
      nets.spawn('offline', [...command], options),
    );
    await program.line(/ app +connected · UDP · direct · 127\.0\.0\.1:\d+ · (< 1|\d+) ms$/);
    await program.line(/ app +Demo participant joined/);
    const running = program.processes();
    program.pressControlC();
    expect(await program.ended, program.said).toBe(130);
    await expectNoneLeft(program, running);
  } finally {
    await nets.destroy();
  }
});
