import { _electron, expect, type Page } from '@playwright/test';
import path from 'node:path';
import { switchesForUser, type Runtime } from '../runtime.ts';
import type { Story } from './story.ts';

/** From the start of the app to a call that shows the other side; generous for a slow machine. */
const CALL_TIMEOUT_MS = 60_000;

/** Starts the app, waits until the call shows what it should, and saves a picture of it. */
export async function takeScreenshot(options: {
  runtime: Runtime;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Videos that must be playing before the picture is taken. */
  videos: number;
  file: string;
  story: Story;
}): Promise<void> {
  const { runtime, args, env, videos, file, story } = options;
  const app = await _electron.launch({
    executablePath: runtime.path,
    args: [...switchesForUser(runtime.kind), ...args],
    env: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  });
  try {
    const page = await app.firstWindow();
    page.setDefaultTimeout(CALL_TIMEOUT_MS);
    const end = await untilSettled(page, videos);
    if (end === 'gone') throw new Error('the app’s window was closed before there was a call');
    await page.screenshot({ path: file });
    if (end !== 'playing') {
      const what =
        end === 'failed'
          ? await page.getByTestId('call-error').getByRole('alert').innerText()
          : `the call did not show ${videos} moving pictures within ${CALL_TIMEOUT_MS / 1000} s`;
      throw new Error(`${what} (${path.resolve(file)} shows what there was)`);
    }
    const badge = await page.getByTestId('connection-badge').innerText();
    story.tell('app', badge.replaceAll(/\s+/g, ' ').trim());
    story.tell('start', `picture saved to ${path.resolve(file)}`);
  } finally {
    await app.close();
  }
}

/** The part of a video element that is looked at. */
interface Video {
  currentTime: number;
  videoWidth: number;
}

type Sight = 'playing' | 'failed' | 'gone' | 'waiting';

/** Waits until `count` videos are shown and have moved on, or the app says that there is no call. */
async function untilSettled(page: Page, count: number): Promise<Sight> {
  const look = async (): Promise<Sight> => {
    if (page.isClosed()) return 'gone';
    if (await page.getByTestId('call-error').isVisible()) return 'failed';
    const playing = await page.locator('video').evaluateAll(countPlaying);
    const isCall = await page.getByTestId('connection-badge').isVisible();
    return isCall && playing >= count ? 'playing' : 'waiting';
  };
  let seen: Sight = 'waiting';
  // A look fails where a meeting at another host has its document made anew, and is taken again.
  await expect(async () => {
    seen = await look();
    expect(seen).not.toBe('waiting');
  })
    .toPass({ timeout: CALL_TIMEOUT_MS, intervals: [100] })
    // That it did not settle in time is one of the answers.
    .catch(() => undefined);
  return seen;
}

function countPlaying(elements: unknown): number {
  return (elements as Video[]).filter((video) => video.currentTime > 0.5 && video.videoWidth > 0)
    .length;
}
