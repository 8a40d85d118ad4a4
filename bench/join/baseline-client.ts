import type { Page } from '@playwright/test';
import type { BaselinePage, JoinOptions } from '../baseline/page/main.ts';
import { settleOn } from './app-client.ts';
import type { JoinSample } from './app-client.ts';

type BaselineWindow = typeof globalThis & { baseline: BaselinePage };

export async function warmUpBaseline(page: Page, media: MediaStreamConstraints): Promise<void> {
  await page.waitForFunction(() => 'baseline' in window);
  await page.evaluate(
    async (wanted) => await (window as unknown as BaselineWindow).baseline.warmUp(wanted),
    media,
  );
}

/**
 * One measured join of the baseline in its warm page, and out again, after which its camera is off:
 * while the app is measured, the baseline costs next to nothing.
 */
export async function measureBaselineJoin(
  page: Page,
  media: MediaStreamConstraints,
  options: JoinOptions,
): Promise<JoinSample> {
  await warmUpBaseline(page, media);
  await settleOn(page.locator('#preview'));
  return await page.evaluate(async (wanted) => {
    const { baseline } = window as unknown as BaselineWindow;
    const { firstFrameMs } = await baseline.join(wanted);
    // Chromium's statistics may be a little behind what is on the screen.
    let protocol: string | undefined;
    for (let attempt = 0; protocol === undefined && attempt < 20; attempt += 1) {
      protocol = await baseline.selectedProtocol();
      if (protocol === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    baseline.leave();
    baseline.coolDown();
    return { firstFrameMs, protocol: protocol ?? '' };
  }, options);
}

/** Joins to be seen and heard for as long as the page lives. */
export async function publishBaseline(page: Page, options: JoinOptions): Promise<void> {
  await page.evaluate(
    async (wanted) => await (window as unknown as BaselineWindow).baseline.publish(wanted),
    options,
  );
}
