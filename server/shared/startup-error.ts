/** Why a server cannot start: a sentence for whoever started it, shown without a stack trace. */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}

/** Exit code of a server that refuses to start: bad configuration, port in use, missing file. */
export const EXIT_CANNOT_START = 2;
