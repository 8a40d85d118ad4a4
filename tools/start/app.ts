import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { JOIN_VARIABLE } from '../../src/main/command-line.ts';
import { switchesForUser, type Runtime } from '../runtime.ts';
import { inProject } from '../setup/project.ts';
import type { Children } from './children.ts';
import type { Display } from './display.ts';
import type { Story, Teller } from './story.ts';

/** One call to make with the app or the demo participant. */
export interface StartMeeting {
  roomId: string;
  displayName: string;
  serverUrl: string;
  preferredProtocol: string;
  signalingBaseUrl: string[];
}

/** Chromium's own test picture and sound, and no question asked: for where there is no camera to ask for. */
const TEST_MEDIA = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];

/**
 * Media to a server on this computer also where it has no network at all: without one, Chromium
 * would offer no address of its own.
 */
export const MEDIA_ON_LOOPBACK = '--allow-loopback-in-peer-connection';

/**
 * The app's arguments for joining `meeting` at once, with a profile of its own in `profile`. The
 * meeting's link goes by the environment ({@link appEnvironment}).
 */
export function appArguments(meeting: StartMeeting, profile: string, display: Display): string[] {
  return [
    inProject('.'),
    `--user-data-dir=${profile}`,
    MEDIA_ON_LOOPBACK,
    '--auto-join',
    `--display-name=${meeting.displayName}`,
    `--preferred-protocol=${meeting.preferredProtocol}`,
    `--cloud-proxy=${meeting.signalingBaseUrl.join(',')}`,
    // A virtual display has nobody in front of it, and no camera that anybody chose.
    ...(display.isVirtual ? TEST_MEDIA : []),
  ];
}

/** The app's environment: with the link, since a link may carry a join token. */
export function appEnvironment(link: string, display: Display): NodeJS.ProcessEnv {
  return { ...process.env, DISPLAY: display.name, [JOIN_VARIABLE]: link };
}

/** Starts a program on the app's runtime and tells its lines as `who`. */
export function startOnRuntime(options: {
  runtime: Runtime;
  args: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  who: Teller;
  story: Story;
  children: Children;
}): ChildProcess {
  const { runtime, args, env, who, story, children } = options;
  const child = spawn(runtime.path, [...switchesForUser(runtime.kind), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  children.add(who, child);
  // What is being ended has nothing to tell that anybody waits for.
  const tell = (line: string): void => {
    if (!children.ending) story.tell(who, line);
  };
  tellLines(child.stdout, tell);
  tellErrors(child.stderr, tell);
  child.once('error', (error) => story.tell(who, `could not be started: ${error.message}`));
  return child;
}

/** The time that the app prints before a line; the story has its own. */
const OWN_TIME = /^\d\d:\d\d:\d\d {2}/;

function tellLines(stream: Readable, tell: (line: string) => void): void {
  createInterface({ input: stream }).on('line', (line) => {
    const text = line.replace(OWN_TIME, '').trimEnd();
    if (text !== '') tell(text);
  });
}

/** What Chromium says of itself on stderr: internals with a process id, a source file and a line. */
const CHROMIUM_NOISE =
  /^\[\d+:\d+:[\d/.]+:[A-Z]+:.*\.(cc|mm|h)[:(]|^(DevTools listening|Debugger listening|For help, see:)/;

function tellErrors(stream: Readable, tell: (line: string) => void): void {
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '' && !CHROMIUM_NOISE.test(line)) tell(line);
  });
}

/** Resolves with the exit status when the program has ended. */
export async function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
