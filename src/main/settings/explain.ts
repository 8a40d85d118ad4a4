import type { z } from 'zod';

/** The first thing wrong with a setting, as one sentence for whoever typed it. */
export function explainSetting(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? explainIssue(issue) : 'This value is not valid.';
}

function explainIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    // The last alternative is the general one; the others are special values such as ''.
    const inner = issue.errors.at(-1)?.[0];
    if (inner) return explainIssue(inner);
  }
  if (issue.code === 'invalid_value') {
    return `Must be one of ${issue.values.map(String).join(', ')}.`;
  }
  const [position] = issue.path;
  return typeof position === 'number' && position > 0
    ? `Entry ${position + 1}: ${issue.message}`
    : issue.message;
}
