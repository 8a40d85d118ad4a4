import { readdirSync, readFileSync } from 'node:fs';

/** One process and no later one that happens to get the same number. */
export interface ProcessId {
  pid: number;
  /** Since the machine's start, clock ticks. */
  startedAt: string;
  command: string;
}

/**
 * Everything below `root` in the tree of processes, and every process with `mark` in its first
 * environment: a parent that has ended leaves its children under somebody else.
 */
export function processesOf(root: number, mark: string): ProcessId[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => describe(Number(name)) ?? []);
  const ours = new Set([root]);
  for (const { pid, environment } of all) {
    if (environment.split('\0').includes(mark)) ours.add(pid);
  }
  // Parents may come after their children in the list: go on until nothing is new.
  for (let size = 0; size !== ours.size;) {
    size = ours.size;
    for (const { pid, parent } of all) if (ours.has(parent)) ours.add(pid);
  }
  return all
    .filter(({ pid }) => ours.has(pid))
    .map(({ pid, startedAt, command }) => ({ pid, startedAt, command }));
}

export function isRunning({ pid, startedAt }: ProcessId): boolean {
  return describe(pid)?.startedAt === startedAt;
}

/** Undefined when the process has ended; one that is only left to be reaped has, too. */
function describe(pid: number): (ProcessId & { parent: number; environment: string }) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses and may contain spaces: count from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    return {
      pid,
      parent: Number(fields[1]),
      startedAt: fields[19] ?? '',
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
      environment: readFileSync(`/proc/${pid}/environ`, 'utf8'),
    };
  } catch {
    return undefined;
  }
}
