import type { Page } from '@playwright/test';
import { cuttableLine, type CuttableLine } from '../fixtures/cuttable-line.ts';
import { callScreen, chatPanel, joinScreen } from '../fixtures/screens.ts';
import { expect, meetingLink, test } from './fixtures.ts';

/** By a link that is pasted: a link that waits is prepared, over connections that no test has a hand in. */
async function join(page: Page, link: string): Promise<void> {
  await joinScreen(page).meeting.fill(link);
  await joinScreen(page).join.click();
  await expect(callScreen(page).badge).toHaveAttribute('data-phase', 'connected');
  await expect(chatPanel(page).toggle).toBeVisible();
}

async function write(page: Page, text: string): Promise<void> {
  await chatPanel(page).field.fill(text);
  await page.keyboard.press('Enter');
}

/** Answers a message that asks for it with a refusal, as a server would. */
async function refuseSome(page: Page): Promise<void> {
  await page.routeWebSocket(/\?roomId=/, (near) => {
    const far = near.connectToServer();
    near.onMessage((frame) => {
      const { id, method, data } = JSON.parse(String(frame)) as Record<string, unknown>;
      const isUnwanted = method === 'sendChat' && JSON.stringify(data).includes('no luck');
      if (!isUnwanted) far.send(frame);
      else near.send(JSON.stringify({ response: true, id, errorCode: 403, errorReason: 'no' }));
    });
  });
}

test.describe('two who write to each other', () => {
  let ada: Page;
  let ben: Page;
  /** Who writes is on a line that can be cut; who reads is not. */
  let line: CuttableLine;

  test.beforeEach(async ({ launch, server }, info) => {
    line = await cuttableLine(server.url);
    const room = `chat-${info.testId.slice(-20)}`;
    const start = async (name: string): Promise<Page> =>
      (await launch({ args: [`--display-name=${name}`] })).window;
    [ada, ben] = await Promise.all([start('Ada'), start('Ben')]);
    await refuseSome(ada);
    await Promise.all([
      join(ada, await meetingLink(line.url, room)),
      join(ben, await meetingLink(server.url, room)),
    ]);
    await expect(callScreen(ada).tileOf('Ben')).toBeVisible();
  });

  test.afterEach(async () => await line.close());

  test('read what the other wrote, and are told of it while the chat is closed', async () => {
    await chatPanel(ada).toggle.click();
    await expect(chatPanel(ada).field).toBeFocused();
    await expect(chatPanel(ada).list).toContainText('No messages yet');
    await write(ada, 'Hello Ben');
    await expect(chatPanel(ada).message('Hello Ben')).toHaveAttribute('data-status', 'delivered');
    await expect(chatPanel(ada).field).toHaveValue('');
    await expect(chatPanel(ada).field).toBeFocused();

    await expect(chatPanel(ben).unread).toHaveText('1');
    await expect(chatPanel(ben).toggle).toHaveAccessibleName('Open the chat, 1 new message');
    await expect(ben.getByTestId('announcer')).toHaveText('Ada writes: Hello Ben');
    await ben.keyboard.press('Control+Shift+H');
    await expect(chatPanel(ben).message('Hello Ben')).toBeVisible();
    await expect(chatPanel(ben).unread).toHaveCount(0);
    await expect(chatPanel(ben).field).toBeFocused();
    await write(ben, 'Hello Ada');
    await expect(chatPanel(ada).message('Hello Ada')).toBeVisible();
    await expect(chatPanel(ada).unread).toHaveCount(0);

    await ben.keyboard.press('Escape');
    await expect(chatPanel(ben).panel).toHaveCount(0);
    await expect(chatPanel(ben).toggle).toBeFocused();
  });

  test('show text as text, whatever it looks like', async () => {
    await chatPanel(ada).toggle.click();
    await chatPanel(ben).toggle.click();
    const text = '<b onclick="x">bold</b> https://example.com/ javascript:alert(1)\n  second line';
    await chatPanel(ada).field.fill(text);
    await chatPanel(ada).send.click();
    const message = chatPanel(ben).message('second line');
    expect(
      await message
        .locator('p')
        .first()
        .evaluate((node) => node.textContent),
    ).toBe(text);
    await expect(message.locator('a, b')).toHaveCount(0);
  });

  test('a message typed without a connection goes out once when it is back', async () => {
    await chatPanel(ada).toggle.click();
    await write(ada, 'before');
    await expect(chatPanel(ada).message('before')).toHaveAttribute('data-status', 'delivered');
    line.cut();
    await expect(chatPanel(ada).panel.getByRole('status')).toContainText('No connection');
    await write(ada, 'in a tunnel');
    await expect(chatPanel(ada).message('in a tunnel')).toContainText('Waits for the connection');
    await chatPanel(ada).field.fill('not yet finish');
    line.mend();
    await expect(chatPanel(ada).message('in a tunnel')).toHaveAttribute(
      ...(['data-status', 'delivered'] as const),
    );
    await expect(chatPanel(ada).panel.getByRole('status')).toHaveText('');
    await expect(chatPanel(ada).field, 'the draft is still there').toHaveValue('not yet finish');
    await expect(chatPanel(ben).unread).toHaveText('2');
    await chatPanel(ben).toggle.click();
    await expect(chatPanel(ben).list.getByTestId('chat-message')).toHaveText([
      'before',
      'in a tunnel',
    ]);
  });

  test('a refused message is kept, to be sent again, copied or discarded', async () => {
    const chat = chatPanel(ada);
    await chat.toggle.click();
    await write(ada, 'no luck');
    await expect(chat.message('no luck')).toContainText('Not sent. The meeting server does not');
    await expect(ada.getByTestId('announcer')).toHaveText('A message was not sent.');
    await chat.message('no luck').getByRole('button', { name: 'Send again' }).click();
    await expect(chat.message('no luck')).toHaveAttribute('data-status', 'failed');
    await chat.message('no luck').getByRole('button', { name: 'Discard' }).click();
    await expect(chat.message('no luck')).toHaveCount(0);
    await expect(chat.list).toBeFocused();
    await write(ada, 'better luck');
    await expect(chat.message('better luck')).toHaveAttribute('data-status', 'delivered');
  });

  test('who reads back is not moved, and is told of what comes', async () => {
    const chat = chatPanel(ada);
    await chat.toggle.click();
    await chatPanel(ben).toggle.click();
    for (let index = 0; index < 15; index += 1) {
      await write(ben, `line ${index}\nand more\nand more`);
      await expect(chatPanel(ben).message(`line ${index}`).last()).toBeVisible();
    }
    await expect(chat.message('line 14')).toBeInViewport();
    await chat.list.evaluate((list) => list.scrollTo(0, 0));
    await expect(chat.message('line 0')).toBeInViewport();
    const top = await chat.list.evaluate((list) => list.scrollTop);
    await write(ben, 'the newest');
    const pill = chat.panel.getByRole('button', { name: '1 new message' });
    await expect(pill).toBeVisible();
    expect(await chat.list.evaluate((list) => list.scrollTop)).toBe(top);
    await pill.click();
    await expect(chat.message('the newest')).toBeInViewport();
    await expect(pill).toHaveCount(0);
  });

  test('too long a text is not cut but counted', async () => {
    const chat = chatPanel(ada);
    await chat.toggle.click();
    await chat.field.fill('x'.repeat(4003));
    await expect(chat.panel).toContainText('Too long by 3 characters.');
    await ada.keyboard.press('Enter');
    await expect(chat.field, 'nothing is lost').toHaveValue('x'.repeat(4003));
    await expect(chat.list.getByTestId('chat-message')).toHaveCount(0);
    await chat.field.fill('y'.repeat(4000));
    await ada.keyboard.press('Enter');
    const long = chat.message('yyy');
    await expect(long).toHaveAttribute('data-status', 'delivered');
    const height = async () => (await long.boundingBox())?.height ?? 0;
    const cut = await height();
    await long.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(height).toBeGreaterThan(2 * cut);
  });
});

test('where the server has no chat, there is no button', async ({ launch, link }) => {
  const { window } = await launch({ args: ['--display-name=Ada'] });
  await window.route('**/.well-known/causeway.json', async (route) => {
    const json = { version: 1, role: 'room', features: ['token'] };
    await route.fulfill({ json, headers: { 'access-control-allow-origin': '*' } });
  });
  await joinScreen(window).meeting.fill(link);
  await joinScreen(window).join.click();
  await expect(callScreen(window).badge).toHaveAttribute('data-phase', 'connected');
  await expect(chatPanel(window).toggle).toHaveCount(0);
  await window.keyboard.press('Control+Shift+H');
  await expect(chatPanel(window).panel).toHaveCount(0);
});
