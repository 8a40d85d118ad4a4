import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileReader } from '../../../src/main/settings/managed/file-reader.ts';
import type { FileTrust } from '../../../src/main/settings/managed/file-trust.ts';
import { LastGood } from '../../../src/main/settings/managed/last-good.ts';
import { ManagedPolicy } from '../../../src/main/settings/managed/managed-policy.ts';
import type { SettingsFile } from '../../../src/main/settings/user-settings.ts';

/** The folder of the managed file, below another; both the administrator's, who is this test. */
export class ManagedFolder {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'causeway-managed-')));
  readonly folder = join(this.base, 'causeway');
  readonly trust: FileTrust = { administrators: [process.getuid?.() ?? 0], from: this.base };
  /** Where the last good policy is kept. */
  readonly kept: SettingsFile = { store: {} };
  readonly #watching: ManagedPolicy[] = [];

  constructor() {
    mkdirSync(this.folder, { mode: 0o755 });
  }

  path(name = 'managed-settings.json'): string {
    return join(this.folder, name);
  }

  write(text: string | Uint8Array, name?: string): void {
    writeFileSync(this.path(name), text, { mode: 0o644 });
  }

  dropIn(name: string, text: string): void {
    mkdirSync(this.path('managed-settings.d'), { recursive: true, mode: 0o755 });
    this.write(text, join('managed-settings.d', name));
  }

  /** The policy as a start of Causeway finds it. */
  open(now = 1000): ManagedPolicy {
    return new ManagedPolicy({
      readers: [new FileReader(this.folder, this.trust)],
      lastGood: new LastGood(this.kept),
      now: () => now,
      onNotKept: (error) => {
        throw error;
      },
    });
  }

  /** Lets a policy look for changes, until the folder goes. */
  watch(policy: ManagedPolicy): void {
    this.#watching.push(policy);
    policy.watch();
  }

  remove(): void {
    for (const policy of this.#watching) policy.stop();
    rmSync(this.base, { recursive: true, force: true });
  }
}

export const valuesOf = (policy: ManagedPolicy): Record<string, unknown> =>
  Object.fromEntries(Object.entries(policy.values()).map(([key, { value }]) => [key, value]));
