import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EffectiveSettings, Settings } from '../../shared/settings.ts';
import { policyReport, policyReportText } from '../../shared/settings/policy-report.ts';
import { CommandLineSource } from '../settings/command-line-source.ts';
import { LAST_GOOD_FILE_NAME, LastGood } from '../settings/managed/last-good.ts';
import { ManagedPolicy } from '../settings/managed/managed-policy.ts';
import type { PolicyReader } from '../settings/managed/policy-reader.ts';
import { mergeSettings } from '../settings/merge.ts';
import { ownAddresses } from '../settings/region.ts';
import { readStoredFile } from '../settings/stored-file.ts';
import { SETTINGS_FILE_NAME, userValues, type SettingsFile } from '../settings/user-settings.ts';
import type { TaskOutcome } from './check-policy-file.ts';

export interface PrintOptions {
  json: boolean;
  version: string;
  readers: readonly PolicyReader[];
  /** Folder with the employee's settings and the last good policy. */
  userData: string;
  commandLine: Partial<Settings>;
}

/** Exit status where no call would be possible. */
const CALLS_REFUSED = 1;

/** What a start of Causeway would find here, for people or (JSON) for programs. Writes nothing. */
export function printPolicy(options: PrintOptions): TaskOutcome {
  const effective = readEffective(options);
  const text = options.json
    ? `${JSON.stringify(policyReport(effective, options.version), undefined, 2)}\n`
    : policyReportText(effective, options.version);
  return { text, exitCode: effective.policy.callsRefused ? CALLS_REFUSED : 0 };
}

function readEffective({ readers, userData, commandLine }: PrintOptions): EffectiveSettings {
  const managed = new ManagedPolicy({
    readers,
    lastGood: new LastGood(asItIs(join(userData, `${LAST_GOOD_FILE_NAME}.json`))),
    now: Date.now,
    onNotKept: () => undefined,
  });
  const path = join(userData, `${SETTINGS_FILE_NAME}.json`);
  const stored = readStoredFile(path);
  const merged = mergeSettings({
    managed: managed.values(),
    commandLine: new CommandLineSource(commandLine).values(),
    user: stored.kind === 'usable' ? userValues(stored.values, path) : {},
    addresses: ownAddresses(),
  });
  return { ...merged, policy: managed.status() };
}

/** What a file holds, to be looked at only: what is put in its place stays in memory. */
function asItIs(path: string): SettingsFile {
  try {
    const store = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    const isObject = typeof store === 'object' && store !== null;
    return { store: isObject ? (store as Record<string, unknown>) : {} };
  } catch {
    return { store: {} };
  }
}
