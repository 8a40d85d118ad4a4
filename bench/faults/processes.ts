import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';

/** Processes of Linux, as /proc shows them. */

/** USER_HZ is 100 wherever Linux runs a desktop. */
const TICK_MS = 10;

interface ProcessEntry {
  pid: number;
  parent: number;
  name: string;
}

async function allProcesses(): Promise<ProcessEntry[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const entries = await Promise.all(
    pids.map(async (pid) => {
      // It may end while we look.
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
      return name === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), name }];
    }),
  );
  return entries.flat();
}

/** A process and all that it has started, itself first. */
async function processTree(root: number): Promise<ProcessEntry[]> {
  const all = await allProcesses();
  const found = all.filter(({ pid }) => pid === root);
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

/** Of a program, the renderer that has used the most processor time: that of its window. */
export async function rendererPid(root: number): Promise<number> {
  const renderers = await Promise.all(
    (await processTree(root)).map(async ({ pid }) => {
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return line.includes('--type=renderer') ? [{ pid, used: await processorMs(pid) }] : [];
    }),
  );
  const [busiest] = renderers.flat().toSorted((a, b) => b.used - a.used);
  if (!busiest) throw new Error('the program has no renderer');
  return busiest.pid;
}

/** Processor time that a process has used so far, all its threads together, ms. */
export async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // utime and stime (proc(5)), counted from behind the name, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Stops a program with all its processes as a computer does that falls asleep; the answer wakes it. */
export async function suspend(root: number): Promise<() => void> {
  const pids = (await processTree(root)).map(({ pid }) => pid);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  return () => {
    for (const pid of pids.toReversed()) process.kill(pid, 'SIGCONT');
  };
}

/** Kills the media worker of a room server, as a crash does. */
export async function killMediaWorker(serverPid: number): Promise<void> {
  const tree = await processTree(serverPid);
  const workers = tree.filter(({ name }) => name.startsWith('mediasoup'));
  if (workers.length === 0) {
    const names = tree.map(({ name }) => name).join(', ');
    throw new Error(`the room server has no media worker among: ${names}`);
  }
  for (const { pid } of workers) process.kill(pid, 'SIGKILL');
}

/** Keeps so many processors busy for `forMs`. */
export async function keepBusy(processors: number, forMs: number): Promise<void> {
  const loop = `const end = Date.now() + ${forMs}; while (Date.now() < end);`;
  const children = Array.from({ length: processors }, () =>
    spawn(process.execPath, ['-e', loop], { stdio: 'ignore' }),
  );
  await Promise.all(
    children.map(
      async (child) =>
        await new Promise<void>((resolve, reject) => {
          child.once('exit', () => resolve());
          child.once('error', reject);
        }),
    ),
  );
}
