import { createServer, type AddressInfo } from 'node:net';
import { cuttableLine } from '../fixtures/cuttable-line.ts';
import { watchMotion } from '../fixtures/media-probe.ts';
import { startRoomServer } from '../fixtures/room-server.ts';
import { callScreen, chatPanel, joinScreen } from '../fixtures/screens.ts';
import { expect, meetingLink, test } from './fixtures.ts';

/** A port that was free a moment ago, for a server that must come back on the same one. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}

test('without signaling the call says what goes on, what waits, and comes back on demand', async ({
  launch,
  server,
}, info) => {
  const line = await cuttableLine(server.url);
  const room = `story-${info.testId.slice(-20)}`;
  const join = async (name: string, serverUrl: string) => {
    const link = await meetingLink(serverUrl, room);
    const { window } = await launch({ args: [`--join=${link}`, `--display-name=${name}`] });
    await joinScreen(window).join.click();
    return window;
  };
  const [ada, ben] = await Promise.all([join('Ada', line.url), join('Ben', server.url)]);
  try {
    const call = callScreen(ada);
    await watchMotion(call.videoOf('Ben'));
    const path = (await call.badge.textContent())?.split(' · ').slice(0, 3);
    const adaLeft: string[] = [];
    await ben.exposeFunction('said', (text: string) => adaLeft.push(text));
    await ben.getByTestId('announcer').evaluate((announcer) => {
      const { said } = globalThis as unknown as { said: (text: string) => void };
      new MutationObserver(() => said(announcer.textContent)).observe(announcer, {
        ...{ subtree: true, childList: true, characterData: true },
      });
    });

    line.cut();
    await expect(call.signalingNotice).toContainText(
      'The connection to the meeting is interrupted',
    );
    await expect(call.signalingNotice).toContainText('Sound and picture go on; the chat waits');
    await expect(call.countdown).toHaveText(/^Trying (again in \d+ s|now) \(attempt \d+\)$/);
    await expect(ada.getByTestId('announcer')).toContainText('Sound and picture go on.');
    await expect(call.badge).toHaveAttribute('data-tone', 'busy');
    expect((await call.badge.textContent())?.split(' · ').slice(0, 3)).toEqual(path);
    await expect(call.reconnecting, 'the pictures are not covered').toHaveCount(0);
    await watchMotion(call.videoOf('Ben'));
    await watchMotion(callScreen(ben).videoOf('Ada'));
    await expect
      .poll(async () =>
        Number(/attempt (\d+)/.exec((await call.countdown.textContent()) ?? '')?.[1]),
      )
      .toBeGreaterThan(1);

    line.mend();
    await call.signalingNotice.getByRole('button', { name: 'Retry now' }).focus();
    await ada.keyboard.press('Enter');
    await expect(call.signalingNotice).toHaveCount(0);
    await expect(ada.getByTestId('announcer')).toHaveText('Connected to the meeting again.');
    await expect(ada.getByRole('heading', { level: 1 }), 'the focus is not lost').toBeFocused();
    await expect(callScreen(ben).tileOf('Ada')).toBeVisible();
    expect(adaLeft.join()).not.toMatch(/left|joined/);

    await call.badge.click();
    await expect(call.timeline).toContainText(
      /\d\d:\d\d:\d\d.*connected to the meeting again after [\d.]+ m?s; nobody saw you leave/,
    );
  } finally {
    await line.close();
  }
});

test('a server that restarts gets its call back, with what was written meanwhile', async ({
  launch,
}, info) => {
  const flags = [`--port=${await freePort()}`, '--media-port=0'];
  let server = await startRoomServer({ flags });
  try {
    const link = await meetingLink(server.url, `story-${info.testId.slice(-20)}`);
    const [ada, ben] = await Promise.all(
      ['Ada', 'Ben'].map(async (name) => {
        const { window } = await launch({ args: [`--join=${link}`, `--display-name=${name}`] });
        await joinScreen(window).join.click();
        await expect(chatPanel(window).toggle).toBeVisible();
        return window;
      }),
    );
    if (!ada || !ben) throw new Error('two apps were started');
    const call = callScreen(ada);
    await chatPanel(ada).toggle.click();
    await server.stop();
    await expect(call.reconnecting).toContainText('The call comes back as it was');
    await expect(call.reconnecting).toContainText(/attempt \d+/);
    await chatPanel(ada).field.fill('typed in between');
    await ada.keyboard.press('Enter');
    await expect(chatPanel(ada).message('typed in between')).toContainText('Waits');
    await chatPanel(ada).field.fill('a draft');

    server = await startRoomServer({ flags });
    await call.reconnecting.getByRole('button', { name: 'Retry now' }).click();
    await expect(call.badge).toHaveAttribute('data-phase', 'connected');
    await expect(chatPanel(ada).message('typed in between')).toHaveAttribute(
      ...(['data-status', 'delivered'] as const),
    );
    await expect(chatPanel(ada).field).toHaveValue('a draft');
    await expect(callScreen(ben).badge).toHaveAttribute('data-phase', 'connected');
    await expect(chatPanel(ben).unread).toHaveText('1');
    await chatPanel(ben).toggle.click();
    await expect(chatPanel(ben).message('typed in between')).toHaveCount(1);
  } finally {
    await server.stop();
  }
});
