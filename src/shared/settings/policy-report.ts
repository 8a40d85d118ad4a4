import { SETTING_KEYS, type SettingKey } from './definitions.ts';
import type { EffectiveSettings, Loser, Provenance } from './effective.ts';
import type { PolicyStatus } from './policy-status.ts';

/** A report for programs: `causeway --print-policy --json`. */
export interface PolicyReport {
  causeway: string;
  policy: PolicyStatus;
  settings: Record<SettingKey, Provenance & { value: unknown }>;
}

/** @param version Of Causeway. */
export function policyReport(
  { values, provenance, policy }: EffectiveSettings,
  version: string,
): PolicyReport {
  const settings = Object.fromEntries(
    SETTING_KEYS.map((key) => [key, { value: values[key], ...provenance[key] }]),
  ) as PolicyReport['settings'];
  return { causeway: version, policy, settings };
}

const SOURCE_TEXT: Record<Loser['source'], string> = {
  managed: 'managed',
  'command-line': 'command line',
  user: 'user',
  default: 'default',
};

const WHY_TEXT: Record<Loser['why'], string> = {
  weaker: 'weaker',
  locked: 'locked by IT',
  'not-allowed': 'not allowed',
};

/** The same for people, and for IT's mailbox: `causeway --print-policy`. */
export function policyReportText(effective: EffectiveSettings, version: string): string {
  const { policy } = effective;
  const lines = [`Causeway ${version}`, '', `Policy: ${policy.state}, in force: ${policy.inForce}`];
  if (policy.since !== undefined) lines.push(`Since: ${timeOf(policy.since)}`);
  if (policy.hash !== undefined) lines.push(`SHA-256: ${policy.hash}`);
  if (policy.callsRefused) lines.push(`Calls are refused: ${policy.callsRefused.message}`);
  lines.push('', 'Read from:', ...policy.origins.map((origin) => `  ${originText(origin)}`));
  if (policy.problems.length > 0) lines.push('', 'Problems:');
  for (const { severity, path, line, column, key, problem } of policy.problems) {
    const place = line === undefined ? '' : `:${line}:${column ?? 1}`;
    const what = key === undefined ? '' : `${key}: `;
    lines.push(`  ${severity}: ${path}${place}: ${what}${problem}`);
  }
  lines.push('', 'Settings:');
  const width = Math.max(...SETTING_KEYS.map((key) => key.length));
  for (const key of SETTING_KEYS) {
    const { source, origin, locked, losers } = effective.provenance[key];
    const from = origin === undefined ? '' : ` (${origin})`;
    lines.push(
      `  ${key.padEnd(width)}  ${JSON.stringify(effective.values[key])}  · ${SOURCE_TEXT[source]}${from}${locked ? ', locked' : ''}`,
    );
    for (const loser of losers) lines.push(`  ${' '.repeat(width)}  ${loserText(loser)}`);
  }
  return `${lines.join('\n')}\n`;
}

function loserText({ source, origin, value, why, problem }: Loser): string {
  const from = origin === undefined ? '' : ` (${origin})`;
  const reason = problem === undefined ? WHY_TEXT[why] : `${WHY_TEXT[why]}: ${problem}`;
  return `  not ${JSON.stringify(value)}  · ${SOURCE_TEXT[source]}${from}, ${reason}`;
}

function originText({ path, state, modifiedAt, hash }: PolicyStatus['origins'][number]): string {
  const time = modifiedAt === undefined ? '' : `, changed ${timeOf(modifiedAt)}`;
  return `${path}: ${state}${time}${hash === undefined ? '' : `, SHA-256 ${hash}`}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
