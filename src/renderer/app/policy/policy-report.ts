import type { EffectiveSettings } from '../../../shared/settings.ts';
import { policyReportText } from '../../../shared/settings/policy-report.ts';

/** Longest line that is copied: a certificate in a value is longer, and named by its beginning. */
const MAX_LINE_CHARACTERS = 1000;
/** What the clipboard takes (see `clipboard:write`). */
const MAX_CHARACTERS = 65_000;

/** The whole policy as text for IT's mailbox. */
export function copiedPolicy(settings: EffectiveSettings, version: string): string {
  return policyReportText(settings, version)
    .split('\n')
    .map((line) =>
      line.length > MAX_LINE_CHARACTERS ? `${line.slice(0, MAX_LINE_CHARACTERS)}…` : line,
    )
    .join('\n')
    .slice(0, MAX_CHARACTERS);
}
