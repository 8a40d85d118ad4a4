import { DisplayName, parseMeetingLink } from '../../../shared/meeting-link.ts';

/** What is wrong with the entered meeting, or undefined. */
export function meetingProblem(input: string): string | undefined {
  const result = parseMeetingLink(input);
  return result.ok ? undefined : result.problem;
}

/** What is wrong with the entered name, or undefined. */
export function nameProblem(name: string): string | undefined {
  const result = DisplayName.safeParse(name);
  return result.success ? undefined : result.error.issues[0]?.message;
}

/**
 * Whether the problem of a field is shown: at once after an attempt to join; before that only
 * for something typed, when the typing has come to rest.
 */
export function shownProblem(
  value: string,
  settled: string,
  tried: boolean,
  check: (value: string) => string | undefined,
): string | undefined {
  const isAtRest = value !== '' && value === settled;
  return tried || isAtRest ? check(value) : undefined;
}
