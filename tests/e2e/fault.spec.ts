import type { App } from '../fixtures/app.ts';
import { callScreen, endedScreen, joinScreen } from '../fixtures/screens.ts';
import { expect, test } from './fixtures.ts';

const SECRET = 'a-secret-in-the-message';

/** Makes whatever shows the history of the call fail while it is drawn. */
async function breakTimeline({ window }: App): Promise<void> {
  await window.evaluate((secret) => {
    Array.prototype.toReversed = () => {
      throw new TypeError(secret);
    };
  }, SECRET);
}

async function openBrokenCall(app: App): Promise<void> {
  await joinScreen(app.window).join.click();
  const { badge } = callScreen(app.window);
  await expect(badge).toHaveAttribute('data-phase', 'connected');
  await breakTimeline(app);
  await badge.click();
}

test.describe('an exception while the window is drawn', () => {
  test('in a call: a screen to read, from which the call can be left', async ({ launch, link }) => {
    const app = await launch({ args: ['--display-name=Ada', link] });
    await openBrokenCall(app);
    const fault = app.window.getByTestId('fault');
    await expect(fault.getByRole('heading')).toHaveText('Something went wrong in this window');
    await expect(fault.getByRole('alert')).toContainText('others may hear and see you');
    await expect
      .poll(() => app.output.join('\n'))
      .toMatch(/the window could not be drawn: TypeError in \w+/);
    expect(app.output.join('\n')).not.toContain(SECRET);
    expect(await app.window.locator('body').innerText()).not.toContain(SECRET);

    await fault.getByRole('button', { name: 'Leave the meeting' }).click();
    await expect(endedScreen(app.window).left).toBeVisible();
    await expect(fault).toBeHidden();
  });

  test('the window can be loaded again', async ({ launch, link }) => {
    const app = await launch({ args: ['--display-name=Ada', link] });
    await openBrokenCall(app);
    await app.window.getByTestId('fault').getByRole('button', { name: 'Load again' }).click();
    await expect(joinScreen(app.window).title).toBeVisible();
    await expect(app.window.getByTestId('fault')).toBeHidden();
  });
});
