import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { inProject } from '../setup/project.ts';
import type { Runtime } from '../runtime.ts';
import { MEDIA_ON_LOOPBACK, startOnRuntime, type StartMeeting } from './app.ts';
import type { Children } from './children.ts';
import type { Story } from './story.ts';

const PAGE = inProject('.causeway', 'demo-participant', 'index.html');

/** Puts the demo participant into the meeting: a program of its own that nobody sees. */
export async function startDemoParticipant(options: {
  meeting: StartMeeting;
  token: string;
  profile: string;
  runtime: Runtime;
  display: string | undefined;
  story: Story;
  children: Children;
}): Promise<void> {
  const { meeting, token, profile, runtime, display, story, children } = options;
  await mkdir(profile, { recursive: true });
  startOnRuntime({
    runtime,
    args: [
      inProject('tools', 'demo-participant', 'main.mjs'),
      `--user-data-dir=${path.resolve(profile)}`,
      MEDIA_ON_LOOPBACK,
      `--page=${PAGE}`,
    ],
    // By the environment, which other users cannot read: the meeting carries a join token.
    env: {
      CAUSEWAY_DEMO_MEETING: JSON.stringify({ ...meeting, token }),
      CAUSEWAY_HEADLESS: '1',
      DISPLAY: display,
    },
    who: 'demo',
    story,
    children,
  });
}
