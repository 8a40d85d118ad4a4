import type { App } from '../fixtures/app.ts';
import { APP_TARGETS, readContinuity, startContinuityProbe } from '../fixtures/continuity-probe.ts';
import { flowsSince, longestGap } from '../fixtures/continuity.ts';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { recordOthers, shownOthers } from '../fixtures/others-on-screen.ts';
import { callScreen, joinScreen } from '../fixtures/screens.ts';
import { readTimeline } from '../fixtures/timeline.ts';
import { expect } from '../e2e/fixtures.ts';

/**
 * How long a picture may stand still here, ms. What is aimed at is 400 (see docs/benchmarks.md): a
 * test has to pass on a busy machine too, and a client that restarts ICE needs 6000 and more.
 */
const FREEZE_LIMIT_MS = 3_000;
/**
 * Of the cameras of both: two apps that encode and decode on two cores leave little of them for what
 * is tested, and ten frames a second are a moving picture.
 */
export const CAMERA_FPS = 10;
/** How long it may take until pictures go on evenly, ms. */
const RECOVERY_LIMIT_MS = 20_000;
const EVENLY = { forMs: 1_000, gapMs: 500 };

/** Ada and Ben in a call that is about to be disturbed. */
export class CallInTrouble {
  readonly ada: App;
  readonly ben: App;

  private constructor(ada: App, ben: App) {
    this.ada = ada;
    this.ben = ben;
  }

  /** Ada joins; both see and hear each other; from here on everything is watched. */
  static async begin(ada: App, ben: App): Promise<CallInTrouble> {
    await joinScreen(ada.window).join.click();
    const call = callScreen(ada.window);
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    await watchMotion(call.videoOf('Ben'));
    expect(await listen(call.sound)).toBeGreaterThan(0);
    await watchMotion(callScreen(ben.window).videoOf('Ada'));
    const trouble = new CallInTrouble(ada, ben);
    for (const { window } of [ada, ben]) {
      await startContinuityProbe(window, { video: APP_TARGETS.video });
    }
    await trouble.expectEven();
    await recordOthers(ben.window);
    return trouble;
  }

  /** Pictures go on evenly on both sides. */
  async expectEven(): Promise<void> {
    for (const [who, { window }] of [
      ['Ada', this.ada],
      ['Ben', this.ben],
    ] as const) {
      await expect
        .poll(
          async () => {
            const { frames, until } = await readContinuity(window);
            return flowsSince(frames, until, EVENLY);
          },
          { message: `${who} has an even picture`, timeout: RECOVERY_LIMIT_MS },
        )
        .toBe(true);
    }
  }

  /** The server has given Ada her own place again, after her signaling was lost. */
  async expectResumed(since: number): Promise<void> {
    await expect
      .poll(async () => {
        const lines = await readTimeline(this.ada.window);
        return lines.filter(({ at }) => at >= since).map(({ text }) => text);
      })
      .toContainEqual(
        expect.stringMatching(/^connected to the meeting again .* nobody saw you leave/),
      );
  }

  /**
   * Since then (ms since the epoch) nobody's picture stood still for longer than `limitMs`, and it
   * goes on now; Ben has seen nobody leave, come or turn a camera off. Prints the freezes.
   */
  async expectUnbroken(since: number, limitMs = FREEZE_LIMIT_MS): Promise<void> {
    await this.expectEven();
    const freezes: Record<string, number> = {};
    for (const [who, { window }] of [
      ['Ada', this.ada],
      ['Ben', this.ben],
    ] as const) {
      const { frames, until } = await readContinuity(window);
      freezes[who] = Math.round(longestGap(frames, since, until));
    }
    console.log(`    longest time without a new frame: ${JSON.stringify(freezes)} ms`);
    for (const [who, { window }] of [
      ['Ada', this.ada],
      ['Ben', this.ben],
    ] as const) {
      for (const { at, text } of await readTimeline(window)) {
        if (at >= since) console.log(`      ${who}, ${at - since} ms after: ${text}`);
      }
    }
    for (const [who, freeze] of Object.entries(freezes)) {
      expect(freeze, `ms that ${who}'s picture stood still`).toBeLessThan(limitMs);
    }
    const shown = await shownOthers(this.ben.window);
    expect(shown, 'what Ben was shown of others').toHaveLength(1);
    expect(shown[0]).toMatch(/^Ada .* with picture$/);
    expect(await listen(callScreen(this.ada.window).sound)).toBeGreaterThan(0);
  }
}
