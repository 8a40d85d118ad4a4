import {
  callScreen,
  chatPanel,
  endedScreen,
  joinScreen,
  policyPage,
  readBadge,
} from '../fixtures/screens.ts';
import { readTimeline } from '../fixtures/timeline.ts';
import { expect, test } from './fixtures.ts';

/** From the pushed file to the badge: 2 s to notice, then a transport over loopback, ms. */
const SECONDS_MS = 8_000;

/** IT's managed file changes under an app that is in a call. */
test.describe('in a call, a managed file that', () => {
  test('allows TCP only moves the media there within seconds; loosened again, it counts for the next call', async ({
    launch,
    managed,
    link,
  }) => {
    const { window: page } = await launch({ args: [`--join=${link}`, '--display-name=Ada'] });
    await joinScreen(page).join.click();
    const call = callScreen(page);
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    await expect(call.badge).toContainText('UDP');

    const pushedAt = Date.now();
    await managed.push({ preferredProtocol: 'TCP_ONLY' });
    await expect(call.badge).toContainText('TCP ·', { timeout: SECONDS_MS });
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    console.log(`    on TCP ${Date.now() - pushedAt} ms after the push`);
    const told = await readTimeline(page);
    expect(told.map(({ text }) => text).join('\n')).toMatch(/policy/i);

    await managed.push({});
    const inForce = (): Promise<string> =>
      page.evaluate(async () => (await window.causeway.settings.get()).values.preferredProtocol);
    await expect.poll(inForce, { message: 'the policy is loosened' }).toBe('UDP_OVER_TCP');
    expect((await readBadge(page))[0], 'this call stays as it is').toBe('TCP');

    await call.leave.click();
    await page.getByRole('button', { name: 'Join again' }).click();
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    expect((await readBadge(page))[0], 'the next call').toBe('UDP');
  });

  test('excludes the server ends the call and says what to do; one that forbids chat hides it', async ({
    launch,
    managed,
    link,
  }) => {
    const { window: page } = await launch({ args: [`--join=${link}`, '--display-name=Ada'] });
    await joinScreen(page).join.click();
    const call = callScreen(page);
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    const chat = chatPanel(page);
    await chat.toggle.click();
    await expect(chat.panel).toBeVisible();

    await managed.push({ disableChat: true });
    await expect(chat.panel).toHaveCount(0);
    await expect(chat.toggle).toHaveCount(0);
    await expect(call.badge, 'the call goes on').toHaveAttribute('data-phase', 'connected');

    await managed.push({ allowedServers: ['*.example.com'] });
    const { error } = endedScreen(page);
    await expect(error).toHaveAttribute('data-error-code', 'POLICY_FORBIDS');
    await expect(error).toContainText('Your organization has changed what calls may do');
    await error.getByRole('button', { name: 'See the policy' }).click();
    const policy = policyPage(page);
    await expect(policy.setting('allowedServers')).toContainText('*.example.com');
    await policy.close.click();

    await error.getByRole('button', { name: 'Try again' }).click();
    const notice = page.getByTestId('policy-notice');
    await expect(notice).toContainText('The policy of your organization forbids this call');
    await expect(notice).toContainText('is not among allowedServers (*.example.com)');
    await expect(joinScreen(page).meeting).toHaveAccessibleDescription(
      /does not allow meetings on/,
    );
  });
});
