/** The exit code of a program that stopped because set-up needs the user to do something. */
const SETUP_NEEDS_USER_EXIT_CODE = 3;

/** Set-up cannot go on by itself. The message says why and what to do; no stack trace is wanted. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  readonly exitCode = SETUP_NEEDS_USER_EXIT_CODE;
}
