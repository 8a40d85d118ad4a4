// npm start: a local room server, the app in a demo room, and somebody to meet there.
import { constants } from 'node:os';
import path from 'node:path';
import { cacheFolder } from '../bootstrap/cache-folder.mjs';
import { formatMeetingLink } from '../../src/shared/meeting-link.ts';
import { electronExecutable } from '../runtime.ts';
import { prepare } from '../setup/prepare.ts';
import { SetupError } from '../setup/setup-error.ts';
import { appArguments, appEnvironment, ended, startOnRuntime, type StartMeeting } from './app.ts';
import { Children } from './children.ts';
import { startDemoParticipant } from './demo.ts';
import { fetchDevToken } from './dev-token.ts';
import { ensureDisplay } from './display.ts';
import { readFlags, type StartFlags } from './flags.ts';
import { startLocalProxy } from './proxy.ts';
import { startLocalRoomServer } from './room-server.ts';
import { newSecret } from './secret.ts';
import { takeScreenshot } from './screenshot.ts';
import { createStory } from './story.ts';

const RUNTIME_TEXT = {
  electron: 'Electron',
  'stand-in':
    'the stand-in on Chromium, since Electron’s binary is not here (docs/runtime-parity.md)',
} as const;

/** Signs join tokens: what the room server hands out, the proxy accepts. */
const tokenSecret = newSecret();
const story = createStory(process.stdout);
const children = new Children();
/** What runs in this process and has to be stopped. */
const stops: (() => Promise<void>)[] = [];

async function main(flags: StartFlags): Promise<number> {
  await prepare([
    'app',
    ...(flags.server === undefined ? (['worker'] as const) : []),
    ...(flags.demo ? (['demo'] as const) : []),
    ...(flags.proxy ? (['proxy'] as const) : []),
  ]);
  const display = await ensureDisplay(children);
  if (display.isVirtual)
    story.tell(
      'start',
      `no display here: using a virtual one (${display.name}) with a test camera`,
    );
  const runtime = electronExecutable();
  story.tell('start', `the app runs on ${RUNTIME_TEXT[runtime.kind]}`);

  const serverUrl = flags.server ?? (await localServer(flags));
  const proxyUrl = flags.proxy ? await localProxy(serverUrl, flags.turnPort) : undefined;
  const meeting: StartMeeting = {
    roomId: flags.room,
    displayName: flags.name,
    serverUrl,
    preferredProtocol: flags.mode,
    signalingBaseUrl: proxyUrl === undefined ? [] : [proxyUrl],
  };
  const profiles = path.join(cacheFolder(), 'start-profiles');
  if (flags.demo) {
    await startDemoParticipant({
      meeting: {
        ...meeting,
        // A guest at the server itself: mode and proxy are the app's.
        displayName: 'Demo participant',
        preferredProtocol: 'UDP_OVER_TCP',
        signalingBaseUrl: [],
      },
      token: await fetchDevToken(serverUrl, flags.room, 'Demo participant'),
      profile: path.join(profiles, 'demo'),
      runtime,
      display: display.name,
      story,
      children,
    });
  }
  // Asked for here, since in a proxied call no packet of the app's goes to the server.
  const token = await fetchDevToken(serverUrl, flags.room, flags.name);
  const link = formatMeetingLink({ roomId: flags.room, serverUrl, ...(token ? { token } : {}) });
  const args = appArguments(meeting, path.join(profiles, 'app'), display);
  const env = appEnvironment(link, display);
  if (flags.screenshot !== undefined) {
    await takeScreenshot({
      runtime,
      args,
      env,
      videos: flags.demo ? 2 : 1,
      file: flags.screenshot,
      story,
    });
    return 0;
  }
  const app = startOnRuntime({ runtime, args, env, who: 'app', story, children });
  story.tell('start', 'Ctrl-C ends everything');
  const status = await ended(app);
  if (!children.ending) story.tell('start', 'the app was closed; ending the rest');
  return status;
}

async function localServer(flags: StartFlags): Promise<string> {
  const server = await startLocalRoomServer({ ...flags, tokenSecret }, story);
  stops.push(() => server.stop());
  return server.url;
}

async function localProxy(serverUrl: string, turnPort: number): Promise<string> {
  const proxy = await startLocalProxy({ origin: serverUrl, tokenSecret, turnPort }, story);
  stops.push(() => proxy.stop());
  return proxy.url;
}

let shutdown: Promise<void> | undefined;
function endEverything(): Promise<void> {
  shutdown ??= (async () => {
    // At once: Ctrl-C in a terminal reaches the servers' own programs too, and a server that does
    // not know yet that it ends would start them again.
    const stopped = stops.map((stop) => stop());
    await children.endAll();
    await Promise.all(stopped);
  })();
  return shutdown;
}

/**
 * One Ctrl-C may arrive more than once: from the terminal and passed on by npm. What comes within
 * this time of the first is the same one, ms.
 */
const SAME_SIGNAL_MS = 1_000;

// Whatever ends this process: nothing that it started outlives it.
process.on('exit', () => children.killAll());

let endingSince: number | undefined;
function onSignal(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  if (endingSince !== undefined) {
    if (performance.now() - endingSince < SAME_SIGNAL_MS) return;
    children.killAll();
    process.exit(1);
  }
  endingSince = performance.now();
  story.tell('start', 'ending everything');
  void endEverything().then(() => process.exit(128 + constants.signals[signal]));
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);

try {
  const status = await main(readFlags(process.argv.slice(2)));
  await endEverything();
  process.exit(status);
} catch (error) {
  story.tell('start', error instanceof Error ? error.message : String(error));
  await endEverything();
  process.exit(error instanceof SetupError ? error.exitCode : 1);
}
