import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import { posix } from 'node:path';
import type { PolicyOrigin } from '../../../shared/settings/policy-status.ts';
import { errorCode } from '../stored-file.ts';
import { checkPolicyText } from './check-policy.ts';
import type { FileTrust } from './file-trust.ts';
import { readManagedFile } from './managed-file.ts';
import type { PolicyReader, PolicyReading } from './policy-reader.ts';
import type { RunCommand } from './run-command.ts';

/** ms; a look is one question to the file system. */
const POLL_INTERVAL_MS = 500;

/** Where macOS puts what configuration profiles demand. */
const MANAGED_PREFERENCES = '/Library/Managed Preferences';
/** The app's identifier (electron-builder.yml), which is the preference domain. */
const DOMAIN_FILE = 'app.causeway.desktop.plist';
const PLUTIL = '/usr/bin/plutil';

/**
 * The managed preferences that a configuration profile sets, as macOS' own `plutil` reads them. The
 * files belong to the system; what a user sets with `defaults write` is elsewhere and never read.
 */
export class MacPreferencesReader implements PolicyReader {
  readonly name = 'native';
  readonly canBeWithdrawn = true;
  readonly pollIntervalMs = POLL_INTERVAL_MS;
  readonly #run: RunCommand;
  readonly #trust: FileTrust;
  /** Strongest first: the computer's before the user's. */
  readonly #paths: readonly string[];

  constructor(userName: string, trust: FileTrust, run: RunCommand, folder = MANAGED_PREFERENCES) {
    this.#run = run;
    this.#trust = trust;
    this.#paths = [posix.join(folder, DOMAIN_FILE), posix.join(folder, userName, DOMAIN_FILE)];
  }

  fingerprint(): Promise<string> {
    return Promise.resolve(this.#paths.map(markOf).join('\n'));
  }

  read(): PolicyReading {
    const reading: PolicyReading = { values: {}, origins: [], problems: [], needed: [] };
    for (const path of [...this.#paths].reverse()) this.#readFile(path, reading);
    return reading;
  }

  #readFile(path: string, reading: PolicyReading): void {
    const origin = (more: Pick<PolicyOrigin, 'state' | 'modifiedAt' | 'hash'>): void => {
      reading.origins.unshift({ path, kind: 'native', ...more });
    };
    const fail = (state: 'refused' | 'broken', problem: string): void => {
      origin({ state });
      reading.problems.push({ severity: 'error', path, problem });
    };
    const file = readManagedFile(path, this.#trust);
    if (file.kind === 'absent') {
      origin({ state: 'absent' });
      return;
    }
    if (file.kind !== 'bytes') {
      fail(file.kind === 'refused' ? 'refused' : 'broken', file.problem);
      return;
    }
    const { bytes, modifiedAt } = file;
    let json: Buffer;
    try {
      // What was checked is what is read: the bytes go in, not the path.
      const args = ['-convert', 'json', '-o', '-', '-'];
      json = this.#run({ program: PLUTIL, args, input: bytes });
    } catch {
      fail(
        'broken',
        'It is no property list that plutil can turn into JSON (a date or data in it?).',
      );
      return;
    }
    const checked = checkPolicyText(json, path);
    const isBroken = checked.problems.some(({ severity }) => severity === 'error');
    const hash = createHash('sha256').update(bytes).digest('hex');
    origin({ state: isBroken ? 'broken' : 'used', modifiedAt, hash });
    // Lines and columns would be those of plutil's JSON, which nobody has seen.
    reading.problems.push(
      ...checked.problems.map(({ severity, key, problem }) => ({
        path,
        severity,
        problem,
        ...(key !== undefined && { key }),
      })),
    );
    reading.values = { ...reading.values, ...checked.values };
  }
}

function markOf(path: string): string {
  try {
    const { ino, size, mtimeMs, ctimeMs, uid, mode } = lstatSync(path);
    return [ino, size, mtimeMs, ctimeMs, uid, mode].join(' ');
  } catch (error) {
    return errorCode(error);
  }
}
