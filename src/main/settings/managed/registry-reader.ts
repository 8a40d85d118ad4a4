import { createHash } from 'node:crypto';
import { win32 } from 'node:path';
import type { PolicyOrigin } from '../../../shared/settings/policy-status.ts';
import { checkPolicyValues } from './check-policy.ts';
import type { PolicyReader, PolicyReading } from './policy-reader.ts';
import { REGISTRY_KEY } from './registry-names.ts';
import { registryPolicy } from './registry-policy.ts';
import { parseRegistryText } from './registry-text.ts';
import type { Command, CommandRunner } from './run-command.ts';

/**
 * Between two looks, ms. Windows applies Group Policy every 90 minutes; each look starts a program.
 */
const POLL_INTERVAL_MS = 30_000;

/** Demands for the computer go before demands for the user. */
const ROOTS = ['HKLM', 'HKCU'] as const;
type Root = (typeof ROOTS)[number];

/** Where every policy is, and where nobody but an administrator writes. */
const PARENT_KEY = win32.dirname(REGISTRY_KEY);

/**
 * Group Policy's values in the registry, by Windows' own `reg.exe`: a native module for a handful of
 * values would have to be built for, and signed with, every version of Electron.
 */
export class RegistryReader implements PolicyReader {
  readonly name = 'native';
  readonly canBeWithdrawn = true;
  readonly pollIntervalMs = POLL_INTERVAL_MS;
  readonly #run: CommandRunner;
  readonly #program: string;

  /** @param systemFolder `C:\Windows\System32`, from where no user can turn it elsewhere. */
  constructor(systemFolder: string, run: CommandRunner) {
    this.#run = run;
    this.#program = win32.join(systemFolder, 'reg.exe');
  }

  async fingerprint(): Promise<string> {
    const texts = await Promise.all(
      ROOTS.map((root) =>
        this.#run.later(this.#query(root, REGISTRY_KEY)).then(
          (output) => output.toString('latin1'),
          (error: unknown) => String(error),
        ),
      ),
    );
    return texts.join('\n');
  }

  read(): PolicyReading {
    const reading: PolicyReading = { values: {}, origins: [], problems: [], needed: [] };
    // The strongest last, so that its values stay.
    for (const root of [...ROOTS].reverse()) this.#readRoot(root, reading);
    return reading;
  }

  #readRoot(root: Root, reading: PolicyReading): void {
    const path = `${root}\\${REGISTRY_KEY}`;
    const origin = (state: PolicyOrigin['state'], hash?: string): void => {
      reading.origins.unshift({ path, kind: 'native', state, ...(hash !== undefined && { hash }) });
    };
    let output: Buffer;
    try {
      if (!this.#exists(root)) {
        origin('absent');
        return;
      }
      output = this.#run.now(this.#query(root, REGISTRY_KEY));
    } catch (error) {
      origin('broken');
      const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      reading.problems.push({
        severity: 'error',
        path,
        problem: `The registry cannot be read: ${reason}`,
      });
      return;
    }
    // Its code page is that of the console: what is not ASCII is caught further on.
    const values = parseRegistryText(output.toString('latin1'), REGISTRY_KEY);
    const { policy, problems } = registryPolicy(values);
    const checked = checkPolicyValues(policy, path);
    const all = [
      ...problems.map((problem) => ({ severity: 'error' as const, ...problem })),
      ...checked.problems,
    ];
    const isBroken = all.some(({ severity }) => severity === 'error');
    origin(isBroken ? 'broken' : 'used', createHash('sha256').update(output).digest('hex'));
    reading.problems.push(...all.map((problem) => ({ path, ...problem })));
    reading.values = { ...reading.values, ...checked.values };
  }

  /** `reg query` fails alike for a key that is not there and for any other trouble. */
  #exists(root: Root): boolean {
    try {
      return this.#hasChild(root, PARENT_KEY, REGISTRY_KEY);
    } catch (error) {
      // A user without any policy may have no key for them at all.
      if (!this.#hasChild(root, win32.dirname(PARENT_KEY), PARENT_KEY)) return false;
      throw error;
    }
  }

  #hasChild(root: Root, parent: string, child: string): boolean {
    const text = this.#run.now(this.#query(root, parent, [])).toString('latin1');
    return text
      .split(/\r?\n/)
      .some((line) => line.toLowerCase().endsWith(`\\${child.toLowerCase()}`));
  }

  #query(root: Root, key: string, more: readonly string[] = ['/s']): Command {
    // Group Policy writes to the 64-bit view, whatever program reads it.
    return { program: this.#program, args: ['query', `${root}\\${key}`, ...more, '/reg:64'] };
  }
}
