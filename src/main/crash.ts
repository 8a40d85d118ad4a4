import { app, dialog } from 'electron';
import type { OpenLog } from './log/log.ts';

/** sysexits.h EX_SOFTWARE: an internal error. */
const EXIT_SOFTWARE = 70;

/**
 * An error that nobody caught ends the app, with a sentence for the person and the rest in the log.
 * @returns Ends the app in the same way.
 */
export function setupCrashHandling(log: OpenLog, logFolder: string): (error: unknown) => void {
  let isEnding = false;
  const end = (error: unknown) => {
    // What fails while the app closes must not begin the closing anew.
    if (isEnding) return;
    isEnding = true;
    log.error('Causeway has to close: an unexpected error', error);
    dialog.showErrorBox(
      'Causeway has to close',
      `Something went wrong inside Causeway. Start it again. If this happens again, send IT the log in ${logFolder}.`,
    );
    void log.close().finally(() => app.exit(EXIT_SOFTWARE));
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  app.on('child-process-gone', (_event, { type, reason }) => {
    if (reason !== 'clean-exit') log.warn(`a helper process ended by itself: ${type} (${reason})`);
  });
  return end;
}
