import { join } from 'node:path';
import { callScreen, joinScreen, policyPage, settingsDialog } from '../fixtures/screens.ts';
import { expect, test } from './fixtures.ts';

/** IT's managed file changes under an app that runs, before a call. */
test.describe('a managed file that IT', () => {
  test('pushes, changes, breaks and removes is told on the settings screen, as it happens', async ({
    launch,
    managed,
  }) => {
    const { window } = await launch();
    await joinScreen(window).openSettings.click();
    const settings = settingsDialog(window);
    await expect(settings.field('preferredProtocol')).toContainText('Default');

    await managed.push({ preferredProtocol: 'TCP_ONLY', serverUrl: 'https://meet.example.com' });
    await expect(settings.field('preferredProtocol')).toContainText('Managed by your organization');
    await expect(settings.protocol('TCP only')).toBeChecked();
    await expect(settings.server).toHaveValue('https://meet.example.com');
    await expect(settings.server).toHaveJSProperty('readOnly', true);
    await expect(settings.server).toHaveAccessibleDescription(/Your organization has set this/);
    await settings.protocol('UDP only').click();
    await expect(settings.protocol('TCP only'), 'locked').toBeChecked();

    await managed.push({
      preferredProtocol: 'UDP_ONLY',
      serverUrl: { value: 'https://meet2.example.com', locked: false },
    });
    await expect(settings.protocol('UDP only')).toBeChecked();
    await expect(settings.field('serverUrl')).toContainText('Suggested by your organization');
    await settings.server.fill('own.example.com');
    await settings.save.click();
    await expect(settings.outcome).toHaveText('Saved.');
    await expect(settings.field('serverUrl')).toContainText('Set by you');
    await settings.close.click();

    const notices = window.getByRole('status', { name: 'Notices from Causeway' });
    await managed.pushText('{ "preferredProtocol": "UDP_ON');
    await expect(notices).toContainText('New settings of your organization cannot be used');
    await notices.getByRole('button', { name: 'See the policy' }).click();
    const policy = policyPage(window);
    await expect(policy.status).toContainText('The last ones that were good stay in force.');
    await expect(policy.problems).toContainText(managed.path);
    await expect(policy.files.locator('li').first()).toHaveAttribute('data-state', 'broken');
    await expect(policy.setting('preferredProtocol')).toContainText('UDP only (UDP_ONLY)');

    await managed.push({});
    await expect(policy.status).toContainText('The policy is in force');
    await expect(policy.setting('preferredProtocol')).toHaveAttribute('data-source', 'default');
    await managed.push({ preferredProtocol: 'TCP_ONLY' });
    await expect(policy.setting('preferredProtocol')).toHaveAttribute('data-source', 'managed');
    await managed.remove();
    await expect(policy.status).toContainText('The policy has vanished');
    await expect(policy.setting('preferredProtocol'), 'vanished is not lifted').toContainText(
      'TCP only (TCP_ONLY)',
    );
  });

  test('has broken before anything good was known keeps calls from starting, and the join screen says what to tell IT', async ({
    launch,
    managed,
    link,
  }) => {
    await managed.pushText('{ "allowedModes": "TCP_ONLY" }');
    const { window } = await launch({ args: [`--join=${link}`, '--display-name=Ada'] });
    const notice = window.getByTestId('policy-notice');
    await expect(notice).toContainText('Calls are not possible just now');
    await expect(notice).toContainText('Tell IT:');
    await expect(notice).toContainText('allowedModes');
    await expect(joinScreen(window).join).toHaveAttribute('aria-disabled', 'true');
    await joinScreen(window).join.click({ force: true });
    await expect(callScreen(window).badge).toHaveCount(0);

    await notice.getByRole('button', { name: 'See the policy' }).click();
    await expect(policyPage(window).status).toContainText('Calls are not possible just now');
    await policyPage(window).close.click();

    await managed.push({ preferredProtocol: 'TCP_ONLY' });
    await expect(notice).toHaveCount(0);
    await joinScreen(window).join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
    await expect(callScreen(window).badge).toContainText('TCP · direct');
  });

  test('names an HTTP proxy that cannot be set keeps calls from going past it', async ({
    launch,
    managed,
    link,
  }) => {
    const { electron, window } = await launch({ args: [`--join=${link}`, '--display-name=Ada'] });
    await expect(joinScreen(window).join).toBeVisible();
    await electron.evaluate(({ session }) => {
      session.defaultSession.setProxy = () => Promise.reject(new Error('not on this system'));
    });
    await managed.push({
      httpProxy: { mode: 'manual', server: 'http-proxy.example.com:3128', bypass: [] },
    });
    const notice = window.getByTestId('policy-notice');
    await expect(notice).toContainText('Calls are not possible just now');
    await expect(notice).toContainText('no call may go past it');
    await expect(notice).toContainText(
      'httpProxy (http://http-proxy.example.com:3128) could not be set: not on this system',
    );
    await joinScreen(window).join.click({ force: true });
    await expect(callScreen(window).badge).toHaveCount(0);
    const isReached = window.evaluate(
      (origin) =>
        fetch(origin).then(
          () => true,
          () => false,
        ),
      new URL(link).origin,
    );
    expect(await isReached, 'the room server, by the page').toBe(false);
  });

  test('locks wins over the employee’s own value, and the policy page shows both', async ({
    launch,
    folder,
    managed,
  }) => {
    const app = await launch({ userData: join(folder, 'own') });
    const { window } = app;
    await joinScreen(window).openSettings.click();
    const settings = settingsDialog(window);
    await settings.protocol('UDP only').click();
    await settings.save.click();
    await expect(settings.outcome).toHaveText('Saved.');

    await managed.push({
      preferredProtocol: 'TCP_ONLY',
      displayNameDomain: 'example.com',
      disableChat: true,
    });
    await expect(settings.field('preferredProtocol')).toContainText(
      'What you had set yourself is kept',
    );
    await settings.openPolicy.click();
    const policy = policyPage(window);
    const row = policy.setting('preferredProtocol');
    await expect(row).toContainText('TCP only (TCP_ONLY)');
    await expect(row).toContainText(managed.path);
    await expect(row).toContainText('Not used: UDP only (UDP_ONLY)');
    await expect(row).toContainText('IT has locked this setting');
    await expect(policy.files).toContainText('Changed just now');

    await policy.copy.click();
    await expect(policy.dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
    const copied = await app.electron.evaluate(({ clipboard }) => clipboard.readText());
    expect(copied).toContain(managed.path);
    expect(copied).toMatch(/preferredProtocol +"TCP_ONLY" {2}· managed/);
    expect(copied).toMatch(/not "UDP_ONLY" {2}· user/);

    await policy.close.click();
    await settings.close.click();
    await joinScreen(window).name.fill('Ada');
    await expect(joinScreen(window).name).toHaveAccessibleDescription(/“Ada \(example\.com\)”/);
  });
});
