import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { switchesForUser } from '../../tools/runtime.ts';
import { environment, expect, FIXTURE_APP, isStandIn, runtime, test } from './runtime.ts';

/**
 * Launch to the first answer over IPC. On a quiet machine it takes 1 to 2 s; this is what a machine
 * that runs several test suites at once stays well below.
 */
const START_BOUND_MS = 20_000;

/** Processes whose command line names the folder: those of one test and no other. */
function processesOf(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Starts an app without a test runner, as by hand. */
function startByHand(
  args: string[],
  cwd: string = process.cwd(),
): { child: ChildProcess; lines: string[] } {
  const child = spawn(runtime.path, [...switchesForUser(runtime.kind), ...args], {
    env: { ...environment(), CAUSEWAY_HEADLESS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd,
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr])
    createInterface({ input }).on('line', (line) => lines.push(line));
  return { child, lines };
}

async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

test.describe('launching', () => {
  test('has the window, its page and IPC in bounded time', async ({ launch }) => {
    const { startMs, app } = await launch();
    test.info().annotations.push({ type: 'start', description: `${Math.round(startMs)} ms` });
    console.log(`launch to first IPC answer: ${Math.round(startMs)} ms on ${runtime.kind}`);
    expect(startMs).toBeLessThan(START_BOUND_MS);
    expect(app.windows()).toHaveLength(1);
  });

  test("reads the app's name, version and folder from its package.json", async ({
    launched: { app },
  }) => {
    const facts = await app.evaluate(({ app: electronApp }) => ({
      name: electronApp.getName(),
      version: electronApp.getVersion(),
      path: electronApp.getAppPath(),
      packaged: electronApp.isPackaged,
      electron: process.versions.electron,
      type: (process as { type?: string }).type,
    }));
    expect(facts).toMatchObject({
      name: 'Runtime Fixture',
      version: '3.2.1',
      path: FIXTURE_APP,
      packaged: false,
      type: 'browser',
    });
    expect(facts.electron).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('gives the same Electron to import, to require and to an ESM-only dependency', async ({
    launched,
  }) => {
    const { esmDependency, requireGivesTheSame, readyAtLoad } = await launched.record();
    expect({ esmDependency, requireGivesTheSame, readyAtLoad }).toEqual({
      esmDependency: true,
      requireGivesTheSame: true,
      readyAtLoad: false,
    });
  });

  test('keeps user data in the folder it is told, and page storage over restarts', async ({
    launch,
    userData,
  }) => {
    const first = await launch();
    const path = await first.app.evaluate(({ app }) => app.getPath('userData'));
    expect(path).toBe(userData);
    await first.page.evaluate(() => localStorage.setItem('kept', 'over a restart'));
    await first.app.close();
    const second = await launch();
    expect(await second.page.evaluate(() => localStorage.getItem('kept'))).toBe('over a restart');
  });

  test("shows Chromium the app's and the caller's switches", async ({ launch }) => {
    const { app, page } = await launch({
      args: ['--lang=de', '--use-fake-device-for-media-stream'],
    });
    expect(
      await app.evaluate(({ app: { commandLine } }) => [
        commandLine.hasSwitch('use-fake-device-for-media-stream'),
        commandLine.getSwitchValue('lang'),
      ]),
    ).toEqual([true, 'de']);
    const devices = await page.evaluate(() => navigator.mediaDevices.enumerateDevices());
    expect(devices.length).toBeGreaterThan(0);
  });

  test('runs by hand, without a test runner, from the folder of the app', async ({ userData }) => {
    const { child, lines } = startByHand(['.', `--user-data-dir=${userData}`], FIXTURE_APP);
    await expect.poll(() => lines).toContain('event ready');
    child.kill('SIGTERM');
    expect(await exitCode(child)).toBe(0);
    expect(lines).toContain('event quit');
  });

  test('says what is wrong when there is no app', async ({ userData }) => {
    test.skip(!isStandIn, 'Electron says it in a dialog');
    const { child, lines } = startByHand([join(userData, 'nothing-here')]);
    expect(await exitCode(child)).toBe(1);
    expect(lines.join('\n')).toContain(`Unable to find Electron app at ${userData}/nothing-here`);
  });

  test('says what is wrong when the app cannot be loaded', async ({ userData }) => {
    test.skip(!isStandIn, 'Electron says it in a dialog');
    const folder = join(userData, 'broken');
    await mkdir(folder);
    await writeFile(join(folder, 'package.json'), '{"main":"main.cjs"}');
    await writeFile(join(folder, 'main.cjs'), 'throw new Error("the app is broken");');
    const { child, lines } = startByHand([folder]);
    expect(await exitCode(child)).toBe(1);
    expect(lines.join('\n')).toContain('App threw an error during load');
    expect(lines.join('\n')).toContain('the app is broken');
  });
});

test.describe('a second start', () => {
  test('hands its arguments to the first and leaves', async ({ launch, userData }) => {
    const first = await launch();
    const { child, lines } = startByHand([
      FIXTURE_APP,
      `--user-data-dir=${userData}`,
      'causeway://join/room-1',
    ]);
    expect(await exitCode(child)).toBe(0);
    expect(lines).toContain('second instance leaves');
    const handed = async () => (await first.record()).secondInstances;
    await expect.poll(async () => (await handed()).length).toBe(1);
    const [second] = await handed();
    expect(second?.argv).toContain('causeway://join/room-1');
    expect(second?.additionalData).toEqual({ note: 'from the second' });
  });

  test('with other user data is a first one of its own', async ({ launch, userData }) => {
    await launch();
    const other = await launch({ userData: join(userData, 'other') });
    expect(await other.page.evaluate(() => window.fixture.invoke('echo', 'alive'))).toEqual([
      'alive',
    ]);
  });

  test('is the first again after the first was killed', async ({ launch }) => {
    const first = await launch();
    const gone = once(first.app.process(), 'exit');
    first.app.process().kill('SIGKILL');
    await gone;
    const second = await launch();
    expect(await second.page.evaluate(() => window.fixture.invoke('echo', 1))).toEqual([1]);
  });
});

test.describe('ending', () => {
  test('quits in order: before-quit, close, closed, will-quit, quit', async ({ userData }) => {
    const { child, lines } = startByHand([FIXTURE_APP, `--user-data-dir=${userData}`]);
    await expect.poll(() => lines).toContain('event browser-window-created');
    child.kill('SIGINT');
    expect(await exitCode(child)).toBe(0);
    const order = lines.filter((line) => /before-quit|will-quit|quit$|all-closed/.test(line));
    expect(order).toEqual(['event before-quit', 'event will-quit', 'event quit']);
  });

  test('leaves no process behind after a quit', async ({ launch, userData }) => {
    const { app } = await launch();
    expect(processesOf(userData).length).toBeGreaterThan(1);
    await app.close();
    await expect.poll(() => processesOf(userData)).toEqual([]);
  });

  test('leaves no process behind when it is killed outright', async ({ launch, userData }) => {
    const { app } = await launch();
    app.process().kill('SIGKILL');
    await expect.poll(() => processesOf(userData)).toEqual([]);
  });

  test('ends with code 1, and says so, when Chromium is killed', async ({ userData }) => {
    test.skip(!isStandIn, "Electron's main process is Chromium's");
    const { child, lines } = startByHand([FIXTURE_APP, `--user-data-dir=${userData}`]);
    await expect.poll(() => lines).toContain('event browser-window-created');
    const browser = processesOf(userData).find((pid) => {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes('--remote-debugging-pipe') && !command.includes('--type=');
    });
    expect(browser).toBeDefined();
    process.kill(browser as number, 'SIGKILL');
    expect(await exitCode(child)).toBe(1);
    expect(lines.join('\n')).toContain('Chromium ended unexpectedly');
  });

  test('opens no TCP port when nobody asks for one', async ({ userData, launch }) => {
    test.skip(!existsSync('/proc/self/net/tcp'), 'reads sockets from /proc');
    // A test runner asks for two: this is what the check below has to be able to see.
    const asked = join(userData, 'asked');
    await launch({ userData: asked });
    expect(listeningPorts(processesOf(asked))).toHaveLength(2);

    const unasked = join(userData, 'unasked');
    const { child, lines } = startByHand([FIXTURE_APP, `--user-data-dir=${unasked}`]);
    await expect.poll(() => lines).toContain('event browser-window-created');
    const listening = listeningPorts(processesOf(unasked));
    child.kill('SIGTERM');
    await exitCode(child);
    expect(listening).toEqual([]);
  });
});

/** Ports on which any of the processes listens. */
function listeningPorts(pids: readonly number[]): number[] {
  const sockets = new Set(
    pids.flatMap((pid) => {
      // A helper process of Chromium's may end between being listed and being looked at.
      if (!existsSync(`/proc/${pid}/fd`)) return [];
      return readdirSync(`/proc/${pid}/fd`).map((fd) => {
        const link = `/proc/${pid}/fd/${fd}`;
        return existsSync(link) || lstatSync(link, { throwIfNoEntry: false })
          ? readlinkSync(link)
          : '';
      });
    }),
  );
  const LISTEN = '0A';
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/self/net/${table}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => columns[3] === LISTEN && sockets.has(`socket:[${columns[9] ?? ''}]`))
      .map((columns) => Number.parseInt(columns[1]?.split(':')[1] ?? '', 16)),
  );
}
