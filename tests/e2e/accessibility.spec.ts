import { AxeBuilder } from '@axe-core/playwright';
import type { Page, TestInfo } from '@playwright/test';
import { cuttableLine } from '../fixtures/cuttable-line.ts';
import {
  callScreen,
  chatPanel,
  endedScreen,
  joinScreen,
  policyPage,
  settingsDialog,
} from '../fixtures/screens.ts';
import { watchMotion } from '../fixtures/media-probe.ts';
import { expect, meetingLink, test } from './fixtures.ts';

/** Keeps a picture of the screen, and holds it against WCAG 2.2 A and AA as far as axe can. */
async function inspect(page: Page, name: string, info: TestInfo): Promise<void> {
  await info.attach(name, {
    body: await page.screenshot({ path: info.outputPath(`${name}.png`) }),
    contentType: 'image/png',
  });
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // The modern mode opens a page of its own, which an Electron app cannot.
    .setLegacyMode(true)
    .analyze();
  expect(
    violations.map(({ id, help, nodes }) => ({ id, help, where: nodes.map(({ html }) => html) })),
    `${name} is accessible`,
  ).toEqual([]);
}

for (const appearance of ['light', 'dark'] as const) {
  test(`the screens before a call are accessible in ${appearance}`, async ({
    launch,
    link,
  }, info) => {
    const { window } = await launch({ args: [`--join=${link}`, `--appearance=${appearance}`] });
    const join = joinScreen(window);
    await watchMotion(join.preview);
    await inspect(window, `join-${appearance}`, info);

    await join.openSettings.click();
    const settings = settingsDialog(window);
    await settings.proxies.fill('not a host');
    await settings.save.click();
    await expect(settings.proxies).toHaveAttribute('aria-invalid', 'true');
    await inspect(window, `settings-${appearance}`, info);
  });

  test(`what IT has set is accessible in ${appearance}`, async ({ launch, managed }, info) => {
    await managed.push({
      preferredProtocol: 'TCP_ONLY',
      signalingBaseUrl: ['proxy.example.com', 'proxy2.example.com:8443'],
      serverUrl: { value: 'https://meet.example.com', locked: false },
      httpProxy: { mode: 'manual', server: 'http-proxy.example.com:3128' },
      standbyPath: false,
      displayNameDomain: 'example.com',
    });
    const { window } = await launch({ args: [`--appearance=${appearance}`] });
    await joinScreen(window).openSettings.click();
    const settings = settingsDialog(window);
    await expect(settings.protocol('TCP only')).toBeChecked();
    await inspect(window, `settings-managed-${appearance}`, info);
    await settings.search.fill('http proxy');
    await expect(settings.proxies).toHaveCount(0);
    await inspect(window, `settings-search-${appearance}`, info);

    await managed.pushText('{ "allowedModes": "TCP_ONLY", }');
    await settings.openPolicy.click();
    await expect(policyPage(window).problems).toBeVisible();
    await inspect(window, `policy-${appearance}`, info);
  });

  test(`a policy that keeps calls from starting is accessible in ${appearance}`, async ({
    launch,
    managed,
  }, info) => {
    await managed.pushText('{');
    const { window } = await launch({ args: [`--appearance=${appearance}`] });
    await window.getByTestId('policy-notice').waitFor();
    await inspect(window, `join-refused-${appearance}`, info);
  });

  test(`the screens of a call are accessible in ${appearance}`, async ({ launch, link }, info) => {
    const args = [`--join=${link}`, `--appearance=${appearance}`];
    const { window } = await launch({ args: [...args, '--display-name=Ada'] });
    await joinScreen(window).join.click();
    const call = callScreen(window);
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    await inspect(window, `call-alone-${appearance}`, info);

    const other = await launch({ args: [...args, '--display-name=Ben', '--auto-join'] });
    await watchMotion(call.videoOf('Ben'));
    await inspect(window, `call-${appearance}`, info);
    await other.close();
    await call.badge.click();
    await inspect(window, `connection-details-${appearance}`, info);
    await window.keyboard.press('Escape');

    await call.leave.click();
    await endedScreen(window).left.waitFor();
    await inspect(window, `left-${appearance}`, info);
  });

  test(`the chat is accessible in ${appearance}, in a window of any size`, async ({
    launch,
    server,
  }, info) => {
    const line = await cuttableLine(server.url);
    const link = await meetingLink(line.url, `chat-${info.testId.slice(-20)}`);
    const args = [`--join=${link}`, `--appearance=${appearance}`, '--display-name=Ada'];
    const { window, electron } = await launch({ args });
    await joinScreen(window).join.click();
    const chat = chatPanel(window);
    await chat.toggle.click();
    await expect(chat.field).toBeFocused();
    await inspect(window, `chat-empty-${appearance}`, info);
    await chat.field.fill('Hello');
    await chat.send.click();
    await expect(chat.message('Hello')).toHaveAttribute('data-status', 'delivered');
    line.cut();
    await chat.field.fill('In a tunnel');
    await chat.send.click();
    await expect(chat.message('In a tunnel')).toContainText('Waits for the connection');
    await expect(callScreen(window).signalingNotice).toBeVisible();
    await inspect(window, `chat-waiting-${appearance}`, info);
    await electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setSize(380, 600);
    });
    await expect.poll(() => window.evaluate(() => innerWidth)).toBeLessThan(400);
    await inspect(window, `chat-small-${appearance}`, info);
    await line.close();
  });

  test(`an error is accessible in ${appearance}`, async ({ launch, server }, info) => {
    const { window } = await launch({
      args: [
        `--join=causeway://join/no-pass?server=${encodeURIComponent(server.url)}`,
        `--appearance=${appearance}`,
        '--display-name=Ada',
      ],
    });
    await joinScreen(window).join.click();
    const { error } = endedScreen(window);
    await error.waitFor();
    await error.getByText('For IT').click();
    await inspect(window, `error-${appearance}`, info);
  });
}
