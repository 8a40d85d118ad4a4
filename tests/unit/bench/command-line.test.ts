import { execFile } from 'node:child_process';
import { expect, it } from 'vitest';
import { inProject } from '../../../tools/setup/project.ts';

interface Run {
  status: number;
  out: string;
  error: string;
}

/** Runs the benchmark program as `npm run bench -- …` does. */
function bench(...args: string[]): Promise<Run> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [inProject('bench', 'main.ts'), ...args],
      (_error, out, error) => resolve({ status: child.exitCode ?? -1, out, error }),
    );
  });
}

it('without a name, lists the benchmarks with what they measure', async () => {
  const { status, out } = await bench();
  expect(status).toBe(0);
  expect(out).toMatch(/^join +from Join to the first frame of somebody else \(at least \d+ runs/m);
  expect(out).toMatch(/^cut .*\n +UDP cut both ways, direct\n/m);
  expect(out).toMatch(/^proxy +1000 idle and 200 active signaling connections/m);
});

it.each([
  [['nothing'], 'There is no benchmark “nothing”.'],
  [['join', 'proxy'], '“proxy” is one argument too many.'],
  [['join', '--runs', 'few'], '--runs takes a whole number from 1 up, not “few”.'],
  [['--fast'], "Unknown option '--fast'"],
  [['cut', '--only', 'nothing of that'], 'cut has no case “nothing of that”. It has: UDP cut'],
  [['proxy', '--only', 'latency'], 'proxy is run as a whole, without --only.'],
] as const)('refuses %j before it sets anything up', async (args, sentence) => {
  const { status, out, error } = await bench(...args);
  expect(status).toBe(2);
  expect(error).toContain(sentence);
  expect(out).toBe('');
});
