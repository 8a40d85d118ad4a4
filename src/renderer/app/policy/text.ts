import { PREFERRED_PROTOCOL_TEXT } from '../../../shared/protocol.ts';
import type { Loser } from '../../../shared/settings.ts';
import type { PolicyOrigin, PolicyStatus } from '../../../shared/settings/policy-status.ts';

export const POLICY_TEXT = {
  title: 'Policy',
  close: 'Close the policy page',
  see: 'See the policy',
  lead: 'What your organization has set for Causeway on this computer, and where every value comes from.',
  copy: 'Copy for IT',
  copied: 'Copied',
  refusedTitle: 'Calls are not possible just now',
  forbiddenTitle: 'The policy of your organization forbids this call',
  tellIt: 'Tell IT:',
  forIt: 'For IT',
  inForceSince: 'In force since',
  hash: 'SHA-256',
  files: 'Read from',
  file: 'File',
  changed: 'Changed',
  problems: (count: number) => (count === 1 ? '1 problem' : `${count} problems`),
  managed: (count: number) =>
    count === 1 ? '1 setting by your organization' : `${count} settings by your organization`,
  others: 'All other settings',
  noneManaged: 'Your organization has set nothing.',
  locked: 'locked',
  notUsed: 'Not used',
} as const;

/** What became of the policy, as a headline and a sentence. */
export function statusText({ state, inForce, callsRefused }: PolicyStatus): {
  tone: 'good' | 'plain' | 'warning' | 'error';
  title: string;
  text: string;
} {
  if (callsRefused) {
    return { tone: 'error', title: POLICY_TEXT.refusedTitle, text: callsRefused.message };
  }
  const lastGood =
    inForce === 'last-good' ? 'The last ones that were good stay in force.' : 'None are in force.';
  switch (state) {
    case 'none':
      return {
        tone: 'plain',
        title: 'No policy',
        text: 'Nothing on this computer sets anything for Causeway. Everything is up to you.',
      };
    case 'ok':
      return {
        tone: 'good',
        title: 'The policy is in force',
        text: 'Everything that your organization has set was read and counts.',
      };
    case 'refused':
      return {
        tone: 'warning',
        title: 'The policy is not trusted',
        text: `Others than the administrator could have written it. ${lastGood}`,
      };
    case 'broken':
      return {
        tone: 'warning',
        title: 'The policy cannot be used',
        text: `Something in it is wrong. ${lastGood}`,
      };
    case 'gone':
      return {
        tone: 'warning',
        title: 'The policy has vanished',
        text: `It was there and is not any more. ${lastGood} To end it, IT leaves a file that holds {}.`,
      };
  }
}

export const ORIGIN_STATE_TEXT: Record<PolicyOrigin['state'], string> = {
  absent: 'Not there',
  used: 'Used',
  refused: 'Not trusted',
  broken: 'Wrong',
};

export const WHY_TEXT: Record<Loser['why'], string> = {
  weaker: 'a stronger source has a value',
  locked: 'IT has locked this setting',
  'not-allowed': 'the policy forbids it',
};

export const SOURCE_NAME: Record<Loser['source'], string> = {
  managed: 'Your organization',
  'command-line': 'Command line',
  user: 'You',
  default: 'Default',
};

/** Longest value that is shown whole: a certificate is longer, and nobody reads it here. */
const MAX_VALUE_CHARACTERS = 240;

/** A value for people: words for what has words, else as it stands in a managed file. */
export function valueText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (value === '' || (Array.isArray(value) && value.length === 0)) return 'Empty';
  if (isObject(value) && Object.keys(value).length === 0) return 'Empty';
  const text = wordsOf(value);
  return text.length > MAX_VALUE_CHARACTERS ? `${text.slice(0, MAX_VALUE_CHARACTERS)}…` : text;
}

function wordsOf(value: unknown): string {
  if (isStringList(value)) return value.map(modeOrText).join(', ');
  if (typeof value === 'string') return modeOrText(value);
  if (!isObject(value)) return JSON.stringify(value);
  return Object.entries(value)
    .filter(([, part]) => !Array.isArray(part) || part.length > 0)
    .map(([key, part]) => `${key}: ${wordsOf(part)}`)
    .join(' · ');
}

/** Both names of a protocol: the one of the screen, and the one of managed files. */
function modeOrText(text: string): string {
  const mode = (PREFERRED_PROTOCOL_TEXT as Record<string, { name: string } | undefined>)[text];
  return mode === undefined ? text : `${mode.name} (${text})`;
}

function isStringList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago: `just now`, `3 minutes ago`, `2 days ago`. */
export function ageText(at: number, now: number): string {
  for (const [unit, ms] of UNITS) {
    if (now - at >= ms) return relative.format(-Math.floor((now - at) / ms), unit);
  }
  return 'just now';
}

/** `2026-01-31 08:15:00`, in local time. */
export function timeText(at: number): string {
  const date = new Date(at);
  const pad = (part: number): string => String(part).padStart(2, '0');
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')}`;
}
