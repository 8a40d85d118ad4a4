import type { Page } from '@playwright/test';
import { callScreen, endedScreen, joinScreen } from '../fixtures/screens.ts';
import { expect, test } from './fixtures.ts';

/** More steps than any screen has stops. */
const MAX_TABS = 40;

/** Presses Tab until the element with this accessible name has the focus. */
async function tabTo(page: Page, role: 'button' | 'textbox', name: string | RegExp): Promise<void> {
  const target = page.getByRole(role, { name });
  for (let step = 0; step < MAX_TABS; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`“${name}” is not reached by ${MAX_TABS} presses of Tab`);
}

test.describe('with the keyboard alone', () => {
  test('a person joins, mutes, and leaves', async ({ launch, link }) => {
    const { window } = await launch();
    await expect(joinScreen(window).meeting).toBeFocused();
    await window.keyboard.insertText(link);
    await tabTo(window, 'textbox', 'Your name');
    await window.keyboard.type('Ada');
    await tabTo(window, 'button', 'Join meeting');
    await window.keyboard.press('Enter');

    const call = callScreen(window);
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    await tabTo(window, 'button', /Turn the microphone off/);
    await window.keyboard.press('Space');
    await expect(call.ownTile).toHaveAttribute('data-muted', 'true');

    await window.keyboard.press('Control+e');
    await expect(call.ownTile).toHaveAttribute('data-video', 'false');
    await window.keyboard.press('Control+d');
    await expect(call.ownTile).toHaveAttribute('data-muted', 'false');

    await tabTo(window, 'button', /Leave the meeting/);
    await window.keyboard.press('Enter');
    await expect(endedScreen(window).left).toBeVisible();
    await expect(window.getByRole('heading', { level: 1 })).toBeFocused();
  });

  test('settings open, keep the focus inside, and give it back', async ({ launch }) => {
    const { window } = await launch();
    await joinScreen(window).meeting.waitFor();
    await tabTo(window, 'button', 'Settings');
    await window.keyboard.press('Enter');
    const dialog = window.getByRole('dialog', { name: 'Settings' });
    await expect(dialog).toBeVisible();
    for (let step = 0; step < MAX_TABS; step += 1) {
      await window.keyboard.press('Tab');
      expect(
        await dialog.evaluate((element) => element.contains(document.activeElement)),
        'the focus stays in the dialog',
      ).toBe(true);
    }
    await window.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(joinScreen(window).openSettings).toBeFocused();

    // A tooltip is open over this one, and takes no Escape from the dialog.
    await window.keyboard.press('Enter');
    await tabTo(window, 'button', 'Close settings');
    await expect(window.getByRole('tooltip', { name: 'Close settings' })).toBeVisible();
    await window.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  });
});
