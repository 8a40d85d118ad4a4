import type { App } from '../fixtures/app.ts';
import { listen, watchMotion } from '../fixtures/media-probe.ts';
import { callScreen, endedScreen, joinScreen, readBadge } from '../fixtures/screens.ts';
import { expect, test } from './fixtures.ts';

test.describe('a call of two', () => {
  let ada: App;
  let ben: App;

  test.beforeEach(async ({ launch, link }) => {
    [ada, ben] = (await Promise.all(
      ['Ada', 'Ben'].map(async (name) => {
        const app = await launch({ args: [`--join=${link}`, `--display-name=${name}`] });
        await joinScreen(app.window).join.click();
        return app;
      }),
    )) as [App, App];
    await expect(callScreen(ada.window).tileOf('Ben')).toBeVisible();
    await expect(callScreen(ben.window).tileOf('Ada')).toBeVisible();
  });

  test('lets both see and hear each other', async () => {
    for (const [app, other] of [
      [ada, 'Ben'],
      [ben, 'Ada'],
    ] as const) {
      const call = callScreen(app.window);
      const motion = await watchMotion(call.videoOf(other));
      expect(motion.width, `${other}'s picture has a size`).toBeGreaterThan(0);
      expect(await listen(call.sound)).toBeGreaterThan(0);
    }
  });

  test('says how it is connected', async ({ server }) => {
    for (const app of [ada, ben]) {
      await expect(callScreen(app.window).badge).toHaveAttribute('data-phase', 'connected');
      const [protocol, route, address] = await readBadge(app.window);
      expect([protocol, route]).toEqual(['UDP', 'direct']);
      expect(address).toBe(`127.0.0.1:${server.mediaPorts[0]}`);
      await expect(callScreen(app.window).badge).toContainText(/\d ms$/);
      await expect
        .poll(() => app.output.find((line) => line.includes('connected · UDP · direct')))
        .toBeDefined();
    }
  });

  test('shows the other that a microphone or a camera is off', async () => {
    const call = callScreen(ada.window);
    const adaSeenByBen = callScreen(ben.window).tileOf('Ada');
    await expect(adaSeenByBen).toHaveAttribute('data-muted', 'false');

    await call.microphone.click();
    await expect(adaSeenByBen).toHaveAttribute('data-muted', 'true');
    await call.microphone.click();
    await expect(adaSeenByBen).toHaveAttribute('data-muted', 'false');
    expect(await listen(callScreen(ben.window).sound)).toBeGreaterThan(0);

    await call.camera.click();
    await expect(adaSeenByBen).toHaveAttribute('data-video', 'false');
    await call.camera.click();
    await expect(adaSeenByBen).toHaveAttribute('data-video', 'true');
    await watchMotion(callScreen(ben.window).videoOf('Ada'));
  });

  test('goes on for one when the other leaves', async () => {
    await callScreen(ada.window).leave.click();
    await expect(endedScreen(ada.window).left).toContainText('You left the meeting');
    await expect(callScreen(ben.window).tileOf('Ada')).toHaveCount(0);
    await expect(callScreen(ben.window).badge).toHaveAttribute('data-phase', 'connected');
  });

  test('can be joined again by whoever left', async () => {
    await callScreen(ada.window).leave.click();
    await expect(callScreen(ben.window).tileOf('Ada')).toHaveCount(0);
    await ada.window.getByRole('button', { name: 'Join again' }).click();
    await expect(callScreen(ben.window).tileOf('Ada')).toBeVisible();
    await watchMotion(callScreen(ada.window).videoOf('Ben'));
  });
});
