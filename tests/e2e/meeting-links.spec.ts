import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { callScreen, joinScreen } from '../fixtures/screens.ts';
import { electronExecutable, switchesForUser } from '../../tools/runtime.ts';
import { expect, meetingLink, test } from './fixtures.ts';

test.describe('a meeting link', () => {
  test('on the command line waits for Join, and joins', async ({ launch, link }) => {
    const { window } = await launch({ args: ['--display-name=Ada', link] });
    await expect(joinScreen(window).meeting).toHaveValue(/^room-/);
    await joinScreen(window).join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
  });

  test('opened while the app runs comes to its window', async ({
    launch,
    link,
    folder,
    server,
  }) => {
    const userData = join(folder, 'shared');
    const { window } = await launch({ userData, args: ['--display-name=Ada', link] });
    await expect(joinScreen(window).meeting).toHaveValue(/^room-/);

    const runtime = electronExecutable();
    const second = spawn(
      runtime.path,
      [
        ...switchesForUser(runtime.kind),
        join(import.meta.dirname, '../..'),
        `--user-data-dir=${userData}`,
        await meetingLink(server.url, 'another-room'),
      ],
      {
        env: { ...process.env, HOME: userData, CAUSEWAY_NODE: process.execPath },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    second.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const [code] = (await once(second, 'close')) as [number | null];
    expect(code).toBe(0);
    expect(said).toContain('running already');
    await expect(joinScreen(window).meeting).toHaveValue('another-room');
    await joinScreen(window).join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
  });

  test('pasted into the form joins', async ({ launch, link }) => {
    const { window } = await launch();
    const join = joinScreen(window);
    await join.meeting.fill(link);
    await join.name.fill('Ada');
    await join.join.click();
    await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
  });

  for (const [what, link, sentence] of [
    ['names no meeting', 'causeway://join/', /names no meeting/],
    ['is for something else', 'causeway://settings/reset', /causeway:\/\/join\/NAME/],
    ['has an impossible name', 'causeway://join/%3Cscript%3E', /letters, digits, dots/],
    [
      'names a plain server elsewhere',
      'causeway://join/a?server=http://192.0.2.1',
      /only allowed on this computer/,
    ],
    ['has a damaged pass', 'causeway://join/a?token=abc', /pass in the link is damaged/],
  ] as const) {
    test(`that ${what} is refused with the reason`, async ({ launch }) => {
      const { window } = await launch({ args: [link] });
      const { meeting } = joinScreen(window);
      await expect(meeting).toHaveAccessibleDescription(sentence);
      await expect(meeting).toHaveAttribute('aria-invalid', 'true');
    });
  }

  test('with no room, typed into the form, is told so next to the field', async ({ launch }) => {
    const { window } = await launch();
    const join = joinScreen(window);
    await join.meeting.fill('https://meet.example.com/join/');
    await join.name.fill('Ada');
    await join.join.click();
    await expect(join.meeting).toHaveAccessibleDescription(/names no meeting/);
    await expect(join.meeting).toBeFocused();
  });
});
