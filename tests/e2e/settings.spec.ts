import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SETTINGS_VERSION } from '../../src/shared/settings.ts';
import { joinScreen, settingsDialog } from '../fixtures/screens.ts';
import { expect, test } from './fixtures.ts';

test.describe('settings', () => {
  test('survive a restart', async ({ launch, folder }) => {
    const userData = join(folder, 'kept');
    const first = await launch({ userData });
    await joinScreen(first.window).openSettings.click();
    const settings = settingsDialog(first.window);
    await settings.proxies.fill('Proxy.example.com\nproxy2.example.com:8443');
    await settings.protocol('TCP only').click();
    await settings.server.fill('meet.example.com');
    await settings.name.fill('Ada Lovelace');
    await settings.save.click();
    await expect(settings.outcome).toHaveText('Saved.');
    await first.close();

    const second = await launch({ userData });
    await expect(joinScreen(second.window).name).toHaveValue('Ada Lovelace');
    await joinScreen(second.window).openSettings.click();
    const again = settingsDialog(second.window);
    await expect(again.proxies).toHaveValue('proxy.example.com\nproxy2.example.com:8443');
    await expect(again.protocol('TCP only')).toBeChecked();
    await expect(again.server).toHaveValue('https://meet.example.com');
  });

  test('that are reset are forgotten, not stored as today’s defaults', async ({
    launch,
    folder,
  }) => {
    const userData = join(folder, 'reset');
    const { window } = await launch({ userData });
    const stored = async (): Promise<unknown> =>
      JSON.parse(await readFile(join(userData, 'settings.json'), 'utf8'));
    await joinScreen(window).openSettings.click();
    const settings = settingsDialog(window);
    await expect(settings.reset('Cloud Proxy')).toHaveCount(0);
    await settings.proxies.fill('proxy.example.com');
    await settings.name.fill('Ada');
    await settings.protocol('TCP only').click();
    await settings.save.click();
    await expect(settings.outcome).toHaveText('Saved.');

    await settings.reset('Cloud Proxy').click();
    await expect(settings.proxies).toHaveValue('');
    await expect(settings.reset('Cloud Proxy')).toHaveCount(0);
    // Edited again after the reset: what was typed counts.
    await settings.reset('Your name').click();
    await settings.name.fill('Grace');
    await settings.save.click();
    await expect(settings.outcome).toHaveText('Saved.');
    expect(await stored()).toEqual({
      version: SETTINGS_VERSION,
      displayName: 'Grace',
      preferredProtocol: 'TCP_ONLY',
    });
    await expect(settings.protocol('TCP only')).toBeChecked();
  });

  test('that are wrong are told why, next to the field, and not saved', async ({
    launch,
    folder,
  }) => {
    const userData = join(folder, 'refused');
    const { window } = await launch({ userData });
    await joinScreen(window).openSettings.click();
    const settings = settingsDialog(window);
    for (const [field, value, sentence] of [
      [settings.proxies, 'proxy .example.com', /contains a space/],
      [settings.proxies, 'ftp://proxy.example.com', /“ftp:\/\/” is not allowed/],
      [settings.proxies, 'http://proxy.example.com', /only allowed on this computer/],
      [settings.proxies, 'proxy.example.com/path', /must be a host only/],
      [settings.proxies, 'proxy.example.com:99999', /not a number from 1 to 65535/],
      [settings.server, 'http://meet.example.com', /only allowed on this computer/],
    ] as const) {
      await field.fill(value);
      await settings.save.click();
      await expect(field).toHaveAccessibleDescription(sentence);
      await expect(field).toHaveAttribute('aria-invalid', 'true');
      await expect(settings.outcome).toHaveText(/needs? a change before this can be saved/);
      await field.fill('');
    }
    const files = await readdir(userData);
    const stored = files.includes('settings.json')
      ? await readFile(join(userData, 'settings.json'), 'utf8')
      : '';
    expect(stored).not.toContain('example.com');
  });

  for (const [what, content, keptAs, title] of [
    ['broken JSON', '{ "version": 1, ', /^settings\.broken-.*\.json$/, 'could not be read'],
    [
      'of a newer version',
      JSON.stringify({ version: SETTINGS_VERSION + 1, displayName: 'From the future' }),
      /^settings\.newer-.*\.json$/,
      'newer Causeway',
    ],
  ] as const) {
    test(`in a file that is ${what} are kept aside, and the person is told`, async ({
      launch,
      folder,
    }) => {
      const userData = join(folder, 'aside');
      await mkdir(userData, { recursive: true });
      await writeFile(join(userData, 'settings.json'), content);
      const { window } = await launch({ userData });

      const notices = window.getByRole('status', { name: 'Notices from Causeway' });
      await expect(notices).toContainText(title);
      await expect(notices).toContainText('default settings');
      await expect(joinScreen(window).name).toHaveValue('');

      const kept = (await readdir(userData)).filter((name) => keptAs.test(name));
      expect(kept).toHaveLength(1);
      expect(await readFile(join(userData, kept[0] ?? ''), 'utf8')).toBe(content);
      await expect(notices).toContainText(kept[0] ?? '');
    });
  }
});
