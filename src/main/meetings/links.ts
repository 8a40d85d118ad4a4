import { app } from 'electron';
import { z } from 'zod';
import { LINK_SCHEME } from '../../shared/meeting-link.ts';
import { meetingOf, parseCommandLine } from '../command-line.ts';
import type { Log } from '../log/log.ts';

/** What a second start of the program hands to the first. */
const HandedOver = z.object({
  args: z.array(z.string().max(8192)).max(64),
  join: z.string().max(8192).optional(),
});
type HandedOver = z.infer<typeof HandedOver>;

/**
 * Makes this the only running Causeway of this user, or hands the arguments to the one that is.
 * @returns Whether this one goes on.
 */
export function becomeSingleInstance(args: readonly string[], join: string | undefined): boolean {
  const data: HandedOver = { args: [...args], ...(join === undefined ? {} : { join }) };
  return app.requestSingleInstanceLock(data);
}

/** Registers `causeway://` with the operating system. Linux does it by the desktop entry. */
export function setupLinkScheme(): void {
  // Not from a source tree: tests and trials must not take over the installed app's links.
  if (app.isPackaged && process.platform !== 'linux') app.setAsDefaultProtocolClient(LINK_SCHEME);
}

/** Must run before the app is ready: macOS delivers the link that started it early. */
export function onLinkOpened(listener: (link: string) => void): void {
  app.on('open-url', (event, link) => {
    event.preventDefault();
    listener(link);
  });
}

export function onSecondInstance(
  log: Log,
  listener: (meeting: { input: string; autoJoin: boolean } | undefined) => void,
): void {
  app.on('second-instance', (_event, argv, _workingDirectory, additionalData) => {
    // Chromium may reorder `argv` and add to it; the data is as the second start sent it.
    const handedOver = HandedOver.safeParse(additionalData);
    const parsed = handedOver.success
      ? parseCommandLine(handedOver.data.args, handedOver.data.join)
      : parseCommandLine(argv.slice(1));
    if (!parsed.ok) {
      log.warn(`a second start had arguments that are not valid: ${parsed.problems.join(' ')}`);
      listener(undefined);
      return;
    }
    if (Object.keys(parsed.commandLine.settings).length > 0) {
      log.warn('settings on the command line of a second start are ignored while Causeway runs');
    }
    listener(meetingOf(parsed.commandLine));
  });
}
