import type { Locator, Page } from '@playwright/test';
import { callScreen, endedScreen, joinScreen, readBadge } from '../../tests/fixtures/screens.ts';

/** Longest time that a measured join may take, ms: far above any sample, far below a stuck run. */
const JOIN_TIMEOUT_MS = 20_000;

/** Frames of the own camera after which its start costs nothing any more: about a second. */
const SETTLED_FRAMES = 30;

export interface JoinSample {
  /** From the press of Join to the first decoded frame of somebody else, ms. */
  firstFrameMs: number;
  /** What the client says its media is on: `udp`, `tcp` or `tls`. */
  protocol: string;
}

/**
 * One measured join in the app's warm window. It ends on the screen after the call, where the
 * camera is off: while the baseline is measured, the app costs next to nothing.
 */
export async function measureAppJoin(page: Page): Promise<JoinSample> {
  const join = joinScreen(page);
  const ended = endedScreen(page);
  if (await ended.back.isVisible()) await ended.back.click();
  await settleOn(join.preview);
  await armFirstFrameProbe(page);
  await join.join.click();
  const firstFrameMs = await readFirstFrameProbe(page);

  const call = callScreen(page);
  await page.locator('[data-testid="connection-badge"][data-phase="connected"]').waitFor();
  const [protocol = ''] = await readBadge(page);
  await call.leave.click();
  await ended.left.waitFor();
  return { firstFrameMs, protocol: protocol.toLowerCase() };
}

/** Waits until a camera's picture has come up and its start is over. */
export async function settleOn(video: Locator): Promise<void> {
  await video.evaluate(
    async (element: HTMLVideoElement, frames) =>
      await new Promise<void>((resolve) => {
        let left = frames;
        const onFrame = (): void => {
          left -= 1;
          if (left > 0) element.requestVideoFrameCallback(onFrame);
          else resolve();
        };
        element.requestVideoFrameCallback(onFrame);
      }),
    SETTLED_FRAMES,
  );
}

/** Starts the clock at the next click, and stops it at the first frame of another person's picture. */
async function armFirstFrameProbe(page: Page): Promise<void> {
  await page.evaluate((timeoutMs) => {
    const probe = new Promise<number>((resolve, reject) => {
      let start: number | undefined;
      document.addEventListener(
        'click',
        () => {
          start = performance.now();
          setTimeout(() => {
            watcher.disconnect();
            reject(new Error(`no remote frame within ${timeoutMs} ms`));
          }, timeoutMs);
        },
        { capture: true, once: true },
      );
      const seen = new WeakSet<Element>();
      const watcher = new MutationObserver(() => {
        for (const video of document.querySelectorAll<HTMLVideoElement>(
          '[data-testid="tile"][data-own="false"] video',
        )) {
          if (seen.has(video)) continue;
          seen.add(video);
          video.requestVideoFrameCallback(() => {
            watcher.disconnect();
            resolve(performance.now() - (start ?? Number.NaN));
          });
        }
      });
      watcher.observe(document, { subtree: true, childList: true });
    });
    // Kept in the page until it is asked for; its failure is reported then.
    probe.catch(() => undefined);
    Object.assign(window, { firstFrameProbe: probe });
  }, JOIN_TIMEOUT_MS);
}

async function readFirstFrameProbe(page: Page): Promise<number> {
  return await page.evaluate(
    async () => await (window as unknown as { firstFrameProbe: Promise<number> }).firstFrameProbe,
  );
}
