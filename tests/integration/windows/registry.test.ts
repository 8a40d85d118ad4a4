import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';

/** One line of `registry-program.ts`. */
interface Step {
  name: string;
  afterMs: number;
  state: string;
  values: Record<string, unknown>;
  problems: { key?: string; problem: string }[];
}

/** Elsewhere than on Windows: a Windows Node.js (`node.exe`), which Wine runs. */
const windowsNode = process.env.CAUSEWAY_WINDOWS_NODE;
const command =
  process.platform === 'win32'
    ? [process.execPath]
    : windowsNode === undefined
      ? undefined
      : ['wine', windowsNode];
const unavailable =
  command === undefined
    ? 'needs Windows, or Wine and CAUSEWAY_WINDOWS_NODE (docs/testing.md)'
    : undefined;

describe('Windows’ registry itself', () => {
  beforeEach(({ skip }) => skip(unavailable !== undefined, unavailable));

  it('gives a policy, and what changes in it within 2 s', async () => {
    const [program = '', ...args] = command ?? [];
    const script = resolve(import.meta.dirname, 'registry-program.ts');
    const key = `SOFTWARE\\CausewayTest-${randomUUID()}`;
    const folder = mkdtempSync(join(tmpdir(), 'causeway-registry-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'steps.txt');
    // Under Wine, Node.js cannot open a pipe to its output.
    const running = spawn(program, [...args, script, key, file], { stdio: 'ignore' });
    expect(await once(running, 'exit')).toEqual([0, null]);
    const steps = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Step);
    const pushed = {
      preferredProtocol: 'TCP_ONLY',
      displayName: 'Zoë, 受付',
      signalingBaseUrl: ['https://first.example.com'],
      standbyPath: false,
      httpProxy: { mode: 'none' },
      appearance: 'dark',
    };
    const longer = {
      ...pushed,
      signalingBaseUrl: ['https://first.example.com', 'https://second.example.com'],
    };
    expect(steps.map(({ name, state, values }) => ({ name, state, values }))).toEqual([
      { name: 'empty', state: 'none', values: {} },
      { name: 'pushed', state: 'ok', values: pushed },
      { name: 'changed in a list', state: 'ok', values: longer },
      { name: 'broken', state: 'broken', values: longer },
      { name: 'withdrawn', state: 'none', values: {} },
    ]);
    expect(steps[3]?.problems).toMatchObject([{ key: 'preferredProtocol' }]);
    for (const { afterMs } of steps) expect(afterMs).toBeLessThan(2_000);
  });
});
