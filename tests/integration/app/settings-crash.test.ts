import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStoredFile } from '../../../src/main/settings/stored-file.ts';
import { SETTINGS_A, SETTINGS_B } from './settings-values.ts';

/** Times that a program is killed while it saves. */
const KILLS = 200;
/** Programs that are started, each in a folder of its own, while the others run. */
const SIDE_BY_SIDE = 4;
/** Longest time between the first save and the kill: some dozens of saves, ms. */
const LONGEST_LIFE_MS = 40;
/** Starting Node hundreds of times on a busy machine, ms. */
const TIMEOUT_MS = 300_000;

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'causeway-crash-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

/** Starts a program that saves and saves; resolves when it is at it. */
async function startSaving(folder: string, which: string) {
  const program = join(import.meta.dirname, 'settings-writer.ts');
  const child = spawn(process.execPath, [program, folder, which], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [first] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer | number];
  expect(String(first), 'the program saves').toBe('saving\n');
  return {
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function stored(folder: string): unknown {
  const file = readStoredFile(join(folder, 'settings.json'));
  expect(file).toMatchObject({ kind: 'usable', invalid: [] });
  return file.kind === 'usable' ? file.values : undefined;
}

describe('settings', () => {
  it(
    `survive ${KILLS} kills in the middle of saving: always the old or the new, never neither`,
    async () => {
      const seen = { a: 0, b: 0 };
      let leftovers = 0;
      const lane = async (folder: string, kills: number): Promise<void> => {
        for (let kill = 0; kill < kills; kill += 1) {
          const program = await startSaving(folder, 'both');
          await wait(Math.random() * LONGEST_LIFE_MS);
          await program.kill();
          const values = stored(folder);
          expect([SETTINGS_A, SETTINGS_B]).toContainEqual(values);
          seen[(values as { displayName: 'a' | 'b' }).displayName] += 1;
          leftovers = Math.max(leftovers, readdirSync(folder).length - 1);
        }
      };
      const lanes = Array.from({ length: SIDE_BY_SIDE }, (_, index) =>
        lane(mkdtempSync(join(base, `${index}-`)), KILLS / SIDE_BY_SIDE),
      );
      await Promise.all(lanes);
      // Kills hit both states, and now and then a write that was under way.
      expect(seen.a).toBeGreaterThan(0);
      expect(seen.b).toBeGreaterThan(0);
      expect(seen.a + seen.b).toBe(KILLS);
      expect(leftovers, 'a write was interrupted').toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'of two programs that save at once are those of one or the other, never torn',
    async () => {
      const programs = await Promise.all([startSaving(base, 'A'), startSaving(base, 'B')]);
      try {
        let reads = 0;
        const seen = new Set<string>();
        while (reads < 500 || seen.size < 2) {
          const values = stored(base) as { displayName: string };
          expect([SETTINGS_A, SETTINGS_B]).toContainEqual(values);
          seen.add(values.displayName);
          reads += 1;
          // Lets the event loop see a program that has ended.
          if (reads % 50 === 0) await wait(1);
        }
      } finally {
        await Promise.all(programs.map((program) => program.kill()));
      }
    },
    TIMEOUT_MS,
  );
});
